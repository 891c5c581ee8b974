"""Invoices in the chat: asked for, changed, sent again."""

from collections.abc import Callable
from typing import Any

import pytest

Talk = Callable[..., Any]
TAX = "91330106MA2H3X1234"


async def asked(talk: Talk, shopper_id: str = "S001") -> Any:
    shopper = talk(shopper_id)
    await shopper.say("invoice_apply", "我要开发票")
    return shopper


async def test_an_invoice_is_asked_for_agreed_to_and_registered_with_its_day(talk: Talk) -> None:
    shopper = await asked(talk)
    assert "抬头" in shopper.text
    await shopper.say("inform", f"拾光公司 {TAX}", invoice_title="拾光公司", tax_number=TAX)
    assert ("抬头", "拾光公司") in [tuple(row) for row in shopper.cards[0].rows]

    await shopper.press("确认提交")
    assert "11月23日 12:00 前开好" in shopper.text
    assert shopper.slots["invoice_title"] is None
    await shopper.say("invoice_progress", "发票开好了吗")

    assert "拾光公司" in shopper.text
    assert "正在开具" in shopper.text


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
async def test_whatever_answers_the_question_for_a_title_is_the_title(talk: Talk, intent: str) -> None:
    shopper = await asked(talk)

    await shopper.say(intent, "个人，林小满")

    assert shopper.titles[0] == "确认提交"


async def test_a_company_is_asked_for_its_tax_number(talk: Talk) -> None:
    shopper = await asked(talk)
    await shopper.say("inform", "青山科技有限公司", invoice_title="青山科技有限公司")
    assert "税号" in shopper.text

    await shopper.say("inform", TAX, tax_number=TAX)

    assert ("税号", TAX) in [tuple(row) for row in shopper.cards[0].rows]


async def test_a_special_invoice_is_for_a_person_with_the_rules_words(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("invoice_apply", "我要开专票")

    assert "专用发票" in shopper.text
    assert shopper.titles[0] == "转人工"


async def test_an_issued_invoice_is_sent_to_the_address_that_is_given(talk: Talk) -> None:
    shopper = talk("S003")
    await shopper.say("invoice_progress", "发票没收到")
    assert "哪个邮箱" in shopper.text

    await shopper.say("inform", "chen@example.com", email="chen@example.com")

    assert "c***@example.com" in shopper.text


async def test_an_issued_invoice_is_made_anew(talk: Talk) -> None:
    shopper = talk("S003")
    await shopper.say("invoice_change", "发票抬头开错了")
    assert "冲红" in shopper.text

    await shopper.say("inform", "陈思远", invoice_title="陈思远")
    await shopper.press("确认提交")

    assert "11月27日 12:00 前开好" in shopper.text


async def test_an_invoice_there_is_already_is_offered_instead_of_a_second(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("invoice_apply", "开发票")

    assert "已经开好" in shopper.text
    assert shopper.titles[:2] == ["发到邮箱", "修改发票"]
