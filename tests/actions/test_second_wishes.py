"""Two requests in one message: none is lost, and never two questions at once."""

from collections.abc import Callable
from typing import Any

Talk = Callable[..., Any]


def second(intent: str, text: str) -> dict[str, Any]:
    return {"second_intent": {"name": intent, "confidence": 0.9, "text": text}}


async def test_a_second_wish_is_offered_when_the_first_is_answered(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("member_points", "查积分，顺便开个发票", reading=second("invoice_apply", "顺便开个发票"))

    assert "2680" in shopper.said[0].text
    assert "开发票" in shopper.said[-1].text
    await shopper.say("affirm", "好的")
    assert "抬头" in shopper.text


async def test_it_waits_for_the_end_of_a_form_and_is_offered_once(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say(
        "return_apply", "鞋子大了要退货，发票也重开一下", reading=second("invoice_change", "发票也重开一下")
    )
    assert "发票" not in shopper.text
    await shopper.press("确认提交")
    assert "修改发票" in shopper.said[-1].text
    await shopper.say("deny", "先不用")

    assert shopper.slots["second_intent"] is None


async def test_goods_of_the_second_wish_do_not_blur_the_first(talk: Talk) -> None:
    shopper = talk("S004")
    text = "项链有质量问题要退货，还有面膜能退吗"

    await shopper.say("return_apply", text, reading=second("product_info", "还有面膜能退吗"))

    assert any("项链" in str(card) for card in shopper.cards)
    assert not any("面膜" in str(card) for card in shopper.cards)


async def test_a_question_on_freight_beside_a_return_is_answered_and_the_return_begins(talk: Talk) -> None:
    shopper = talk("S008")

    await shopper.say("return_freight", "T恤退一件，运费谁出", reading=second("return_apply", "t恤退一件"))

    assert "运费" in shopper.said[0].text
    assert shopper.loop == "aftersale_form"
    assert shopper.slots["case_quantity"] == 1


async def test_a_person_is_told_of_the_second_wish(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "我要退货，发票也重开", reading=second("invoice_change", "发票也重开"))

    await shopper.say("human_request", "转人工")

    assert shopper.handoff.slots["second_wish"] == "修改发票"
    assert shopper.slots["second_intent"] is None


async def test_what_was_asked_for_again_is_not_offered(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "我要退货，积分也查下", reading=second("member_points", "积分也查下"))

    await shopper.say("member_points", "积分多少")
    await shopper.press("尺码不合适")
    await shopper.press("确认提交")

    assert "积分" not in shopper.text
