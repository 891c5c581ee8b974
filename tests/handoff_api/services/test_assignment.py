"""Who gets whom: in order, never twice, never more than somebody can take."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st

from contracts.events import Status
from contracts.frames import SetPresence
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.errors import AgentAtCapacity, BridgeError, IllegalStep, NotYourConversation, StaleEpoch
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk


async def test_who_asks_for_a_person_is_offered_to_a_free_agent_at_once(desk: Desk) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()

    row = await desk.want_person(visitor)

    assert (row.status, row.offered_to) == (Status.OFFERED, agent.agent_id)


async def test_an_agent_who_comes_online_is_offered_who_waited_longest(desk: Desk) -> None:
    first, second = await desk.shopper(), await desk.shopper()
    await desk.want_person(first)
    await desk.want_person(second)

    agent = await desk.agent("xiaolin", capacity=1)

    assert (await desk.row(first)).offered_to == agent.agent_id
    assert (await desk.row(second)).status == Status.QUEUED


async def test_accepting_makes_the_agent_the_owner(desk: Desk) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()

    row = await desk.with_agent(agent, visitor)

    assert (row.status, row.agent_id, row.epoch) == (Status.ACTIVE, agent.agent_id, 3)
    assert (await desk.texts(visitor, "system"))[-1] == lines.AGENT_JOINED.format(agent_name="xiaolin")


async def test_two_agents_claim_at_once_and_one_wins(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper()
    row = await desk.want_person(visitor)
    agents = [await desk.agent(name, online=False) for name in ("a", "b", "c", "d")]

    results = await asyncio.gather(
        *(bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch) for agent in agents),
        return_exceptions=True,
    )

    losers = [result for result in results if result is not None]
    assert len(losers) == 3
    assert all(isinstance(loser, StaleEpoch) for loser in losers)
    assert (await desk.row(visitor)).agent_id == agents[results.index(None)].agent_id


async def test_an_agent_never_takes_more_than_they_can(desk: Desk, bridge: Bridge) -> None:
    visitors = [await desk.shopper() for _ in range(4)]
    rows = [await desk.want_person(visitor) for visitor in visitors]
    agent = await desk.agent("xiaolin", capacity=2, online=False)

    results = await asyncio.gather(
        *(bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch) for row in rows),
        return_exceptions=True,
    )

    assert results.count(None) == 2
    assert sum(isinstance(result, AgentAtCapacity) for result in results) == 2


async def test_an_offer_is_accepted_by_nobody_else(desk: Desk, bridge: Bridge) -> None:
    await desk.agent("xiaolin")
    other = await desk.agent("other", online=False)
    visitor = await desk.shopper()
    row = await desk.want_person(visitor)

    with pytest.raises(NotYourConversation):
        await bridge.assignment.accept(other.agent_id, row.conversation_id, row.epoch)

    assert (await desk.row(visitor)).status == Status.OFFERED


async def test_a_declined_offer_goes_to_the_next_agent(desk: Desk, bridge: Bridge) -> None:
    first = await desk.agent("first")
    visitor = await desk.shopper()
    row = await desk.want_person(visitor)
    second = await desk.agent("second")

    await bridge.assignment.decline(first.agent_id, row.conversation_id, row.epoch)

    assert (await desk.row(visitor)).offered_to == second.agent_id


async def test_who_declined_is_asked_again_after_a_pause_when_nobody_else_is_there(
    desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    row = await desk.want_person(visitor)
    await bridge.assignment.decline(agent.agent_id, row.conversation_id, row.epoch)
    assert (await desk.row(visitor)).status == Status.QUEUED

    clock.advance(seconds=31)
    await bridge.assignment.match()

    assert (await desk.row(visitor)).offered_to == agent.agent_id


async def test_an_offer_nobody_answers_returns_to_its_old_place(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent = await desk.agent("xiaolin", capacity=1)
    first, second = await desk.shopper(), await desk.shopper()
    before = await desk.want_person(first)
    await desk.want_person(second)

    clock.advance(seconds=21)
    await bridge.assignment.expire_offers()

    after = await desk.row(first)
    assert (after.status, after.queue_tick) == (Status.QUEUED, before.queue_tick)
    async with bridge.record.reading() as session:
        order = [row.conversation_id for row in await bridge.lineup.order(session)]
    assert order == [first.conversation_id, second.conversation_id]
    assert (await desk.row(second)).offered_to == agent.agent_id


async def test_expiring_before_its_time_does_nothing(desk: Desk, bridge: Bridge) -> None:
    await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await bridge.assignment.expire_offers()

    assert (await desk.row(visitor)).status == Status.OFFERED


async def test_an_agent_who_misses_several_offers_is_set_away(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    for _ in range(bridge.settings.rules.routing.misses_until_away):
        clock.advance(seconds=35)
        await bridge.assignment.expire_offers()
        clock.advance(seconds=35)
        await bridge.assignment.match()

    assert (await bridge.agent_desk.view(agent.agent_id)).presence == "away"
    assert (await desk.row(visitor)).status == Status.QUEUED


async def test_an_agent_who_is_busy_is_offered_nothing(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    await bridge.agent_desk.set_presence(agent.agent_id, SetPresence(status="busy"))
    visitor = await desk.shopper()

    assert (await desk.want_person(visitor)).status == Status.QUEUED

    await bridge.agent_desk.set_presence(agent.agent_id, SetPresence(status="online"))
    assert (await desk.row(visitor)).status == Status.OFFERED


async def test_going_away_gives_an_offer_back_at_once(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await bridge.agent_desk.set_presence(agent.agent_id, SetPresence(status="away"))

    assert (await desk.row(visitor)).status == Status.QUEUED


async def test_a_conversation_that_leaves_while_it_is_offered_cannot_be_accepted(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    row = await desk.want_person(visitor)

    await bridge.messages.leave_queue(visitor, desk.next_id())

    with pytest.raises((StaleEpoch, IllegalStep)):
        await bridge.assignment.accept(agent.agent_id, row.conversation_id, row.epoch)


async def test_an_agent_lost_for_longer_than_the_grace_is_replaced_at_the_old_place(
    desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    agent = await desk.agent("xiaolin", online=False)
    generation = await desk.come(agent)
    visitor, later = await desk.shopper(), await desk.shopper()
    before = await desk.with_agent(agent, visitor)
    await bridge.staffing.disconnect(agent.agent_id, generation)
    await desk.want_person(later)

    clock.advance(seconds=61)
    await bridge.assignment.requeue_of_gone(clock() - bridge.settings.presence_grace)

    row = await desk.row(visitor)
    assert (row.status, row.epoch, row.queue_tick) == (Status.QUEUED, before.epoch + 1, before.queue_tick)
    assert (await desk.texts(visitor, "system"))[-1] == lines.AGENT_LOST
    async with bridge.record.reading() as session:
        assert [row.conversation_id for row in await bridge.lineup.order(session)][0] == visitor.conversation_id


async def test_an_agent_who_is_back_within_the_grace_keeps_everything(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent = await desk.agent("xiaolin", online=False)
    generation = await desk.come(agent)
    visitor = await desk.shopper()
    await desk.with_agent(agent, visitor)
    await bridge.staffing.disconnect(agent.agent_id, generation)

    clock.advance(seconds=40)
    await desk.come(agent)
    clock.advance(seconds=40)
    await bridge.assignment.requeue_of_gone(clock() - bridge.settings.presence_grace)

    assert (await desk.row(visitor)).agent_id == agent.agent_id


async def test_a_second_tab_keeps_the_agent_here(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin", online=False)
    first = await desk.come(agent)
    await desk.come(agent)

    await bridge.staffing.disconnect(agent.agent_id, first)

    assert agent.agent_id in await bridge.staffing.online()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "leave", "accept", "decline", "claim", "expire", "match"]),
        st.integers(0, 2),
        st.integers(0, 1),
    ),
    max_size=25,
)


class World:
    """Three shoppers, two agents with room for one each, and what may happen to them."""

    def __init__(self, desk: Desk, clock: Clock, visitors: list[VisitorIdentity], agents: list[AgentRecord]) -> None:
        self._desk, self._clock = desk, clock
        self.visitors, self.agents = visitors, agents
        self._epochs = dict.fromkeys((visitor.conversation_id for visitor in visitors), 0)

    async def happens(self, verb: str, which: int, who: int) -> None:
        """A refusal is a fine outcome; `holds` says what must be true after it as well."""
        visitor, bridge = self.visitors[which], self._desk.bridge
        row, agent_id = await self._desk.row(visitor), self.agents[who].agent_id
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "ask": lambda: bridge.messages.request_person(visitor, self._desk.next_id()),
            "leave": lambda: bridge.messages.leave_queue(visitor, self._desk.next_id()),
            "accept": lambda: bridge.assignment.accept(agent_id, row.conversation_id, row.epoch),
            "decline": lambda: bridge.assignment.decline(agent_id, row.conversation_id, row.epoch),
            "claim": lambda: bridge.assignment.claim(agent_id, row.conversation_id, row.epoch),
            "expire": self._expire,
            "match": bridge.assignment.match,
        }
        with suppress(BridgeError):
            await steps[verb]()

    async def _expire(self) -> None:
        self._clock.advance(seconds=21)
        await self._desk.bridge.assignment.expire_offers()

    async def holds(self) -> None:
        rows = [await self._desk.row(visitor) for visitor in self.visitors]
        for agent in self.agents:
            assert sum(agent.agent_id in (row.agent_id, row.offered_to) for row in rows) <= 1
        for row in rows:
            assert (row.agent_id is not None) == (row.status == Status.ACTIVE)
            assert (row.offered_to is not None) == (row.status == Status.OFFERED)
            assert row.epoch >= self._epochs[row.conversation_id]
            self._epochs[row.conversation_id] = row.epoch

    async def ends(self) -> None:
        """Nothing of it is left for the next example."""
        for which in range(len(self.visitors)):
            await self.happens("leave", which, 0)
        for agent in self.agents:
            await self._desk.bridge.agent_desk.set_presence(agent.agent_id, SetPresence(status="away"))
        await self._desk.bridge.background.settle()


@given(steps=STEPS)
@configured(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_happens_there_is_one_holder_and_no_overload(
    desk: Desk, clock: Clock, steps: list[tuple[str, int, int]]
) -> None:
    clock.ahead = timedelta()
    visitors = [await desk.shopper() for _ in range(3)]
    agents = [await desk.agent(desk.next_id(), capacity=1) for _ in range(2)]
    world = World(desk, clock, visitors, agents)

    for verb, which, who in steps:
        await world.happens(verb, which, who)
        await world.holds()

    await world.ends()


async def test_a_shopper_who_leaves_while_being_offered_makes_room_for_the_next_at_once(
    desk: Desk, bridge: Bridge
) -> None:
    agent = await desk.agent("xiaolin", capacity=1)
    first, second = await desk.shopper(), await desk.shopper()
    await desk.want_person(first)
    await desk.want_person(second)

    await bridge.messages.leave_queue(first, desk.next_id())

    assert (await desk.row(second)).offered_to == agent.agent_id
