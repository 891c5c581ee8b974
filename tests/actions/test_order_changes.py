"""Cancelling and changing an order in the chat: said, agreed to, done in the shop."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.services import Services

Talk = Callable[..., Any]


async def order_of(shopper: Any, title: str) -> Any:
    shop = shopper_shop(shopper)
    return next(order for order in await shop.orders() if title in order.lines[0].title)


def shopper_shop(shopper: Any) -> Any:
    from actions.clients.shop import Shop

    services: Services = next(iter(shopper.actions.values())).services
    return Shop(services.shop_http, shopper.turn_token, "looking")


# --- cancel --------------------------------------------------------------------------------------------------------
async def test_an_unpaid_order_is_cancelled_after_a_yes(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_cancel", "奶瓶的订单取消掉", product="奶瓶")
    assert "还没有付款" in shopper.text

    await shopper.press("确认取消")

    assert (await order_of(shopper, "奶瓶")).status == "cancelled"
    assert "已经取消" in shopper.text


async def test_a_paid_order_is_cancelled_and_the_money_goes_back(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_cancel", "婴儿衣服不要了，取消", product="婴儿")
    assert "105.00元" in shopper.text

    await shopper.say("affirm", "好的")

    case = shopper.cards[0].case
    assert (case.type, case.status, str(case.refund_amount)) == ("refund_only", "refunding", "105.00")
    assert case.next_step in shopper.text
    assert (await order_of(shopper, "婴儿")).status == "cancelled"


async def test_a_parcel_under_way_is_intercepted(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("order_cancel", "大衣不要了帮我拦一下", product="大衣")

    await shopper.press("申请拦截")
    first = shopper.cards[0].case
    await shopper.say("order_cancel", "大衣拦了吗", product="大衣")

    assert (first.type, first.status) == ("intercept", "applied")
    assert shopper.cards[0].case.case_id == first.case_id  # asked again, it shows what is under way


async def test_nothing_is_cancelled_without_a_yes(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_cancel", "奶瓶的订单取消掉", product="奶瓶")

    await shopper.press("先不办了")

    assert (await order_of(shopper, "奶瓶")).status == "pending_payment"


async def test_signed_goods_lead_to_a_return(talk: Talk) -> None:
    shopper = talk("S001")
    order = await order_of(shopper, "跑鞋")

    await shopper.say("order_cancel", "取消订单", order_number=order.order_number)

    assert "退货退款" in shopper.titles


async def test_an_order_that_changed_since_is_shown_again_before_it_is_cancelled(talk: Talk) -> None:
    shopper, elsewhere = talk("S010"), talk("S010", sender_id="session-2")
    await shopper.say("order_cancel", "婴儿衣服不要了，取消", product="婴儿")
    await elsewhere.say("order_change_items", "备注包严实一点", product="婴儿")
    await elsewhere.press("就这样备注")

    await shopper.press("确认取消")

    assert "刚刚有变化" in shopper.text
    assert (await order_of(shopper, "婴儿")).status == "paid"
    await shopper.press("确认取消")
    assert (await order_of(shopper, "婴儿")).status == "cancelled"


# --- receiver ------------------------------------------------------------------------------------------------------
async def test_an_address_that_is_said_at_once_needs_one_yes(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_address", "婴儿衣服改成送到杭州市西湖区文一路1号", product="婴儿")
    assert ("地区", "杭州市西湖区") in [tuple(row) for row in shopper.cards[0].rows]

    await shopper.press("确认修改")

    order = await order_of(shopper, "婴儿")
    assert order.receiver.region == "杭州市西湖区"
    assert shopper.slots["new_receiver"] is None


@pytest.mark.parametrize("intent", ["inform", "nlu_fallback"])
async def test_an_address_is_asked_for_and_completed_over_turns(talk: Talk, intent: str) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_address", "婴儿衣服的地址写错了", product="婴儿")
    assert "请把要改的发给我" in shopper.text
    await shopper.say(intent, "成都市武侯区，电话13900001111")
    assert "详细地址" in shopper.text

    await shopper.say(intent, "天府三街8号2单元")
    await shopper.press("确认修改")

    receiver = (await order_of(shopper, "婴儿")).receiver
    assert (receiver.region, receiver.phone) == ("成都市武侯区", "139****1111")


async def test_a_parcel_under_way_is_not_readdressed_by_us(talk: Talk) -> None:
    shopper = talk("S002")

    await shopper.say("order_change_address", "大衣改地址", product="大衣")

    assert "快递改派" in shopper.text
    assert shopper.titles[0] == "转人工"


# --- options and notes ---------------------------------------------------------------------------------------------
async def test_another_size_is_chosen_from_what_is_in_stock(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_items", "婴儿衣服尺码拍错了", product="婴儿")
    assert "浅粉 66" not in shopper.titles  # sold out

    await shopper.press("奶黄 90")
    await shopper.press("确认换规格")

    assert (await order_of(shopper, "婴儿")).lines[0].options == {"颜色": "奶黄", "尺码": "90"}


async def test_a_size_that_is_named_is_asked_for_once(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("order_change_items", "婴儿衣服换成奶黄90码", product="婴儿", sku_option="90码")

    assert shopper.titles[0] == "确认换规格"
    assert "奶黄 90" in shopper.text


async def test_a_wish_to_the_warehouse_is_written_as_a_note(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_items", "婴儿衣服包装严实一点", product="婴儿")

    await shopper.press("就这样备注")

    assert "包装严实一点" in (await order_of(shopper, "婴儿")).note


async def test_a_note_without_words_is_asked_for(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_items", "婴儿衣服帮我备注一下", product="婴儿")
    assert "请把要备注的话发给我" in shopper.text

    await shopper.say("nlu_fallback", "放在门口的柜子上")
    await shopper.press("就这样备注")

    assert (await order_of(shopper, "婴儿")).note == "放在门口的柜子上"


# --- taken back, and another number of pieces ----------------------------------------------------------------------
async def test_a_cancellation_is_taken_back_after_a_yes(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_cancel", "奶瓶的订单取消掉", product="奶瓶")
    await shopper.press("确认取消")

    await shopper.say("order_restore", "点错了，帮我恢复刚才那个奶瓶的订单", product="奶瓶")
    assert "24小时" in shopper.text
    await shopper.press("恢复这一单")

    assert (await order_of(shopper, "奶瓶")).status == "pending_payment"
    assert "已经恢复" in shopper.text


async def test_an_old_cancellation_stays_and_the_reason_is_told(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("order_restore", "拼图那个订单能恢复吗", product="拼图")

    assert "不能" in shopper.text
    assert "恢复这一单" not in shopper.titles
    assert "转人工" in shopper.titles


async def test_a_parcel_called_back_is_let_go_on_by_withdrawing_the_case(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("order_cancel", "大衣不要了帮我拦一下", product="大衣")
    await shopper.press("申请拦截")

    await shopper.say("order_restore", "大衣别拦了，我还要", product="大衣")
    await shopper.press("确认撤销")

    assert shopper.cards[0].case.status == "cancelled"


@pytest.mark.parametrize(("text", "pieces"), [("奶瓶改成2件", 2), ("奶瓶再加一个", 2), ("奶瓶数量改成三个", 3)])
async def test_the_number_of_pieces_is_changed_while_nothing_is_paid(talk: Talk, text: str, pieces: int) -> None:
    shopper = talk("S010")
    await shopper.say("order_change_items", text, product="奶瓶")
    assert f"改成 {pieces} 件" in shopper.text

    await shopper.press("确认改数量")

    order = await order_of(shopper, "奶瓶")
    assert order.lines[0].quantity == pieces
    assert f"{order.paid_total}元" in shopper.text


async def test_fewer_of_what_is_paid_are_paid_back(talk: Talk) -> None:
    shopper = talk("S010")
    romper = await order_of(shopper, "连体衣")

    await shopper.say("order_change_items", "连体衣改成2件", product="连体衣")

    assert "再下一单" in shopper.text
    assert (await order_of(shopper, "连体衣")).lines == romper.lines
    assert "转人工" in shopper.titles


async def test_a_size_that_is_named_is_no_note_for_the_warehouse(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("order_change_items", "连体衣改成90码", product="连体衣", sku_option="90码")

    assert "确认换规格" in shopper.titles
