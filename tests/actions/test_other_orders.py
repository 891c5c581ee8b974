"""Messages that only point at goods, and looks aside in the middle of a form."""

from collections.abc import Callable
from typing import Any

Talk = Callable[..., Any]


async def test_the_wish_before_is_answered_for_the_goods_that_are_pointed_at(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "大衣到哪了", product="大衣")

    await shopper.say("quality_missing_item", "枕头呢", product="枕头")

    assert "圆通" in shopper.text


async def test_a_colour_alone_points_at_goods(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "枕头到哪了", product="枕头")

    await shopper.say("nlu_fallback", "白的呢", sku_option="白色")

    assert "京东" in shopper.text


async def test_not_this_but_that_is_no_refusal(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "大衣到哪了", product="大衣")

    await shopper.say("deny", "不是这个，是耳机", product="耳机")

    assert "京东" in shopper.text


async def test_a_number_that_is_typed_presses_the_card_in_that_place(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "快递到哪了")

    await shopper.say("abuse", "二")

    assert len([card for card in shopper.cards if card.type == "logistics"]) == 1
    assert shopper.handoff is None


async def test_a_look_at_another_order_leaves_the_forms_goods_alone(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("return_apply", "徒步靴大了要退货", product="徒步靴")
    meant = shopper.slots["order_number"]

    await shopper.say("logistics_track", "对了口红到哪了", product="口红")

    assert "顺丰" in shopper.text
    assert shopper.slots["order_number"] == meant
    await shopper.say("affirm", "嗯，提交吧")
    assert "徒步靴" in shopper.cards[0].case.title


async def test_a_sentence_that_sounds_like_a_yes_submits_nothing(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("affirm", "哦找到了，在门卫那")

    assert not [card for card in shopper.cards if card.type == "case"]
    assert shopper.loop == "aftersale_form"


async def test_goods_nobody_bought_are_said_to_be_unknown(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("return_apply", "冰箱坏了要退货", product="冰箱")

    assert "没有找到冰箱" in shopper.text
    assert [card.type for card in shopper.cards] == ["order"]


async def test_what_was_never_paid_is_refused_before_any_reason_is_asked(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("return_apply", "奶瓶我要退货", product="奶瓶")

    assert shopper.cards[0].verdict.decision != "allowed"
    assert shopper.loop is None
