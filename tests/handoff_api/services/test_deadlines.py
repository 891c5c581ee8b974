"""Deadlines are said once, to those they concern, and are kept by group and channel."""

from contracts.frames import AgentSendMessage, SlaFrame
from handoff_api.domain.hours import SHANGHAI
from handoff_api.fanout import Inbox, agent_topic, lead_topic
from handoff_api.record import deadlines
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk


def at_noon(clock: Clock) -> None:
    """While the platforms' clock runs."""
    local = clock().astimezone(SHANGHAI)
    clock.ahead += local.replace(hour=12, minute=0) - local


def heard(inbox: Inbox) -> list[tuple[str, str]]:
    return [(frame.kind, frame.stage) for frame in inbox.drain() if isinstance(frame, SlaFrame)]


async def test_a_warning_and_a_breach_are_said_once_each(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper("s1")
    at_noon(clock)
    leads = Inbox()
    bridge.fanout.subscribe(leads, lead_topic("demo"))
    await desk.want_person(visitor)

    for seconds in (60, 65, 1, 60, 1):
        clock.advance(seconds=seconds)
        await bridge.deadlines.sweep()

    assert heard(leads) == [("first_response", "warned"), ("first_response", "breached")]
    async with bridge.record.reading() as session:
        kept = await deadlines.counts(session, "demo", clock().replace(year=2020))
    assert kept == [
        ("first_response", "breached", "general", "web", 1),
        ("first_response", "warned", "general", "web", 1),
    ]


async def test_an_answer_in_time_is_no_event_and_the_next_one_is_counted_anew(
    desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    visitor = await desk.shopper("s1")
    at_noon(clock)
    agent = await desk.agent("li")
    own = Inbox()
    bridge.fanout.subscribe(own, agent_topic(agent.agent_id))
    row = await desk.with_agent(agent, visitor)
    answer = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, text="您好"
    )
    await bridge.agent_desk.send(agent, answer)

    clock.advance(minutes=10)
    await bridge.deadlines.sweep()
    assert heard(own) == []

    await desk.say(visitor, "还在吗")
    clock.advance(minutes=3, seconds=1)
    await bridge.deadlines.sweep()
    assert heard(own) == [("response", "breached")]
