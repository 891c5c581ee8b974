"""The bot's rich messages as a channel can show them: menu, numbers, words, parts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from contracts.bot_output import OrderCard, OrderSummary, SummaryCard
from contracts.events import (
    Author,
    AuthorKind,
    CsatAskBody,
    Event,
    MessageBody,
    OfferedCard,
    OfferedChoice,
    Status,
    StatusBody,
)
from handoff_api.channels.messages import Capabilities, MenuItem
from handoff_api.channels.numbers import meant
from handoff_api.channels.render import Rendered
from handoff_api.channels.render import render as render_with_links

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WECHAT = Capabilities(text_bytes=2048, menu_items=10, merges=True, has_quota=True)
PLAIN = Capabilities(text_bytes=2048, menu_items=0, page_url="https://shop.example/help")


def render(events: Sequence[Event], capabilities: Capabilities) -> Rendered:
    return render_with_links(events, capabilities, lambda attachment_id: f"https://shop.example/{attachment_id}")


def event(body: Any, kind: AuthorKind = AuthorKind.BOT, seq: int = 2) -> Event:
    return Event(
        event_id=f"e_{seq}",
        conversation_id="c_1",
        seq=seq,
        author=Author(kind=kind, name="小林"),
        at=AT,
        epoch=1,
        body=body,
    )


def choices(count: int) -> list[OfferedChoice]:
    return [OfferedChoice(choice_id=f"b_{number}", title=f"第 {number} 个") for number in range(1, count + 1)]


def test_buttons_are_the_channels_own_menu_where_it_has_one() -> None:
    [menu] = render([event(MessageBody(text="请选择", choices=choices(3)))], WECHAT).messages

    assert (menu.kind, menu.text) == ("menu", "请选择")
    assert [item.id for item in menu.items] == ["b_1", "b_2", "b_3"]


def test_without_menus_they_are_numbers_and_the_numbers_are_remembered() -> None:
    rendered = render([event(MessageBody(text="请选择", choices=choices(2)))], PLAIN)

    assert [message.text for message in rendered.messages] == ["请选择\n1. 第 1 个\n2. 第 2 个\n回复数字即可选择。"]
    assert rendered.menu == [MenuItem(id="b_1", title="第 1 个"), MenuItem(id="b_2", title="第 2 个")]


def test_what_is_too_long_for_numbers_ends_in_a_link_to_the_page() -> None:
    [message] = render([event(MessageBody(text="请选择订单", choices=choices(12)))], PLAIN).messages

    assert "10. 第 10 个" in message.text
    assert "第 11 个" not in message.text
    assert message.text.endswith("更多选项请打开：https://shop.example/help")


def test_a_button_that_was_pressed_is_not_offered_again() -> None:
    used = choices(2)
    used[0] = used[0].model_copy(update={"used": True})

    rendered = render([event(MessageBody(text="请选择", choices=used))], PLAIN)

    assert rendered.menu == [MenuItem(id="b_2", title="第 2 个")]


def test_an_order_card_is_words_and_a_button() -> None:
    order = OrderSummary(
        order_number="202611210001", title="羊毛衫", status_text="已签收", paid_total=Decimal("299.00"), placed_at=AT
    )
    offered = OfferedCard(card=OrderCard(order=order), choice=OfferedChoice(choice_id="b_9", title="选这个"))

    [menu] = render([event(MessageBody(text="哪个订单？", cards=[offered]))], WECHAT).messages

    assert menu.text == "哪个订单？\n\n【订单】羊毛衫\n已签收，实付 299.00 元\n订单号 202611210001"
    assert [item.id for item in menu.items] == ["b_9"]


def test_bubbles_become_one_message_where_each_message_counts() -> None:
    said = [event(MessageBody(text=f"第{n}句"), seq=n) for n in (2, 3)]
    card = SummaryCard(title="请确认", rows=[("商品", "羊毛衫"), ("退款", "299.00 元")])
    said.append(event(MessageBody(cards=[OfferedCard(card=card)], choices=choices(2)), seq=4))

    merged, apart = render(said, WECHAT), render(said, PLAIN)

    assert [message.text for message in merged.messages] == [
        "第2句\n\n第3句\n\n【请确认】\n商品：羊毛衫\n退款：299.00 元"
    ]
    assert len(apart.messages) == 3


def test_what_would_not_fit_is_not_merged_and_a_long_text_is_cut() -> None:
    said = [event(MessageBody(text="长" * 600), seq=2), event(MessageBody(text="短"), seq=3)]
    said.append(event(MessageBody(text="很" * 1000), seq=4))

    sizes = [len(message.text.encode()) for message in render(said, WECHAT).messages]

    assert sizes == [600 * 3 + 2 + 3, 2046, 954]


def test_the_shoppers_own_words_are_not_said_back() -> None:
    assert render([event(MessageBody(text="你好"), AuthorKind.SHOPPER)], WECHAT).messages == []


def test_a_status_without_a_line_says_nothing() -> None:
    assert render([event(StatusBody(status=Status.BOT, epoch=2))], WECHAT).messages == []


def test_who_waits_can_go_back_to_the_bot_by_number() -> None:
    rendered = render(
        [event(StatusBody(status=Status.QUEUED, epoch=2, line="排在第 1 位。"), AuthorKind.SYSTEM)], PLAIN
    )

    assert rendered.menu == [MenuItem(id="leave_queue", title="返回智能客服")]
    assert rendered.messages[0].may_use_reserve


def test_the_question_how_it_was_is_a_menu_whose_numbers_are_the_scores() -> None:
    rendered = render([event(CsatAskBody(session_id="s_1"), AuthorKind.SYSTEM)], PLAIN)

    assert rendered.menu is not None
    assert [item.id for item in rendered.menu] == [f"rate:s_1:{score}" for score in range(1, 6)]
    assert meant("5", rendered.menu) == rendered.menu[4]
    assert rendered.messages[0].ends_service


def test_a_line_of_the_system_leaves_the_bots_menu_valid() -> None:
    line = event(StatusBody(status=Status.BOT, epoch=2, line="已切换回智能客服。"), AuthorKind.SYSTEM)

    assert render([line], PLAIN).menu is None


MENU = [MenuItem(id="a", title="查物流"), MenuItem(id="b", title="退货退款")]


def test_what_people_type_to_choose() -> None:
    for text in ("2", "２", " 2 ", "2.", "2、", "第2个", "选2", "二", "第二个", "退货退款", "回复2"):
        assert meant(text, MENU) == MENU[1], text


def test_what_is_not_a_choice() -> None:
    for text in ("3", "0", "22", "2天了", "退货", "我要2个", "", "十一"):
        assert meant(text, MENU) is None, text
    assert meant("2", []) is None
