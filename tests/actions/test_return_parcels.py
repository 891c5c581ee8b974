"""The number of a parcel sent back, given in the chat."""

from collections.abc import Callable
from typing import Any

Talk = Callable[..., Any]


async def offered_times(talk: Talk) -> Any:
    """A shopper whose return can be collected, with the times before them."""
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    await shopper.press("确认提交")
    await shopper.say("return_shipping", "能上门取件吗")
    return shopper


async def test_a_number_is_filled_into_the_waiting_case_after_a_yes(talk: Talk) -> None:
    shopper = talk("S009")

    await shopper.say("inform", "已经寄了，顺丰SF1234567890123", carrier="SF", tracking_number="SF1234567890123")
    assert ("快递公司", "顺丰速运") in [tuple(row) for row in shopper.cards[0].rows]
    await shopper.say("affirm", "对")

    assert shopper.cards[0].case.status == "wait_shop_receive"
    assert shopper.cards[0].case.return_tracking_number == "SF1234567890123"


async def test_nothing_is_filled_in_without_a_yes(talk: Talk) -> None:
    shopper = talk("S009")
    await shopper.say("inform", "SF1234567890123", tracking_number="SF1234567890123")

    await shopper.press("不是，先不填")
    await shopper.say("aftersale_progress", "我的换货到哪一步了")

    assert shopper.cards[0].case.status == "wait_shopper_ship"


async def test_having_sent_it_without_a_number_is_asked_for_the_number(talk: Talk) -> None:
    shopper = talk("S009")
    await shopper.say("return_shipping", "跑鞋已经寄出去了")
    assert "单号发给我" in shopper.text

    await shopper.say("inform", "YT8888888888888", tracking_number="YT8888888888888")

    assert shopper.titles[0] == "确认填写"


async def test_the_number_of_a_parcel_on_its_way_to_the_shopper_is_tracked(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "大衣到哪了", product="大衣")
    number = shopper.cards[0].shipment.tracking_number

    await shopper.say("inform", number, tracking_number=number)

    assert shopper.cards[0].type == "logistics"


async def test_a_return_is_collected_at_the_time_that_is_pressed(talk: Talk) -> None:
    shopper = await offered_times(talk)
    assert shopper.titles[:2] == ["11月21日上午", "11月21日下午"]

    await shopper.press("11月21日下午")

    booked = shopper.cards[0].case.pick_up
    assert (booked.day.isoformat(), booked.slot) == ("2026-11-21", "afternoon")
    assert "11月21日下午" in shopper.text
    await shopper.say("return_shipping", "快递员什么时候来取")
    assert "约好了 11月21日下午" in shopper.text


async def test_a_time_that_is_typed_books_and_moves_it(talk: Talk) -> None:
    shopper = await offered_times(talk)

    await shopper.say("inform", "明天下午", date_time="2026-11-21")
    assert "约好了 11月21日下午" in shopper.text
    await shopper.say("aftersale_progress", "改到后天上午吧", date_time="2026-11-22")
    assert "约好了 11月22日上午" in shopper.text


async def test_a_day_alone_offers_that_day_and_a_question_about_money_books_nothing(talk: Talk) -> None:
    shopper = await offered_times(talk)

    await shopper.say("inform", "24号", date_time="2026-11-24")
    assert shopper.titles[:2] == ["11月24日上午", "11月24日下午"]
    await shopper.say("refund_progress", "明天上午钱能到账吗", date_time="2026-11-21")

    assert "约好了" not in shopper.text
