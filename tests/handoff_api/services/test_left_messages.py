"""Nobody is online: said honestly, the message is taken, and answered later in the same conversation."""

from contracts.events import MessageBody, Status
from contracts.frames import AgentSendMessage, RowFrame
from handoff_api import lines
from handoff_api.fanout import Inbox, team_topic
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk
from tests.handoff_api.stand_in_shop import StandInShop


async def test_it_is_said_that_nobody_is_online(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper()

    await desk.want_person(visitor)

    expected = lines.NO_AGENT.format(service_hours=bridge.settings.said_hours)
    assert (await desk.texts(visitor, "system"))[-1] == expected
    view = await bridge.shopper_desk.view(visitor)
    assert not view.conversation.agents_online


async def test_what_is_written_then_becomes_a_left_message_with_a_ticket(desk: Desk, shop: StandInShop) -> None:
    visitor = await desk.shopper("shopper-1")
    await desk.want_person(visitor)

    await desk.say(visitor, "鞋子开胶了，想退")

    [ticket] = shop.tickets.values()
    assert (ticket["kind"], ticket["description"]) == ("left_message", "鞋子开胶了，想退")
    assert (shop.callers[0].shopper_id, shop.callers[0].role) == ("shopper-1", "system")
    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT
    card = (await desk.events(visitor))[-1].body
    assert isinstance(card, MessageBody)
    assert "T1" in card.text
    assert card.cards[0].card.type == "ticket"


async def test_a_message_may_be_left_straight_from_the_bot(desk: Desk, bridge: Bridge, shop: StandInShop) -> None:
    visitor = await desk.shopper()

    await bridge.messages.leave_message(visitor, desk.next_id(), "请回电")
    await bridge.background.settle()

    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT
    assert len(shop.tickets) == 1


async def test_the_agents_answer_reaches_the_shopper_in_the_same_conversation(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    await desk.say(visitor, "想退货")

    agent = await desk.agent("xiaolin")
    [row] = await bridge.agent_desk.rows(agent)
    await bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch)
    answer = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch + 1, text="可以的"
    )
    await bridge.agent_desk.send(agent, answer)

    assert row.status == Status.MESSAGE_LEFT
    assert await desk.texts(visitor, "agent") == ["可以的"]


async def test_a_shop_that_is_down_gets_the_ticket_later_and_only_once(
    desk: Desk, bridge: Bridge, shop: StandInShop, clock: Clock
) -> None:
    shop.is_failing = True
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    await desk.say(visitor, "想退货")
    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT

    shop.is_failing = False
    await bridge.left_messages.retry_tickets()
    assert shop.tickets == {}
    clock.advance(seconds=30)
    await bridge.left_messages.retry_tickets()
    await bridge.left_messages.retry_tickets()

    assert len(shop.tickets) == 1


async def test_with_an_agent_online_waiting_goes_on(desk: Desk) -> None:
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await desk.say(visitor, "补充一下")

    assert (await desk.row(visitor)).status == Status.QUEUED


async def test_who_left_a_message_may_still_ask_for_a_person_or_the_bot(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    await desk.say(visitor, "想退货")

    agent = await desk.agent("xiaolin")
    assert (await desk.want_person(visitor)).offered_to == agent.agent_id

    await bridge.messages.leave_queue(visitor, desk.next_id())
    assert (await desk.row(visitor)).status == Status.BOT


async def test_an_overdue_left_message_is_marked_and_told_once(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent = await desk.agent("xiaolin", online=False)
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    await desk.say(visitor, "想退货")
    inbox = Inbox()
    bridge.fanout.subscribe(inbox, team_topic("demo"))
    [before] = await bridge.agent_desk.rows(agent)

    clock.advance(days=3)
    await bridge.left_messages.tell_overdue()
    await bridge.left_messages.tell_overdue()
    await bridge.background.settle()

    [frame] = inbox.drain()
    assert isinstance(frame, RowFrame)
    assert (before.is_overdue, frame.row.is_overdue) == (False, True)
    assert before.answer_due_at == frame.row.answer_due_at
    assert before.answer_due_at is not None


async def test_an_answered_left_message_is_due_no_more(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    await desk.say(visitor, "想退货")
    agent = await desk.agent("xiaolin")
    [row] = await bridge.agent_desk.rows(agent)
    await bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch)
    answer = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch + 1, text="可以的"
    )

    await bridge.agent_desk.send(agent, answer)
    clock.advance(days=3)

    [after] = await bridge.agent_desk.rows(agent)
    assert (after.answer_due_at, after.is_overdue) == (None, False)
