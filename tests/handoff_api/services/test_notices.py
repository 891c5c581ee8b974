"""What the shop reports is told once, under any owner, to the right shopper."""

from typing import Any

import pytest

from contracts.events import AuthorKind, MessageBody
from contracts.notices import Notice
from handoff_api.errors import ConversationNotFound, ShopUnknown
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk

CASE = {
    "case_id": "A1",
    "type": "return_refund",
    "status": "approved",
    "order_number": "2026",
    "line_id": "L1",
    "title": "跑鞋",
    "quantity": 1,
    "reason": "size",
    "next_step": "请寄回商品",
    "waiting_for": "shopper",
    "created_at": "2026-11-20T10:00:00Z",
    "version": 2,
}


def notice(**changes: Any) -> Notice:
    content = {"notice_id": "N1", "shop_id": "demo", "shopper_id": "shopper-1", "case": CASE, "text": "退货已同意"}
    return Notice.model_validate({**content, **changes})


async def test_it_is_a_system_message_with_the_cases_card(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("shopper-1")

    assert await bridge.notices.take(notice())

    event = (await desk.events(visitor))[-1]
    assert event.author.kind is AuthorKind.SYSTEM
    assert isinstance(event.body, MessageBody)
    assert (event.body.text, event.body.cards[0].card.type) == ("退货已同意", "case")


async def test_it_is_told_once(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("shopper-1")
    await bridge.notices.take(notice())

    assert not await bridge.notices.take(notice())

    assert len(await desk.events(visitor)) == 2


async def test_it_waits_for_a_shopper_who_never_wrote(desk: Desk, bridge: Bridge) -> None:
    await bridge.notices.take(notice(shopper_id="shopper-new"))

    visitor = await desk.shopper("shopper-new")

    assert (await desk.texts(visitor, "system"))[-1] == "退货已同意"


async def test_it_disturbs_no_agent(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper("shopper-1")
    row = await desk.with_agent(agent, visitor)

    await bridge.notices.take(notice())

    after = await desk.row(visitor)
    assert (after.status, after.epoch) == (row.status, row.epoch)


async def test_another_shops_notice_and_another_shoppers_conversation_are_refused(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("shopper-1")

    with pytest.raises(ShopUnknown):
        await bridge.notices.take(notice(shop_id="another"))
    with pytest.raises(ConversationNotFound):
        await bridge.notices.take(notice(shopper_id=None, conversation_id=visitor.conversation_id))


async def test_what_an_anonymous_visitor_began_is_told_where_they_began_it(desk: Desk, bridge: Bridge) -> None:
    visitor, owner = await desk.shopper(), await desk.shopper("shopper-1")

    assert await bridge.notices.take(notice(conversation_id=visitor.conversation_id))

    assert await desk.texts(visitor, "system") == ["退货已同意"]
    assert await desk.texts(owner, "system") == []


async def test_where_somebody_else_has_signed_in_since_the_order_is_told_to_its_owner_alone(
    desk: Desk, bridge: Bridge
) -> None:
    other, owner = await desk.shopper("shopper-2"), await desk.shopper("shopper-1")

    assert await bridge.notices.take(notice(conversation_id=other.conversation_id))

    assert await desk.texts(other, "system") == []
    assert await desk.texts(owner, "system") == ["退货已同意"]


async def test_a_notice_for_nobody_is_taken_and_told_to_nobody(bridge: Bridge) -> None:
    assert not await bridge.notices.take(notice(shopper_id=None))
