"""Our reading of messages and Rasa's recommended one, side by side: `make bench-nlu EVAL=folder [NO_DIET=1]`.

    python -m bench.nlu --eval FOLDER [--no-diet] [--diet-lines N] [--write docs/benchmarks-reading.md]

FOLDER holds real messages with their accepted intents (`real_messages_dev.tsv`, `score.py`), `smp2017/` and
`massive_zh/`. Each pipeline is trained on nlu_data, SMP2017 and MASSIVE in turn, through Rasa's own graph; ours is the
`pipeline` of `config.yml` word for word. Nothing of the folder is kept. What is read beside the intent
(`bench.reading`: entities, mood, safety) is measured first; the page is written again after every row, because DIET
takes most of an hour.
"""

import argparse
import contextlib
import csv
import datetime
import importlib.util
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OURS, STOCK = "ours (config.yml)", "Rasa's (jieba, counts, DIET)"
NEEDED = ("real_messages_dev.tsv", "score.py", "smp2017/train.tsv", "smp2017/test.tsv",
          "massive_zh/train.csv", "massive_zh/test.csv")  # fmt: skip
Lines = list[tuple[str, str]]  # (text, intent)


@dataclass
class Task:
    """What is trained on and read; `score` takes the readings and gives the table's figures."""

    name: str
    train: Path | Lines
    texts: list[str]
    score: Callable[[list[list[Any]]], dict[str, str]]

    def lines(self) -> int:
        if isinstance(self.train, list):
            return len(self.train)
        files = self.train.rglob("*.yml")
        return sum(line.lstrip().startswith("- ") for path in files for line in path.read_text("utf-8").splitlines())


def missing(folder: Path) -> list[str]:
    return [name for name in NEEDED if not (folder / name).is_file()]


def load_scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def macro_f1(truth: list[str], read: list[str]) -> float:
    """Over the intents that occur in the truth."""
    scores = []
    for intent in set(truth):
        right = sum(wanted == got == intent for wanted, got in zip(truth, read, strict=True))
        scores.append(2 * right / (truth.count(intent) + read.count(intent)))
    return sum(scores) / len(scores)


def real_messages(folder: Path) -> Task:
    """The project's own training data, judged by `score.py` on messages it does not hold word for word."""
    scorer = load_scorer(folder)
    data = ROOT / "nlu_data"
    seen = scorer.training_keys(data)
    gold = scorer.read_gold(folder / "real_messages_dev.tsv")
    rows = [row for row in gold if row[3] in ("clear", "ambiguous") and scorer.key_of(row[1]) not in seen]

    def score(readings: list[list[Any]]) -> dict[str, str]:
        pairs, in_capability, answered, right_answered = [], 0, 0, 0
        for (_, _, labels, _), (intent, _, acted) in zip(rows, readings, strict=True):
            accepted, first = scorer.parts(labels)
            pairs.append((first, intent, accepted))
            in_capability += scorer.capability_of(intent) in {scorer.capability_of(name) for name in accepted}
            if acted not in scorer.FALLBACKS:
                answered += 1
                right_answered += acted in accepted
        right = sum(intent in accepted for _, intent, accepted in pairs)
        return {
            "accuracy": f"{right / len(rows):.3f}",
            "capability": f"{in_capability / len(rows):.3f}",
            "macro-F1": f"{scorer.macro_f1(pairs):.3f}",
            "right when answered / share": f"{right_answered / max(1, answered):.3f} / {answered / len(rows):.3f}",
        }

    return Task(f"real messages ({len(rows)})", data / "intents", [row[1] for row in rows], score)


def _scored_by_label(truth: list[str]) -> Callable[[list[list[Any]]], dict[str, str]]:
    def score(readings: list[list[Any]]) -> dict[str, str]:
        read = [reading[0] for reading in readings]
        right = sum(wanted == got for wanted, got in zip(truth, read, strict=True))
        return {"accuracy": f"{right / len(truth):.3f}", "macro-F1": f"{macro_f1(truth, read):.3f}"}

    return score


def smp2017(folder: Path) -> Task:
    def read(name: str) -> Lines:
        rows = [line.split("\t") for line in (folder / "smp2017" / name).read_text("utf-8").splitlines()]
        return [(row[0], row[1]) for row in rows if len(row) == 2]

    test = read("test.tsv")
    return Task("SMP2017", read("train.tsv"), [text for text, _ in test], _scored_by_label([i for _, i in test]))


def massive(folder: Path) -> Task:
    def read(name: str) -> Lines:
        with (folder / "massive_zh" / name).open(encoding="utf-8") as rows:
            return [(row["text"], row["label_text"]) for row in csv.DictReader(rows)]

    test = read("test.csv")
    return Task("MASSIVE zh-CN", read("train.csv"), [text for text, _ in test], _scored_by_label([i for _, i in test]))


def our_config() -> dict[str, Any]:
    config = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))
    return {key: config[key] for key in ("recipe", "assistant_id", "language", "pipeline")}


def stock_config(epochs: int) -> dict[str, Any]:
    pipeline = [
        {"name": "JiebaTokenizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": 1},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]
    return {"recipe": "default.v1", "assistant_id": "stock", "language": "zh", "pipeline": pipeline}


def write_training_file(lines: Lines, path: Path) -> None:
    """Rasa's YAML; a bracket would be read as an annotation, so it becomes a full-width one."""
    by_intent: dict[str, list[str]] = {}
    for text, intent in lines:
        plain = " ".join(text.replace("[", "［").replace("]", "］").split())
        by_intent.setdefault(intent, []).append(f"- {plain}")
    entries = [{"intent": intent, "examples": "\n".join(texts) + "\n"} for intent, texts in by_intent.items()]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True), encoding="utf-8")


def step(arguments: list[str], folder: Path, *, all_of_rasa: bool) -> dict[str, Any]:
    """Run one step of the worker; its log stays in `folder` and is shown where it fails."""
    result, log = folder / "result.json", folder / "log.txt"
    environment = {
        **os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"), light_rasa_switch(): "1" if all_of_rasa else "",
    }  # fmt: skip
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "bench.nlu_worker", *arguments, str(result)]
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=out, check=False)
    if ended.returncode:
        raise SystemExit(f"{arguments[0]} failed:\n" + log.read_text("utf-8")[-3000:])
    measured: dict[str, Any] = json.loads(result.read_text("utf-8"))
    return measured


def light_rasa_switch() -> str:
    from bot.extensions.light_rasa import SWITCH

    return SWITCH


def measure(title: str, task: Task, config: dict[str, Any], *, all_of_rasa: bool) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="bench-nlu-") as name:
        folder = Path(name)
        (folder / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        (folder / "texts.json").write_text(json.dumps(task.texts, ensure_ascii=False), encoding="utf-8")
        data = task.train
        if isinstance(data, list):
            write_training_file(data, folder / "nlu.yml")
            data = folder / "nlu.yml"
        trained = step(["train", str(folder / "config.yml"), str(data), str(folder)], folder, all_of_rasa=all_of_rasa)
        read = step(["read", trained["model"], str(folder / "texts.json")], folder, all_of_rasa=all_of_rasa)
    return {
        "data": task.name,
        "pipeline": title,
        **task.score(read["readings"]),
        "training s (processor s)": f"{trained['seconds']:.0f} ({trained['processor_seconds']:.0f})",
        "import + load s": f"{read['load_seconds']:.1f}",
        "memory MB": f"{read['rss_mb']:.0f}",
        "ms a message p50 / p95": f"{read['p50_ms']:.1f} / {read['p95_ms']:.1f}",
        "processor ms a message": f"{read['processor_ms']:.1f}",
    }


def table(rows: list[dict[str, str]]) -> str:
    """A Markdown table; a figure one row does not have is a dash."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(row.get(column, "-") for column in columns) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def heading(options: argparse.Namespace) -> str:
    return (
        f"Measured on {datetime.date.today():%Y-%m-%d}, {os.cpu_count()} processors ({platform.machine()}), "  # noqa: DTZ011
        f"load average {os.getloadavg()[0]:.1f} at the end, Python {platform.python_version()}, by\n"
        f"`make bench-nlu EVAL=folder{' NO_DIET=1' if options.no_diet else ''}`. Wall times suffer from whatever else\n"
        "runs; processor times less. Memory is that of a process with the model loaded, outside a server."
    )


def pipelines(task: Task, options: argparse.Namespace) -> list[tuple[str, dict[str, Any], bool]]:
    """(title, config, whether all of Rasa is needed) of each; DIET's epochs keep its time within bounds."""
    found = [(OURS, our_config(), False)]
    if not options.no_diet:
        epochs = max(4, options.diet_lines // task.lines())
        found.append((f"{STOCK}, {epochs} epochs", stock_config(epochs), True))
    return found


def beside_the_intent() -> str:
    """What `python -m bench.reading` prints."""
    from bench import reading

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        reading.main()
    return printed.getvalue().strip()


def page(head: str, rows: list[dict[str, str]], beside: str) -> str:
    return (
        f"# Reading messages: what `make bench-nlu` prints\n\n{head}\n\n{table(rows)}\n\n"
        "## Beside the intent: what `python -m bench.reading` prints\n\n"
        "On messages written for measuring (`tests/bot/measure`); `n` is how many findings there are. The `second`\n"
        "and `third` sets were written after the words were settled, and are only ever counted.\n\n"
        f"```text\n{beside}\n```\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True, help="folder with the evaluation data")
    parser.add_argument("--no-diet", action="store_true", help="leave out Rasa's pipeline, which trains long")
    parser.add_argument("--diet-lines", type=int, default=60_000, help="DIET sees about this many lines in all epochs")
    parser.add_argument("--write", type=Path, help="put the table into this Markdown file")
    options = parser.parse_args()
    if lacking := missing(options.eval):
        print(f"Nothing measured: {options.eval} has no {', '.join(lacking)}.", file=sys.stderr)
        return 2
    beside, rows = beside_the_intent(), []
    print(beside, flush=True)
    for task in (real_messages(options.eval), smp2017(options.eval), massive(options.eval)):
        print(f"{task.name}: {task.lines()} lines to train on, {len(task.texts)} to read", flush=True)
        for title, config, all_of_rasa in pipelines(task, options):
            rows.append(measure(title, task, config, all_of_rasa=all_of_rasa))
            print(rows[-1], flush=True)
            if options.write:
                options.write.write_text(page(heading(options), rows, beside), encoding="utf-8")
    print("\n" + page(heading(options), rows, beside))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
