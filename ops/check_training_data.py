"""Is the training data fit to learn from?

- no line stands in two intents, and none twice;
- no wording skeleton makes up a large part of an intent;
- no line is annotated: entities are found by EntityReader, Rasa would drop the annotation without a word;
- with `EVAL=<folder>` (its `real_messages_dev.tsv`): at most 8 % of the evaluation messages stand in the training data.
"""

import os
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from ops.paths import ROOT

DATA = ROOT / "nlu_data" / "intents"
LEAST_EXAMPLES = 30
LARGEST_SHARE = 0.12  # of an intent's lines that may begin, or end, with the same four characters
FEW = 12
LEAK_SHARE = 0.08
INTENT = re.compile(r"\s*- intent:\s*(\w+)")
ANNOTATION = re.compile(r"\[[^\]]*\](?:\([^)]*\)|\{[^}]*\})")
EXAMPLE = re.compile(r"\s{4,}- (.*\S)\s*$")


def key_of(text: str) -> str:
    """The text without punctuation, spaces, width and case; the text itself where nothing else is in it."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower()) or text


def examples(folder: Path = DATA) -> Iterator[tuple[str, str, str]]:
    """(intent, line, where) of every example under `folder`."""
    for path in sorted(folder.glob("*.yml")):
        intent = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if found := INTENT.match(line):
                intent = found[1]
            elif intent and (found := EXAMPLE.match(line)):
                yield intent, found[1], f"{path.name}:{number}"


def problems(lines: list[tuple[str, str, str]]) -> Iterator[str]:
    """One sentence per fault in these examples."""
    seen: dict[str, tuple[str, str]] = {}
    by_intent: dict[str, list[str]] = defaultdict(list)
    for intent, text, where in lines:
        other = seen.setdefault(key_of(text), (intent, where))
        if other[1] != where:
            yield f"{where}: {text} ({intent}) stands already in {other[1]} ({other[0]})"
        if ANNOTATION.search(text):
            yield f"{where}: {text} ({intent}) is annotated, and nothing learns from annotations: write plain text"
        by_intent[intent].append(text)
    for intent, texts in by_intent.items():
        if len(texts) < LEAST_EXAMPLES:
            yield f"{intent} has {len(texts)} examples; {LEAST_EXAMPLES} are the least"
        for end, cut in (("begins", slice(0, 4)), ("ends", slice(-4, None))):
            part, count = Counter(text[cut] for text in texts).most_common(1)[0]
            if count > FEW and count > LARGEST_SHARE * len(texts):
                yield f"{intent}: {count} of {len(texts)} lines {end[:-1]} with {part}: vary the wording"


def leak(lines: list[tuple[str, str, str]], evaluation: Path) -> tuple[int, int]:
    """How many evaluation messages stand word for word in the training data, and of how many."""
    rows = [row.split("\t") for row in (evaluation / "real_messages_dev.tsv").read_text(encoding="utf-8").splitlines()]
    wanted = {key_of(row[1]) for row in rows if len(row) == 4}
    return len(wanted & {key_of(text) for _, text, _ in lines}), len(wanted)


def main() -> int:
    lines = list(examples())
    found = list(problems(lines))
    for problem in found:
        print(problem)
    print(f"{len(lines)} examples of {len({intent for intent, _, _ in lines})} intents.")
    folder = os.environ.get("EVAL")
    if not folder:
        print("Not compared with evaluation messages: give their folder by EVAL=<folder>.")
        return bool(found)
    both, total = leak(lines, Path(folder))
    print(f"{both} of {total} evaluation messages stand in the training data word for word.")
    return bool(found) or both > LEAK_SHARE * total


if __name__ == "__main__":
    sys.exit(main())
