"""Misses are what was not answered, not what was read unsurely."""

from collections.abc import Callable
from typing import Any

Talk = Callable[..., Any]


async def test_an_answer_that_was_taken_is_no_miss(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "我要退货")

    await shopper.say("nlu_fallback", "穿着磨脚", reason="size")

    assert shopper.slots.get("misses") == 0
    assert shopper.loop == "aftersale_form"


async def test_two_misses_of_any_kind_bring_a_person(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("not_understood", "那个啥你懂的")

    await shopper.say("out_of_scope", "呜啦呜啦")

    assert shopper.handoff.reason == "not_understood_twice"


async def test_an_answer_in_between_starts_the_count_anew(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("nlu_fallback", "嘀嘀咕咕")
    await shopper.say("member_points", "我有多少积分")

    await shopper.say("nlu_fallback", "嘀嘀咕咕")

    assert shopper.handoff is None


async def test_what_waits_for_a_yes_is_put_again_where_the_answer_was_not_understood(talk: Talk) -> None:
    shopper = talk("S005")
    await shopper.say("order_cancel", "取消订单")

    await shopper.say("nlu_fallback", "嘀嘀咕咕")

    assert "现在办吗" in shopper.text
    await shopper.say("affirm", "好的")
    assert "已经取消" in shopper.text


async def test_who_says_that_nothing_was_solved_gets_a_person_at_once(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("promotion_info", "什么时候有活动")

    await shopper.say("nlu_fallback", "你没回答我")

    assert shopper.handoff.reason == "other"


async def test_anger_gets_a_person_at_once(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("abuse", "你们有病吧", reading={"emotion": {"angry": 0.9, "calm": 0.1}})

    assert shopper.handoff.reason == "abuse"
