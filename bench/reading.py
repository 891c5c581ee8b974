"""How well the readers beside the intent read, and how fast: `.venv-bot/bin/python -m bench.reading [--misses]`.

Prints precision, recall and F1 per entity, of anger, emergencies and identity data, and CPU milliseconds per message,
on the hand-written messages of `tests/bot/measure/`.
"""

import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from bot.language.dictionary import load_dictionary, read_dictionary

ROOT = Path(__file__).parent.parent
MEASURE = ROOT / "tests" / "bot" / "measure"
LOOKUPS = ROOT / "nlu_data" / "lookups"
SATURDAY = datetime(2026, 11, 21, 10, 30, tzinfo=timezone(timedelta(hours=8)))
Facts = list[tuple[str, str]]


@dataclass
class Count:
    """Right, wrong and missed findings of one kind, with the messages where it went wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def add(self, expected: Iterable[Any], found: Iterable[Any], text: str) -> None:
        wanted, got = Counter(expected), Counter(found)
        self.right += sum((wanted & got).values())
        self.wrong += sum((got - wanted).values())
        self.missed += sum((wanted - got).values())
        if wanted != got:
            self.misses.append(f"{text}   expected {list(wanted.elements())}, found {list(got.elements())}")


def load_words() -> None:
    """The shop's dictionary into jieba, as the segmenter of the pipeline does."""
    load_dictionary(io.StringIO(read_dictionary(ROOT / "nlu_data" / "dictionary")))


def parse_line(line: str) -> tuple[str, Facts]:
    """`text | kind=value kind=value` → text, [(kind, value), …]."""
    text, _, facts = line.partition(" | ")
    pairs = [fact.split("=", 1) for fact in facts.split()]
    return text, [(kind, value) for kind, value in _joined(pairs)]


def _joined(pairs: Sequence[Sequence[str]]) -> Facts:
    """A value with a space in it (`iPhone 15`) is put together again."""
    facts: Facts = []
    for pair in pairs:
        if len(pair) == 2:
            facts.append((pair[0], pair[1]))
        else:
            kind, value = facts.pop()
            facts.append((kind, f"{value} {pair[0]}"))
    return facts


def read_measure(name: str) -> list[tuple[str, Facts]]:
    table = yaml.safe_load((MEASURE / f"{name}.yml").read_text(encoding="utf-8"))
    return [parse_line(line) for line in table["messages"].splitlines() if line and not line.startswith("#")]


def entity_reader() -> Callable[[str], Facts]:
    from bot.language.entities.lookups import read_tables
    from bot.language.entities.pipeline import EntityPipeline

    load_words()
    pipeline = EntityPipeline(read_tables(LOOKUPS))
    return lambda text: [(entity.entity, entity.value) for entity in pipeline.read(text, SATURDAY)]


def count_entities(name: str = "entities", read: Callable[[str], Facts] | None = None) -> dict[str, Count]:
    """One count per entity; value and kind must both be right."""
    read = read or entity_reader()
    counts: dict[str, Count] = {}
    for text, expected in read_measure(name):
        found = read(text)
        for kind in {kind for kind, _ in [*expected, *found]}:
            wanted = [value for name, value in expected if name == kind]
            counts.setdefault(kind, Count()).add(wanted, [value for name, value in found if name == kind], text)
    return counts


def count_moods(name: str = "mood") -> dict[str, Count]:
    """`anger`: angry or desperate against the rest; `urgent` likewise; `mood`: the strongest of the four."""
    from bot.language.mood import MoodWords, read_mood, strongest

    words = MoodWords.read(LOOKUPS)
    counts = {"anger": Count(), "urgent": Count(), "mood": Count()}
    for text, facts in read_measure(name):
        expected = dict(facts)
        mood = read_mood(text, words)
        found = strongest(mood)
        angry = ("angry", "desperate")
        counts["anger"].add(["anger"] * (expected["mood"] in angry), ["anger"] * (found in angry), text)
        counts["urgent"].add(["urgent"] * ("urgent" in expected), ["urgent"] * (mood["urgency"] >= 0.5), text)
        counts["mood"].add([expected["mood"]], [found], text)
    return counts


def harm_reader() -> Callable[[str], str]:
    """The words and the model, trained as the component trains it, on the examples of the intents."""
    from bot.language.harm_model import HarmModel, read_harm_examples
    from bot.language.harm_signs import HarmSigns, read_signs_table
    from bot.language.safety import SafetyWords, labelled_examples, read_harm

    words = SafetyWords.read(LOOKUPS)
    everyday = labelled_examples(intent_examples(ROOT / "nlu_data" / "intents"), words)
    model = HarmModel.train(everyday, read_harm_examples(LOOKUPS), HarmSigns(read_signs_table(LOOKUPS)))
    return lambda text: read_harm(text, words, model)


def intent_examples(folder: Path) -> list[tuple[str, str]]:
    """(text, intent) of every example of the training files in `folder`."""
    tables = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))]
    intents = [entry for table in tables for entry in table["nlu"] if "intent" in entry]
    return [(line[2:].strip(), entry["intent"]) for entry in intents for line in entry["examples"].splitlines()]


def count_safety(name: str = "safety", read: Callable[[str], str] | None = None) -> dict[str, Count]:
    """`emergency` any against none, `kind` which one, `identity` the kinds of identity data."""
    from bot.language.safety import find_identity_data

    read = read or harm_reader()
    counts = {"emergency": Count(), "kind": Count(), "identity": Count()}
    for text, facts in read_measure(name):
        emergency = [value for kind, value in facts if kind == "emergency"]
        found = read(text)
        counts["emergency"].add(["yes"] * bool(emergency), ["yes"] * bool(found), text)
        counts["kind"].add(emergency, [found] if found else [], text)
        identity = [value for kind, value in facts if kind == "identity"]
        counts["identity"].add(identity, [span.kind for span in find_identity_data(text)], text)
    return counts


def milliseconds(read: Callable[[str], object], texts: Sequence[str], rounds: int = 5) -> float:
    """CPU time per message."""
    for text in texts:
        read(text)
    start = time.process_time()
    for _ in range(rounds):
        for text in texts:
            read(text)
    return (time.process_time() - start) * 1000 / (rounds * len(texts))


def show(title: str, counts: dict[str, Count], with_misses: bool) -> None:
    print(f"\n{title:<18}{'precision':>10}{'recall':>10}{'F1':>10}{'n':>7}")
    for kind, count in sorted(counts.items()):
        n = count.right + count.missed
        print(f"{kind:<18}{count.precision:>10.3f}{count.recall:>10.3f}{count.f1:>10.3f}{n:>7}")
        for miss in count.misses if with_misses else ():
            print("      ", miss)


def show_speed() -> None:
    from bot.language.mood import MoodWords, read_mood
    from bot.language.safety import find_identity_data

    texts = [text for text, _ in read_measure("entities")]
    moods, harm = MoodWords.read(LOOKUPS), harm_reader()
    print("\nCPU ms per message")
    print(f"entities {milliseconds(entity_reader(), texts):.3f}")
    print(f"mood     {milliseconds(lambda text: read_mood(text, moods), texts):.3f}")
    print(f"safety   {milliseconds(lambda text: (harm(text), find_identity_data(text)), texts):.3f}")


def main() -> None:
    with_misses = "--misses" in sys.argv
    entities, harm = entity_reader(), harm_reader()
    show("entities", count_entities(read=entities), with_misses)
    show("second entities", count_entities("second_entities", entities), with_misses)
    show("mood", count_moods(), with_misses)
    show("second mood", count_moods("second_mood"), with_misses)
    show("third mood", count_moods("third_mood"), with_misses)
    show("safety", count_safety(read=harm), with_misses)
    show("second safety", count_safety("second_safety", harm), with_misses)
    show("third safety", count_safety("third_safety", harm), with_misses)
    show_speed()


if __name__ == "__main__":
    main()
