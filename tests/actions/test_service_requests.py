"""What a colleague does by hand: asked for completely, agreed to, registered with an owner and a deadline."""

from collections.abc import Callable
from typing import Any

import pytest

Talk = Callable[..., Any]


async def test_an_installation_is_booked_for_the_time_that_is_wanted(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("install_service", "风扇什么时候来装", product="扇")
    assert "什么时段" in shopper.text

    await shopper.say("nlu_fallback", "周六上午吧")
    await shopper.press("确认登记")

    ticket = shopper.cards[0].ticket
    assert (ticket.kind, ticket.subject) == ("installation", "预约安装：周六上午吧")
    assert ticket.owner in shopper.text


async def test_an_installation_that_is_booked_is_shown_when_it_is_asked_for_again(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("install_service", "明天能装吗，风扇", product="扇", date_time="2026-11-21")
    await shopper.press("确认登记")
    booked = shopper.cards[0].ticket

    await shopper.say("install_service", "风扇师傅怎么还没来", product="扇")

    assert shopper.cards[0].ticket.ticket_id == booked.ticket_id
    assert "已经登记" in shopper.text


async def test_a_coupon_that_did_not_come_back_is_looked_into_for_its_order(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("coupon_issue", "退款了优惠券没退回来")

    await shopper.press("确认登记")

    ticket = shopper.cards[0].ticket
    assert (ticket.kind, ticket.description) == ("coupon", "新客满299减20 20.00元")


async def test_other_questions_about_coupons_are_answered_in_general(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("coupon_issue", "券用不了")

    assert "不满门槛" in shopper.text


async def test_ones_own_data_is_shown_at_once_and_masked(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("privacy_request", "看看你们存了我哪些信息")

    rows = dict(tuple(row) for row in shopper.cards[0].rows)
    assert (rows["手机号"], rows["收件人"], rows["订单数"]) == ("138****5678", "林**", "1")


@pytest.mark.parametrize(
    ("text", "subject"), [("删除我的个人信息", "删除个人信息"), ("怎么导出我的个人数据", "导出个人信息")]
)
async def test_export_and_deletion_have_a_person_and_a_day(talk: Talk, text: str, subject: str) -> None:
    shopper = talk("S001")
    await shopper.say("privacy_request", text)
    assert "15 天内" in shopper.text

    await shopper.press("确认登记")

    ticket = shopper.cards[0].ticket
    assert (ticket.kind, ticket.subject) == ("privacy", subject)
    assert "12月5日" in shopper.text


async def test_a_visitors_data_is_not_told(talk: Talk) -> None:
    visitor = talk(None)

    await visitor.say("privacy_request", "删除我的个人信息")

    assert "先登录" in visitor.text
    assert not visitor.cards


async def test_freight_laid_out_for_the_shops_fault_is_asked_back(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子开胶了想退货", product="鞋子")
    await shopper.press("确认提交")
    await shopper.say("return_freight", "退货的运费我垫付了怎么退给我")
    assert "多少元" in shopper.text

    await shopper.say("inform", "12元", amount="12")
    await shopper.press("确认登记")

    ticket = shopper.cards[0].ticket
    assert ticket.kind == "return_freight"
    assert "12元" in ticket.subject
