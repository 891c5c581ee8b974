"""The side-by-side measurement: what it needs, what it feeds both pipelines, how it counts."""

import argparse
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import nlu

SCORER = """
FALLBACKS = {"nlu_fallback", "out_of_scope"}
def key_of(text): return text
def training_keys(folder): return {"你好"}
def read_gold(path): return [tuple(line.split("\\t")) for line in path.read_text("utf-8").splitlines()]
def parts(labels): return set(labels.split(",")), labels.split(",")[0]
def capability_of(intent): return intent.split("_")[0]
def macro_f1(pairs): return 0.5
"""


def test_a_folder_without_the_data_is_named_and_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench.nlu", "--eval", str(tmp_path)])

    assert nlu.main() == 2
    assert "smp2017/train.tsv" in capsys.readouterr().err


def test_ours_is_the_pipeline_of_the_project_word_for_word() -> None:
    project = yaml.safe_load((nlu.ROOT / "config.yml").read_text("utf-8"))

    assert nlu.our_config()["pipeline"] == project["pipeline"]


def test_a_line_reaches_rasa_without_becoming_an_annotation(tmp_path: Path) -> None:
    nlu.write_training_file([("放[首](歌", "music"), ("- 123", "calc"), ("天气\n好", "chat")], tmp_path / "nlu.yml")

    written = yaml.safe_load((tmp_path / "nlu.yml").read_text("utf-8"))["nlu"]

    assert [entry["examples"] for entry in written] == ["- 放［首］(歌\n", "- - 123\n", "- 天气 好\n"]


@pytest.fixture
def messages(tmp_path: Path) -> nlu.Task:
    (tmp_path / "score.py").write_text(SCORER, encoding="utf-8")
    rows = ["1\t你好\tgreet\tclear", "2\t退\treturn_apply,return_policy\tclear", "3\t啥\tgreet\tcontext",
            "4\t查\torder_status\tambiguous", "5\t贷\tout_of_scope\tclear"]  # fmt: skip
    (tmp_path / "real_messages_dev.tsv").write_text("\n".join(rows), encoding="utf-8")
    return nlu.real_messages(tmp_path)


def test_messages_of_the_training_data_and_of_a_context_are_left_out(messages: nlu.Task) -> None:
    assert messages.texts == ["退", "查", "贷"]


def test_a_fallback_is_not_an_answer(messages: nlu.Task) -> None:
    readings: list[list[Any]] = [
        ["return_policy", 0.9, "return_policy"],
        ["order_cancel", 0.3, "nlu_fallback"],
        ["out_of_scope", 0.9, "out_of_scope"],
    ]

    figures = messages.score(readings)

    assert figures["accuracy"] == "0.667"
    assert figures["capability"] == "1.000"
    assert figures["right when answered / share"] == "1.000 / 0.333"


def test_macro_f1_gives_every_intent_one_voice() -> None:
    assert nlu.macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)


def test_a_missing_figure_is_a_dash() -> None:
    assert nlu.table([{"data": "x", "capability": "1"}, {"data": "y"}]).splitlines()[-1] == "| y | - |"


def test_rasas_pipeline_is_trained_beside_ours_for_a_bounded_number_of_lines() -> None:
    task = nlu.Task("x", [("a", "b")] * 6000, [], dict)
    options = argparse.Namespace(no_diet=False, diet_lines=60_000)

    titles = [title for title, _, _ in nlu.pipelines(task, options)]

    assert titles == [nlu.OURS, f"{nlu.STOCK}, 10 epochs"]
    options.no_diet = True
    assert [title for title, _, _ in nlu.pipelines(task, options)] == [nlu.OURS]


def test_the_page_has_both_tables() -> None:
    written = nlu.page("Measured.", [{"data": "x"}], "entities 1.000")

    assert "| x |" in written
    assert "```text\nentities 1.000\n```" in written
