"""Questions about the rules: after a refusal, in the middle of a form, and of money that has no order yet."""

from collections.abc import Callable
from typing import Any

import pytest

Talk = Callable[..., Any]


@pytest.mark.parametrize("why", ["为什么不能", "为什么", "那为什么不能退呢", "凭什么不给退", "怎么不行啊"])
async def test_why_after_a_refusal_names_the_rule_and_the_facts(talk: Talk, why: str) -> None:
    shopper = talk("S006")
    await shopper.say("return_apply", "大衣不喜欢要退", product="大衣")
    offered = shopper.titles

    await shopper.say("nlu_fallback", why)

    assert "消费者权益保护法" in shopper.text
    assert "签收后第几天 10" in shopper.text
    assert shopper.titles == offered


async def test_asked_why_once_more_a_person_is_put_first(talk: Talk) -> None:
    shopper = talk("S006")
    await shopper.say("return_apply", "大衣不喜欢要退", product="大衣")
    await shopper.say("nlu_fallback", "为什么不能")

    await shopper.say("nlu_fallback", "为啥")

    assert shopper.choices[0].intent == "human_request"
    assert shopper.choices[0].style == "primary"


@pytest.mark.parametrize("intent", ["nlu_fallback", "return_policy", "return_apply"])
async def test_how_after_a_refusal_tells_the_ways_that_are_left(talk: Talk, intent: str) -> None:
    shopper = talk("S006")
    await shopper.say("return_apply", "大衣不喜欢要退", product="大衣")

    await shopper.say(intent, "那要怎样才能退")

    assert "按质量问题申请售后" in shopper.text
    assert "商品有质量问题" in shopper.titles
    assert shopper.loop is None


async def test_the_same_words_without_a_refusal_are_read_as_ever(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("member_points", "我有多少积分")

    await shopper.say("nlu_fallback", "为什么不能")

    assert "依据" not in shopper.text


async def test_a_question_about_the_rule_in_a_form_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    shopper = talk("S003")
    await shopper.say("repair_apply", "手机开不了机，能修吗", product="手机")

    await shopper.say("repair_apply", "修不好怎么办")

    assert "修了2次还没修好" in shopper.text
    assert "还没有提交" in shopper.text
    assert shopper.loop == "aftersale_form"


async def test_how_long_a_repair_takes_is_answered_without_a_case(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("aftersale_progress", "手机要修多久", product="手机")

    assert "30天" in shopper.text


@pytest.mark.parametrize("intent", ["refund_apply", "order_place_help", "nlu_fallback"])
async def test_a_deposit_is_asked_about_and_no_order_is_wanted_for_it(talk: Talk, intent: str) -> None:
    shopper = talk("S008")

    await shopper.say(intent, "预售的定金能退吗")

    assert "定金最多是价款的20%" in shopper.text
    assert shopper.loop is None


async def test_a_missing_gift_is_answered_by_the_rule_of_gifts(talk: Talk) -> None:
    shopper = talk("S008")

    await shopper.say("quality_missing_item", "赠品没收到")

    assert "赠品少了或者有问题" in shopper.text
    assert "补发" in shopper.titles
