"""Answers of a few letters."""

import pytest

from actions.short_answers import agrees_to, is_plain_yes, place_in
from contracts.shop import CaseType


@pytest.mark.parametrize(
    "said",
    ["2", "２", "②", "二", "2号", "2号吧", "选2", "第二个", "第2个", "No.2", "2.", "（2）", "就第二个吧", "我要第二双"],
)
def test_a_place_is_read_in_whatever_way_it_is_written(said: str) -> None:
    assert place_in(said) == 1


def test_the_last_one_is_counted_from_the_end() -> None:
    assert place_in("最后一个") == -1


@pytest.mark.parametrize(
    "said", ["两件", "2双", "退2件", "41码", "1234", "0", "", "鞋子大了", "第二天就坏了而且很难看"]
)
def test_a_count_a_size_or_a_sentence_is_no_place(said: str) -> None:
    assert place_in(said) is None


@pytest.mark.parametrize(
    "said", ["好的", "嗯，提交吧", "行，换吧", "可以", "确认！！！", "確認", "👌", "好嘞", "没问题", "那提交吧", "对的"]
)
def test_words_of_agreement_are_a_plain_yes(said: str) -> None:
    assert is_plain_yes(said)


@pytest.mark.parametrize(
    "said",
    ["哦找到了，在门卫那", "好的但是运费谁出", "不行", "先不提交", "可以不退吗", "好贵啊", "是不是要钱", "退货", ""],
)
def test_more_than_agreement_is_no_plain_yes(said: str) -> None:
    assert not is_plain_yes(said)


def test_a_yes_to_another_service_is_no_yes_to_this_one() -> None:
    assert agrees_to("换吧", CaseType.EXCHANGE)
    assert not agrees_to("换吧", CaseType.RETURN_REFUND)
    assert not agrees_to("确认撤销", CaseType.RETURN_REFUND)
