"""The linear reader: what it learns, that it says why, and that a saved one is the same one."""

import warnings
from pathlib import Path

import numpy as np
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba's own, where it is compiled at import
    from bot.language.features import features
    from bot.language.linear_model import LinearModel, Vocabulary
    from bot.language.pleasantries import split_pleasantries

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

    assert any(name in ("c2:退货", "s2:tui_huo", "c1:退", "w:退货") for name, _ in reasons)


def test_a_saved_model_reads_the_same(model: LinearModel, tmp_path: Path) -> None:
    model.save(tmp_path)

    again = LinearModel.load(tmp_path)

    assert np.allclose(again.probabilities(features("退货")), model.probabilities(features("退货")))


def test_a_wording_nobody_trained_is_read_by_its_radicals() -> None:
    kitchen, clothes = ["烤箱", "烧水壶", "炉子", "炖锅", "炒锅"], ["衬衫", "裤子", "裙子", "被套", "袖套"]
    bags = [features(word) for word in kitchen + clothes]
    model = LinearModel.train(bags, ["kitchen"] * 5 + ["clothes"] * 5, least=1, regularisation=1.0)

    read = [model.intents[int(model.probabilities(features(word)).argmax())] for word in ("灶", "袄")]

    assert read == ["kitchen", "clothes"]


def test_every_kind_of_feature_has_its_share_however_long_the_message() -> None:
    bags = [features("我要退货" * 3 + "谢谢"), features("退货")]
    vocabulary = Vocabulary.fit(bags, 1)

    for bag in bags:
        columns, values = vocabulary.weigh(bag)
        names = {column: name for name, column in vocabulary.columns.items()}
        words = [value for column, value in zip(columns, values, strict=True) if names[column].startswith("w:")]
        assert sum(value * value for value in words) == pytest.approx(1.0)


def test_pleasantries_are_features_of_their_own() -> None:
    request, around = split_pleasantries("你好，我要退货谢谢")

    assert (request, around) == ("我要退货", "你好，谢谢")
    assert {"p:谢", "c2:退货"} <= set(features(request, around))
    assert "c1:谢" not in features(request, around)
