"""An agent who does not answer is reminded, then the shopper is back in the queue, where they were."""

import pytest

from contracts.events import Status
from contracts.frames import AgentSendMessage, AnswerOverdue
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.fanout import Inbox, agent_topic
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk

Held = tuple[AgentRecord, VisitorIdentity]


@pytest.fixture
async def held(desk: Desk) -> Held:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.with_agent(agent, visitor)
    return agent, visitor


def listening(bridge: Bridge, agent: AgentRecord) -> Inbox:
    inbox = Inbox()
    bridge.fanout.subscribe(inbox, agent_topic(agent.agent_id))
    return inbox


def reminders(inbox: Inbox) -> list[AnswerOverdue]:
    return [frame for frame in inbox.drain() if isinstance(frame, AnswerOverdue)]


async def test_who_is_late_is_reminded_once(held: Held, bridge: Bridge, clock: Clock) -> None:
    agent, visitor = held
    inbox = listening(bridge, agent)

    clock.advance(minutes=2)
    await bridge.silence.sweep()
    assert reminders(inbox) == []
    clock.advance(minutes=2)
    await bridge.silence.sweep()
    await bridge.silence.sweep()

    [reminder] = reminders(inbox)
    assert reminder.conversation_id == visitor.conversation_id
    assert (reminder.taken_back_at - reminder.unanswered_since).total_seconds() == 300


async def test_who_stays_silent_loses_the_conversation_to_its_old_place(
    held: Held, desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    agent, visitor = held
    before = await desk.row(visitor)

    clock.advance(minutes=5, seconds=1)
    await bridge.silence.sweep()

    after = await desk.row(visitor)
    assert (after.status, after.agent_id, after.epoch) == (Status.QUEUED, None, before.epoch + 1)
    assert after.queue_tick == before.queue_tick
    assert (await desk.texts(visitor, "system"))[-1] == lines.AGENT_SILENT


async def test_it_goes_to_somebody_else_if_there_is_somebody(
    held: Held, desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    agent, visitor = held
    colleague = await desk.agent("xiaozhou")

    clock.advance(minutes=5, seconds=1)
    await bridge.staffing.beat_all()
    await bridge.silence.sweep()

    assert (await desk.row(visitor)).offered_to == colleague.agent_id


async def test_an_answer_stops_the_clock_until_the_shopper_writes_again(
    held: Held, desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    agent, visitor = held
    row = await desk.row(visitor)
    answer = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, text="在的"
    )
    await bridge.agent_desk.send(agent, answer)

    clock.advance(minutes=30)
    await bridge.silence.sweep()
    await desk.say(visitor, "那怎么退")
    clock.advance(minutes=2)
    await bridge.silence.sweep()

    assert (await desk.row(visitor)).status == Status.ACTIVE


async def test_the_wait_in_the_queue_is_not_the_agents_fault(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    clock.advance(minutes=20)
    agent = await desk.agent("xiaolin")
    row = await desk.row(visitor)
    await bridge.assignment.accept(agent.agent_id, row.conversation_id, row.epoch)

    await bridge.silence.sweep()

    assert (await desk.row(visitor)).status == Status.ACTIVE
