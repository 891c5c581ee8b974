"""The page on the readings: complete, self-contained, and safe whatever a line holds."""

import json
import re
import tarfile
import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own, where it is compiled at import
    from bench import nlu_report
    from bot.language.features import features
    from bot.language.linear_model import LinearModel

LINES = [("我要退货", "return_apply"), ("退货", "return_apply"), ("你好", "greet"), ("您好", "greet")]


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return LinearModel.train(
        [features(text) for text, _ in LINES], [intent for _, intent in LINES], least=1, regularisation=1.0
    )


def test_every_line_has_its_reading_and_the_reasons_for_it(model: LinearModel) -> None:
    (line,) = nlu_report.report(model, [("退货吧", "greet")])["lines"]

    assert (line["wanted"], line["read"]) == ("greet", "return_apply")
    assert any(name.endswith("退货") for name, _ in line["reasons"]["return_apply"])
    assert "greet" in line["reasons"]


def test_an_intent_the_model_never_saw_is_shown_as_misread(model: LinearModel) -> None:
    (line,) = nlu_report.report(model, [("查快递", "logistics_track")])["lines"]

    assert line["read"] != "logistics_track"


def test_the_page_needs_nothing_else_and_no_line_can_end_its_script(model: LinearModel) -> None:
    hostile = "</script><img src=x onerror=alert(1)>"
    page = nlu_report.page(nlu_report.report(model, [(hostile, "greet")]))

    packed = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.S)
    assert packed is not None
    assert json.loads(packed[1])["lines"][0]["text"] == hostile
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert hostile not in page


def test_the_model_is_taken_out_of_a_trained_archive(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    with tarfile.open(tmp_path / "m.tar.gz", "w:gz") as archive:
        for name in ("names.json", "weights.npz"):
            archive.add(tmp_path / name, f"components/train_IntentReader2/{name}")

    assert nlu_report.load_intent_model(tmp_path / "m.tar.gz").intents == model.intents
