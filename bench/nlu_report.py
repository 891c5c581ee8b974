"""One page on how the trained model reads the held-out lines: `python -m bench.nlu_report [--out var/nlu-report.html]`.

The page stands alone: no network, no other file. It holds the held-out lines (`tests/bot/heldout/`), which are ours.
"""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from bench.reading import ROOT, intent_examples, load_words
from bot.language.features import features
from bot.language.linear_model import LinearModel
from bot.language.normalise import normalise
from bot.language.pleasantries import split_pleasantries
from bot.language.second_wish import capability_of

TEMPLATE = Path(__file__).with_suffix(".html")
HELD_OUT = ROOT / "tests" / "bot" / "heldout"
SHOWN_READINGS = 3


def load_intent_model(archive: Path) -> LinearModel:
    """The linear model inside a trained Rasa model."""
    with tarfile.open(archive) as model, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for wanted in ("names.json", "weights.npz"):
            member = next(m for m in model.getmembers() if "IntentReader" in m.name and m.name.endswith(wanted))
            content = model.extractfile(member)
            assert content is not None
            (folder / wanted).write_bytes(content.read())
        return LinearModel.load(folder)


def read_line(model: LinearModel, text: str, intent: str) -> dict[str, Any]:
    bag = features(*split_pleasantries(normalise(text)))
    found = model.probabilities(bag)
    best = [int(place) for place in found.argsort()[::-1][:SHOWN_READINGS]]
    read = model.intents[best[0]]
    reasons = {name: _rounded(model.reasons(bag, name)) for name in {read, intent} if name in model.intents}
    return {
        "text": text,
        "wanted": intent,
        "read": read,
        "confidence": round(float(found[best[0]]), 4),
        "ranking": [[model.intents[place], round(float(found[place]), 3)] for place in best],
        "reasons": reasons,
    }


def _rounded(reasons: list[tuple[str, float]]) -> list[list[Any]]:
    return [[name, round(share, 3)] for name, share in reasons]


def report(model: LinearModel, lines: list[tuple[str, str]]) -> dict[str, Any]:
    readings = [read_line(model, text, intent) for text, intent in lines]
    intents = sorted({*model.intents, *(intent for _, intent in lines)})
    return {
        "capabilities": {intent: capability_of(intent) or "conversation" for intent in intents},
        "features": len(model.vocabulary.columns),
        "lines": readings,
    }


def page(content: dict[str, Any]) -> str:
    """The template with the report in it; `<` is escaped so that no line can end the script."""
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return TEMPLATE.read_text(encoding="utf-8").replace('"REPORT"', packed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "shouhou.tar.gz")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "nlu-report.html")
    options = parser.parse_args()
    load_words()
    content = report(load_intent_model(options.model), intent_examples(HELD_OUT))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page(content), encoding="utf-8")
    right = sum(line["wanted"] == line["read"] for line in content["lines"])
    print(f"{right} of {len(content['lines'])} held-out lines read right: {options.out}")


if __name__ == "__main__":
    main()
