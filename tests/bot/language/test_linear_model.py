"""The linear reader: what it learns, that it says why, and that a saved one is the same one."""

from pathlib import Path

import numpy as np
import pytest

from bot.language.features import features
from bot.language.linear_model import LinearModel

LINES = {
    "return_apply": ["我要退货", "想退货", "鞋子大了想退", "不合适退了吧", "帮我退货", "退货怎么弄我要退"],
    "logistics_track": ["快递到哪了", "查下物流", "包裹在哪", "物流到哪里了", "我的快递呢", "查快递"],
    "human_request": ["转人工", "人工客服", "我要人工", "找真人", "叫人工来", "人工服务"],
}


@pytest.fixture(scope="module")
def model() -> LinearModel:
    bags = [features(line) for lines in LINES.values() for line in lines]
    labels = [intent for intent, lines in LINES.items() for _ in lines]
    return LinearModel.train(bags, labels, least=1, regularisation=1.0)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("推货", "return_apply"),
        ("tuihuo", "return_apply"),
        ("rengong", "human_request"),
        ("块递到哪了", "logistics_track"),
    ],
)
def test_misspelt_messages_are_read_by_their_sound(model: LinearModel, text: str, intent: str) -> None:
    probabilities = model.probabilities(features(text))

    assert model.intents[int(probabilities.argmax())] == intent
    assert probabilities.sum() == pytest.approx(1.0)


def test_the_reasons_name_what_spoke_for_the_intent(model: LinearModel) -> None:
    reasons = model.reasons(features("我要退货"), "return_apply")

    assert any(name in ("c:退货", "s:tui_huo", "c:退") for name, _ in reasons)


def test_a_saved_model_reads_the_same(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path)

    again = LinearModel.load(tmp_path)

    assert np.allclose(again.probabilities(features("退货")), model.probabilities(features("退货")))
