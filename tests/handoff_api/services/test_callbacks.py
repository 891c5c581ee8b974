"""Waiting, leaving a message, being called back: the shopper's choice; and a full queue that says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from contracts.events import CallbackSlot, HandoffPackage, Status
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.errors import CallbackRefused
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings
from tests.handoff_api.conftest import Clock, Desk, SettingsFor

RULES = Settings.model_fields["handoff_rules"].default


async def offered_slot(bridge: Bridge, visitor: VisitorIdentity) -> CallbackSlot:
    return (await bridge.shopper_desk.view(visitor)).conversation.callbacks[0]


async def booked(desk: Desk, bridge: Bridge) -> tuple[VisitorIdentity, CallbackSlot]:
    visitor = await desk.shopper("s1")
    await desk.say(visitor, "鞋子开胶了")
    await desk.want_person(visitor)
    slot = await offered_slot(bridge, visitor)
    await bridge.messages.request_callback(visitor, desk.next_id(), slot.at)
    await bridge.background.settle()
    return visitor, slot


async def test_who_is_called_back_waits_no_longer_and_has_it_in_writing(desk: Desk, bridge: Bridge) -> None:
    visitor, slot = await booked(desk, bridge)

    row = await desk.row(visitor)
    assert (row.status, row.callback_at) == (Status.MESSAGE_LEFT.value, slot.at)
    assert lines.CALLBACK_BOOKED.format(when=slot.label) in await desk.texts(visitor, "system")
    assert (await desk.texts(visitor, "shopper"))[-1] == lines.CALLBACK_WISH.format(when=slot.label)


async def test_when_the_time_has_come_the_conversation_is_offered(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor, slot = await booked(desk, bridge)
    agent = await desk.agent("li")
    await bridge.callbacks.bring_back()
    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT.value

    clock.ahead += slot.at - clock()
    await bridge.callbacks.bring_back()

    row = await desk.row(visitor)
    assert (row.status, row.offered_to, row.priority) == (Status.OFFERED.value, agent.agent_id, "high")
    assert HandoffPackage.model_validate(row.handoff).wanted == "鞋子开胶了"


async def test_it_is_brought_back_once(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor, slot = await booked(desk, bridge)
    clock.ahead += slot.at - clock()

    await bridge.callbacks.bring_back()
    await bridge.callbacks.bring_back()

    assert (await desk.texts(visitor, "system")).count(lines.CALLBACK_NOW) == 1


async def test_only_a_time_that_is_offered_can_be_chosen(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    row = await desk.want_person(visitor)
    slot = await offered_slot(bridge, visitor)

    with pytest.raises(CallbackRefused):
        await bridge.messages.request_callback(visitor, desk.next_id(), slot.until.replace(minute=17))

    assert (await desk.row(visitor)).epoch == row.epoch


async def test_the_same_wish_sent_twice_is_one(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    await desk.want_person(visitor)
    slot, client_id = await offered_slot(bridge, visitor), desk.next_id()

    first = await bridge.messages.request_callback(visitor, client_id, slot.at)

    assert await bridge.messages.request_callback(visitor, client_id, slot.at) == first


@pytest.fixture
async def small(tmp_path: Path, settings_for: SettingsFor, clock: Clock) -> AsyncIterator[Desk]:
    """A shop whose queue holds one."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    rules["routing"]["most_waiting"] = 1
    path = tmp_path / "handoff.yml"
    path.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    bridge = build_bridge(settings_for(handoff_rules=path), clock)
    yield Desk(bridge)
    await bridge.close()


async def test_a_full_queue_says_that_it_is_busy_and_the_bot_stays(small: Desk) -> None:
    first, second = await small.shopper("s1"), await small.shopper("s2")

    await small.want_person(first)
    await small.want_person(second)

    row = await small.row(second)
    assert (row.status, row.queue_tick) == (Status.BOT.value, None)
    assert (await small.texts(second, "system"))[-1] == lines.BUSY


async def test_an_emergency_gets_in_although_the_queue_is_full(small: Desk) -> None:
    first, second = await small.shopper("s1"), await small.shopper("s2")
    await small.want_person(first)

    await small.say(second, "充电宝着火了")

    assert (await small.row(second)).status == Status.QUEUED.value
