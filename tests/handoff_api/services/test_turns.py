"""The bot's turns: one at a time, none lost, none shown too late."""

import asyncio
import threading
from datetime import timedelta

import pytest

from contracts.events import Reading, Status
from contracts.identity import Audience, TurnIdentity, VisitorIdentity, read
from handoff_api import lines
from handoff_api.record import events
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.services.turns import LEASE
from handoff_api.worker import Worker
from tests.handoff_api.conftest import SECRETS, Clock, Desk, SettingsFor
from tests.handoff_api.stand_in_bot import StandInBot


async def asked(bot: StandInBot) -> None:
    """The bot has begun to think."""
    assert await asyncio.to_thread(bot.is_asked.wait, 10)


async def send(desk: Desk, visitor: VisitorIdentity, text: str) -> None:
    """Without waiting for the bot."""
    await desk.bridge.messages.send(visitor, desk.next_id(), text)


async def test_the_turn_says_for_whom_it_is_made(desk: Desk, bot: StandInBot) -> None:
    visitor = await desk.shopper("shopper-1")

    await desk.say(visitor, "查订单")

    metadata = bot.turns[0]["metadata"]
    who = read(TurnIdentity, metadata["turn_token"], Audience.TURN, SECRETS["turn_secret"])
    assert (who.shopper_id, who.conversation_id, who.role) == ("shopper-1", visitor.conversation_id, "shopper")
    assert (metadata["is_signed_in"], who.turn_id) == (True, bot.turns[0]["turn_id"])
    assert bot.turns[0]["sender_id"] == (await desk.row(visitor)).session_id


async def test_messages_close_together_are_one_turn(settings_for: SettingsFor, bot: StandInBot) -> None:
    bridge = build_bridge(settings_for(turn_join=timedelta(seconds=0.1)))
    desk = Desk(bridge)
    visitor = await desk.shopper()

    await send(desk, visitor, "鞋子大了")
    await send(desk, visitor, "想退货")
    await bridge.background.settle()

    assert [turn["text"] for turn in bot.turns] == ["鞋子大了，想退货"]
    assert set(bot.parsed) == {"鞋子大了", "想退货"}  # both are read at the same time
    async with bridge.record.reading() as session:
        assert len(await events.readings(session, visitor.conversation_id)) == 2
    await bridge.close()


async def test_an_emergency_beside_a_wish_for_a_person_is_an_emergency(
    settings_for: SettingsFor, bot: StandInBot
) -> None:
    bridge = build_bridge(settings_for(turn_join=timedelta(seconds=0.1)))
    desk = Desk(bridge)
    visitor = await desk.shopper()

    await send(desk, visitor, "充电器着火了")
    await send(desk, visitor, "转人工")
    await bridge.background.settle()

    assert (await desk.row(visitor)).priority == "emergency"
    await bridge.close()


async def test_a_wish_for_a_person_does_not_drown_in_a_joined_turn(settings_for: SettingsFor, bot: StandInBot) -> None:
    bridge = build_bridge(settings_for(turn_join=timedelta(seconds=0.1)))
    desk = Desk(bridge)
    visitor = await desk.shopper()

    await send(desk, visitor, "鞋子大了")
    await send(desk, visitor, "转人工")
    await bridge.background.settle()

    assert [turn["text"] for turn in bot.turns] == ["转人工"]
    assert (await desk.row(visitor)).status == Status.QUEUED
    await bridge.close()


async def test_messages_during_a_running_turn_are_the_next_one(desk: Desk, bot: StandInBot) -> None:
    bot.gate = threading.Event()
    visitor = await desk.shopper()

    await send(desk, visitor, "第一条")
    await asked(bot)
    await send(desk, visitor, "第二条")
    await send(desk, visitor, "第三条")
    bot.gate.set()
    await desk.bridge.background.settle()

    assert [turn["text"] for turn in bot.turns] == ["第一条", "第二条，第三条"]


async def test_a_handoff_in_the_reply_changes_the_owner_with_it(desk: Desk) -> None:
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()

    await desk.say(visitor, "订单的事，转人工")

    row = await desk.row(visitor)
    assert (row.status, row.epoch) == (Status.QUEUED, 2)
    assert row.handoff is not None
    assert row.handoff["reason"] == "human_request"
    assert row.handoff["order_number"] == "202611210001"
    assert await desk.texts(visitor) == ["好的，马上为您转接。"]


async def test_a_reply_that_comes_after_the_handoff_is_never_shown(desk: Desk, bot: StandInBot) -> None:
    bot.gate = threading.Event()
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()
    await send(desk, visitor, "慢慢想")
    await asked(bot)

    await desk.bridge.messages.request_person(visitor, desk.next_id())
    bot.gate.set()
    await desk.bridge.background.settle()

    assert await desk.texts(visitor) == []
    assert (await desk.row(visitor)).status == Status.QUEUED


async def test_a_reply_is_too_late_even_when_the_bot_owns_it_again(desk: Desk, bot: StandInBot) -> None:
    bot.gate = threading.Event()
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()
    await send(desk, visitor, "慢慢想")
    await asked(bot)

    await desk.bridge.messages.request_person(visitor, desk.next_id())
    await desk.bridge.messages.leave_queue(visitor, desk.next_id())
    bot.gate.set()
    await desk.bridge.background.settle()

    assert await desk.texts(visitor) == []


async def test_one_failure_is_tried_again_and_nobody_notices(desk: Desk, bot: StandInBot) -> None:
    bot.failures_left = 1
    visitor = await desk.shopper()

    await desk.say(visitor, "你好")

    assert await desk.texts(visitor) == ["收到：你好"]


async def test_a_bot_that_is_down_leads_straight_to_the_queue(desk: Desk, bot: StandInBot) -> None:
    bot.is_failing = True
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()

    await desk.say(visitor, "你好")

    row = await desk.row(visitor)
    assert row.status == Status.QUEUED
    assert row.handoff is not None
    assert row.handoff["reason"] == "bot_failed"
    assert lines.BOT_DOWN in await desk.texts(visitor, "system")


async def test_a_bot_that_forgot_is_given_its_history(desk: Desk, bot: StandInBot) -> None:
    visitor = await desk.shopper()
    await desk.say(visitor, "第一句")
    await desk.say(visitor, "第二句")
    bot.forget()

    await desk.say(visitor, "第三句")

    assert [event["text"] for event in bot.turns[-1]["history"]] == ["第一句", "第二句"]
    assert bot.turns[-1]["history_turns"] == 2
    assert (await desk.texts(visitor))[-1] == "收到：第三句"


async def test_a_turn_cut_off_by_a_crash_is_driven_again_and_answered_once(
    desk: Desk, bot: StandInBot, settings_for: SettingsFor, clock: Clock
) -> None:
    bot.gate = threading.Event()
    visitor = await desk.shopper()
    await send(desk, visitor, "你好")
    await asked(bot)
    await desk.bridge.background.close()  # the process dies while the bot is thinking
    bot.gate.set()

    clock.advance(seconds=LEASE.total_seconds())  # where several processes share the record, the lease must end first
    reborn = build_bridge(settings_for(), clock)
    await Worker(reborn).start()
    await reborn.background.settle()

    assert await desk.texts(visitor) == ["收到：你好"]
    assert len({turn["turn_id"] for turn in bot.turns}) == 1
    await reborn.close()


@pytest.mark.parametrize(
    ("text", "reason", "priority", "line"),
    [
        ("充电器着火了", "emergency", "emergency", lines.EMERGENCY),
        ("我的账号被盗了", "emergency", "emergency", lines.MONEY_AT_RISK),
        ("身份证号是多少多少", "identity_data", "high", lines.IDENTITY_DATA),
    ],
)
async def test_what_must_not_stay_with_the_bot_goes_to_a_person(
    desk: Desk, text: str, reason: str, priority: str, line: str
) -> None:
    visitor = await desk.shopper()

    await desk.say(visitor, text)

    row = await desk.row(visitor)
    assert (row.status, row.priority) == (Status.QUEUED, priority)
    assert row.handoff is not None
    assert row.handoff["reason"] == reason
    assert line in await desk.texts(visitor, "system")


async def test_an_emergency_noticed_in_the_queue_moves_to_its_front(desk: Desk) -> None:
    await desk.agent("xiaolin", capacity=0)
    first, second = await desk.shopper(), await desk.shopper()
    await desk.want_person(first)
    await desk.want_person(second)

    await desk.say(second, "着火了")

    async with desk.bridge.record.reading() as session:
        order = await desk.bridge.lineup.order(session)
    assert [row.conversation_id for row in order] == [second.conversation_id, first.conversation_id]


async def test_every_message_has_a_reading_whoever_owns_it(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.say(visitor, "你好")
    await desk.with_agent(agent, visitor)
    await desk.say(visitor, "找人工")

    said = [event for event in await desk.events(visitor) if event.author.kind == "shopper"]
    async with bridge.record.reading() as session:
        found: dict[str, Reading] = await events.readings(session, visitor.conversation_id)

    assert {event.event_id for event in said} == set(found)
    assert (await bridge.readings.of_event(visitor.conversation_id, said[-1].event_id)).intent == "human_request"


async def test_the_page_the_shopper_is_on_is_known_to_the_bot(bridge: Bridge, bot: StandInBot, clock: Clock) -> None:
    token, _ = await bridge.conversations.open("demo", page={"order_number": "2026"})
    visitor = bridge.conversations.visitor(token)

    await Desk(bridge).say(visitor, "这个订单")

    assert bot.turns[0]["metadata"]["page"] == {"order_number": "2026"}
