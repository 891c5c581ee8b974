"""A long message is read in pieces, a short one whole; a saved model reads as before."""

from pathlib import Path

import pytest

from bot.language.harm_model import PASSAGES_MAX, SHORT, HarmModel, passages
from bot.language.harm_signs import HarmSigns

EXAMPLES = [("手割破了", "injury"), ("脸划伤了", "injury"), ("插头冒烟", "fire"), ("充电起火", "fire")]
EVERYDAY = [("什么时候发货", "none"), ("发货了吗", "none"), ("有没有货", "none")]


def test_a_short_message_has_no_passages() -> None:
    assert passages("好" * SHORT) == []


def test_short_clauses_are_read_together_and_long_ones_overlap() -> None:
    assert passages("前天收到的，没有什么问题，" + "很" * 40)[0] == "前天收到的，没有什么问题"
    assert "手割破了" in "".join(passages("说" * 50 + "手割破了" + "说" * 50))


@pytest.mark.parametrize("text", ["字" * 4000, "字，" * 2000, "，" * 4000])
def test_the_number_of_passages_is_bounded(text: str) -> None:
    assert len(passages(text)) <= PASSAGES_MAX


def test_a_saved_model_reads_as_before(tmp_path: Path) -> None:
    model = HarmModel.train(EVERYDAY, EXAMPLES, HarmSigns({"body": "手|脸", "hurt": "割|划"}))

    model.save(tmp_path)

    assert HarmModel.load(tmp_path).read("手划破了") == model.read("手划破了")
    assert model.read("手划破了")[0] == "injury"
