"""The queue as a state machine: whatever happens, in whatever order, its promises hold after every step.

Real services of two bridges on one real Redis and one real database; only the clock is ours. The model beside them
uses no code of the bridge: it remembers who came when and who passed, and says what must be true.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.events import Event
from contracts.frames import (
    AgentSendMessage,
    CloseConversation,
    SetPresence,
    SetUpAgent,
    TakeOver,
    TransferConversation,
)
from contracts.identity import VisitorIdentity
from handoff_api.errors import AgentAtCapacity, BridgeError, StaleEpoch
from handoff_api.record import agents, conversations, events
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings
from handoff_api.store.queue import Queue
from handoff_api.worker import Worker
from tests.handoff_api.conftest import RedisServer, identity_token

SHOPPERS, GOLD = 5, 2
PAUSE, OVERFLOW = timedelta(seconds=30), timedelta(seconds=60)
SLACK = timedelta(seconds=1)
"""The model notes who passed a few of its small steps before the bridge does."""
BOOST_MS = {"": 0, "gold": 60_000}
WAITING, HELD = ("queued", "offered"), ("active", "wrap_up")


@dataclass
class Ground:
    """What every run of the machine begins with: an empty record, an empty Redis."""

    redis: RedisServer
    new_record: Callable[[ExitStack], str]
    settings: Callable[[str], Settings]


class StoppedClock:
    """Moves only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Known:
    """One conversation as the model knows it."""

    visitor: VisitorIdentity
    level: str
    epoch: int = 1
    owner: str = "bot"
    said: list[str] = field(default_factory=list)
    passed: dict[str, datetime] = field(default_factory=dict)


def owner_of(row: ConversationRecord) -> str:
    if row.status in HELD:
        return f"agent:{row.agent_id}"
    return "queue" if row.status in (*WAITING, "message_left") else row.status


def some(*statuses: str) -> Callable[[Any], bool]:
    """There is one to do it with."""
    return lambda machine: any(row.status in statuses for row in machine.rows)


shopper = st.integers(0, SHOPPERS - 1)
who = st.integers(0, 2)


class QueueMachine(RuleBasedStateMachine):
    ground: ClassVar[Ground]

    # --- the world ----------------------------------------------------------------------------------------------------
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.clock = StoppedClock()
        self.count = 0
        self.known: list[Known] = []
        self.rows: list[ConversationRecord] = []
        self.team: list[AgentRecord] = []
        self.generations: dict[str, str] = {}
        self.arrivals: list[str] = []
        self.by_hand: set[str] = set()

    def run[T](self, work: Awaitable[T]) -> T:
        async def settled() -> T:
            result = await work
            await self.bridge.background.settle()
            await self.rival.background.settle()
            return result

        self.clock.now += timedelta(milliseconds=10)
        return self.runner.run(settled())

    @initialize()
    def begin(self) -> None:
        self.ground.redis.flush()
        url = self.ground.new_record(self.stack)
        self.bridge, self.rival = (build_bridge(self.ground.settings(url), self.clock) for _ in range(2))
        self.worker = Worker(self.bridge)
        self.run(self._people())

    async def _people(self) -> None:
        for number in range(SHOPPERS):
            identity = identity_token(f"s{number}") if number < GOLD else None
            token, _ = await self.bridge.conversations.open("demo", identity_token=identity)
            visitor = self.bridge.conversations.visitor(token)
            self.known.append(Known(visitor, "gold" if number < GOLD else ""))
        team = [("a", "agent", ["general", "complaint"], 1), ("b", "agent", ["general"], 2)]
        async with self.bridge.record.writing() as session:
            for login, role, skills, capacity in [*team, ("c", "supervisor", ["general"], 1)]:
                agent = AgentRecord(
                    agent_id=login,
                    shop_id="demo",
                    login=login,
                    password_hash="",
                    name=login,
                    role=role,
                    skills=skills,
                    capacity=capacity,
                    gone_since=self.clock(),
                )
                session.add(agent)
                self.team.append(agent)

    def teardown(self) -> None:
        if hasattr(self, "bridge"):
            for bridge in (self.rival, self.bridge):
                self.runner.run(bridge.close())
        self.stack.close()

    # --- looking ------------------------------------------------------------------------------------------------------
    def pick(self, which: int, *statuses: str) -> tuple[Known, ConversationRecord]:
        """One of those with such a status, as it was after the last step."""
        fit = [pair for pair in zip(self.known, self.rows, strict=True) if pair[1].status in statuses]
        return fit[which % len(fit)]

    def holder(self, row: ConversationRecord) -> AgentRecord:
        return next(agent for agent in self.team if agent.agent_id == row.agent_id)

    def next_id(self) -> str:
        self.count += 1
        return f"machine-{self.count:04d}"

    def load(self, agent: AgentRecord) -> int:
        return sum(agent.agent_id in (row.agent_id, row.offered_to) for row in self.rows)

    def room(self, number: int) -> int:
        return self.team[number].capacity - self.load(self.team[number])

    def refused(self, work: Coroutine[Any, Any, object]) -> BridgeError | None:
        """The refusal, if it was one."""
        try:
            self.run(work)
        except BridgeError as refusal:
            return refusal
        return None

    def passes(self, known: Known, agent_id: str | None) -> None:
        known.passed[agent_id or ""] = self.clock()

    # --- what shoppers do ---------------------------------------------------------------------------------------------
    @precondition(some("bot", "closed"))
    @rule(which=shopper)
    def asks(self, which: int) -> None:
        """Twice under one id, at two bridges: once."""
        known, row = self.pick(which, "bot", "closed")
        client_id = self.next_id()
        self.run(self.bridge.messages.request_person(known.visitor, client_id))
        self.run(self.rival.messages.request_person(known.visitor, client_id))
        known.passed.clear()
        self._arrives(row.conversation_id)

    def _arrives(self, conversation_id: str) -> None:
        self.arrivals = [*(each for each in self.arrivals if each != conversation_id), conversation_id]

    @precondition(some(*WAITING))
    @rule(which=shopper)
    def leaves(self, which: int) -> None:
        known, _ = self.pick(which, *WAITING)
        self.run(self.bridge.messages.leave_queue(known.visitor, self.next_id()))

    @precondition(some(*HELD))
    @rule(which=shopper, is_repeated=st.booleans())
    def says(self, which: int, is_repeated: bool) -> None:
        """To a person; what is sent again, here or at another bridge, is said once."""
        known, _ = self.pick(which, *HELD)
        text, client_id = f"第{self.count}条", self.next_id()
        first = self.run(self.bridge.messages.send(known.visitor, client_id, text))
        if is_repeated:
            again = self.run(self.rival.messages.send(known.visitor, client_id, text))
            assert again.seq == first.seq, "the answer to a repeat is the first one's"
        known.said.append(text)

    # --- what agents do -----------------------------------------------------------------------------------------------
    @precondition(some("offered"))
    @rule(which=shopper)
    def accepts(self, which: int) -> None:
        _, row = self.pick(which, "offered")
        self.run(self.rival.assignment.accept(row.offered_to or "", row.conversation_id, row.epoch))

    @precondition(some("offered"))
    @rule(which=shopper, number=who)
    def accepts_what_is_anothers(self, which: int, number: int) -> None:
        _, row = self.pick(which, "offered")
        agent_id = self.team[number].agent_id
        if agent_id != row.offered_to:
            refusal = self.refused(self.bridge.assignment.accept(agent_id, row.conversation_id, row.epoch))
            assert refusal, "an offer is one agent's own"

    @precondition(some("offered"))
    @rule(which=shopper)
    def declines(self, which: int) -> None:
        known, row = self.pick(which, "offered")
        self.passes(known, row.offered_to)
        self.run(self.bridge.assignment.decline(row.offered_to or "", row.conversation_id, row.epoch))

    @precondition(some("queued", "bot"))
    @rule(which=shopper, number=who)
    def claims(self, which: int, number: int) -> None:
        _, row = self.pick(which, "queued", "bot")
        room = self.room(number)
        refusal = self.refused(self.bridge.assignment.claim(self.team[number].agent_id, row.conversation_id, row.epoch))
        assert isinstance(refusal, AgentAtCapacity) if room < 1 else refusal is None, f"room {room}: {refusal}"

    @precondition(some("queued", "bot"))
    @rule(which=shopper, number=who)
    def two_tabs_claim_two(self, which: int, number: int) -> None:
        """One agent, two bridges, at once."""
        rows = [self.pick(which + step, "queued", "bot")[1] for step in (0, 1)]
        if rows[0] is not rows[1]:
            agent_id, room = self.team[number].agent_id, self.room(number)
            taken = self.at_once(
                bridge.assignment.claim(agent_id, row.conversation_id, row.epoch)
                for bridge, row in zip((self.bridge, self.rival), rows, strict=True)
            )
            assert taken == min(2, room), f"{taken} taken with room for {room}"

    @precondition(some("queued", "bot"))
    @rule(which=shopper)
    def two_agents_claim_one(self, which: int) -> None:
        _, row = self.pick(which, "queued", "bot")
        has_room = any(self.room(number) > 0 for number in (0, 1))
        taken = self.at_once(
            bridge.assignment.claim(self.team[number].agent_id, row.conversation_id, row.epoch)
            for number, bridge in enumerate((self.bridge, self.rival))
        )
        assert taken == has_room, f"{taken} owners"

    def at_once(self, works: Iterable[Coroutine[Any, Any, None]]) -> int:
        """How many of them were not refused."""

        async def all_of_them() -> list[BaseException | None]:
            return await asyncio.gather(*works, return_exceptions=True)

        outcomes = self.run(all_of_them())
        strange = [outcome for outcome in outcomes if outcome and not isinstance(outcome, BridgeError)]
        assert not strange, strange
        return outcomes.count(None)

    @precondition(some("offered", "queued", *HELD))
    @rule(which=shopper, number=who, verb=st.sampled_from(["take", "send", "close"]))
    def acts_on_an_old_epoch(self, which: int, number: int, verb: str) -> None:
        _, row = self.pick(which, "offered", "queued", *HELD)
        where = {**self.where(row), "epoch": row.epoch - 1}
        speaker = self.holder(row) if row.agent_id else self.team[number]
        taker = row.offered_to or self.team[number].agent_id
        works: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "take": lambda: self.bridge.assignment.claim(taker, row.conversation_id, row.epoch - 1),
            "send": lambda: self.bridge.agent_desk.send(speaker, AgentSendMessage(text="旧的", **where)),
            "close": lambda: self.bridge.agent_desk.close(speaker, CloseConversation(disposition="已解决", **where)),
        }
        refusal = self.refused(works[verb]())
        assert isinstance(refusal, StaleEpoch), f"{verb} under an old epoch: {refusal}"

    @precondition(some("active"))
    @rule(which=shopper, is_repeated=st.booleans())
    def answers(self, which: int, is_repeated: bool) -> None:
        known, row = self.pick(which, "active")
        frame = AgentSendMessage(text=f"回{self.count}", **self.where(row))
        self.run(self.bridge.agent_desk.send(self.holder(row), frame))
        if is_repeated:
            self.run(self.rival.agent_desk.send(self.holder(row), frame))
        known.said.append(frame.text)

    @precondition(some(*HELD))
    @rule(which=shopper)
    def closes(self, which: int) -> None:
        _, row = self.pick(which, *HELD)
        frame = CloseConversation(disposition="已解决", **self.where(row))
        self.run(self.rival.agent_desk.close(self.holder(row), frame))

    @precondition(some("active"))
    @rule(which=shopper, number=who, to_group=st.booleans())
    def transfers(self, which: int, number: int, to_group: bool) -> None:
        known, row = self.pick(which, "active")
        target: dict[str, Any] = {"skill": "complaint"} if to_group else {"agent_id": self.team[number].agent_id}
        if not to_group:
            self.by_hand.add(row.conversation_id)
        frame = TransferConversation(**target, **self.where(row))
        if self.refused(self.bridge.agent_desk.transfer(self.holder(row), frame)) is None:
            self.passes(known, row.agent_id)
            if row.queue_tick is None:
                self._arrives(row.conversation_id)

    @precondition(some("bot", "queued", "offered", *HELD))
    @rule(which=shopper)
    def supervisor_takes_over(self, which: int) -> None:
        known, row = self.pick(which, "bot", "queued", "offered", *HELD)
        lead, room = self.team[2], self.room(2)
        if lead.agent_id in (row.agent_id, row.offered_to):
            return
        refusal = self.refused(self.bridge.supervision.take_over(lead, TakeOver(**self.where(row))))
        assert isinstance(refusal, AgentAtCapacity) if room < 1 else refusal is None, f"room {room}: {refusal}"
        if refusal is None and row.agent_id:
            self.passes(known, row.agent_id)

    def where(self, row: ConversationRecord) -> dict[str, Any]:
        client_id = self.next_id()
        return {"conversation_id": row.conversation_id, "epoch": row.epoch, "client_message_id": client_id}

    @rule(number=who)
    def comes_or_goes(self, number: int) -> None:
        agent_id = self.team[number].agent_id
        generation = self.generations.pop(agent_id, None)
        if generation:
            self.run(self.bridge.staffing.disconnect(agent_id, generation))
        else:
            self.generations[agent_id] = self.run(self.bridge.staffing.connect(agent_id))
        self.run(self.bridge.agent_desk.staff_changed(agent_id))

    @rule(number=who, presence=st.sampled_from(["online", "online", "busy", "away"]))
    def says_how_they_are(self, number: int, presence: Any) -> None:
        self.run(self.bridge.agent_desk.set_presence(self.team[number].agent_id, SetPresence(status=presence)))

    @rule(number=who, capacity=st.integers(1, 3))
    def is_set_up(self, number: int, capacity: int) -> None:
        wish = SetUpAgent(agent_id=self.team[number].agent_id, capacity=capacity)
        refusal = self.refused(self.bridge.supervision.set_up(self.team[2], wish))
        assert (refusal is None) == (capacity >= self.load(self.team[number]))

    # --- what happens to all ------------------------------------------------------------------------------------------
    @rule(seconds=st.sampled_from([1, 21, 31, 61, 3600, -3600]))
    def time_passes(self, seconds: int) -> None:
        """And the worker does its round."""
        self.clock.now += timedelta(seconds=seconds)
        for known, row in zip(self.known, self.rows, strict=True):
            if row.offer_expires_at and row.offer_expires_at <= self.clock():
                self.passes(known, row.offered_to)
        self.run(self.bridge.assignment.expire_offers())
        self.run(self.worker.sweep())

    @rule()
    def redis_forgets_everything(self) -> None:
        self.ground.redis.flush()
        self.run(self.worker.sweep())

    # --- what holds ---------------------------------------------------------------------------------------------------
    @invariant()
    def holds(self) -> None:
        if not self.known:
            return
        before = {row.conversation_id: row for row in self.rows}
        self.rows, self.team, order, written = self.runner.run(self._seen())
        self._one_owner()
        self._arrivals_keep_their_number()
        self._served_in_order(before)
        self._nobody_waits_for_a_free_agent()
        self._redis_agrees(order)
        self._everything_said_once(written)
        self.by_hand.clear()

    def _one_owner(self) -> None:
        for agent in self.team:
            load = self.load(agent)
            assert load <= agent.capacity, f"{agent.agent_id} has {load} of {agent.capacity}"
        for known, row in zip(self.known, self.rows, strict=True):
            assert (row.agent_id is not None) == (row.status in HELD)
            assert (row.offered_to is not None) == (row.status == "offered")
            assert row.epoch >= known.epoch
            assert owner_of(row) == known.owner or row.epoch > known.epoch, "a new owner under an old epoch"
            known.epoch, known.owner = row.epoch, owner_of(row)

    def _arrivals_keep_their_number(self) -> None:
        ticks = {row.conversation_id: row.queue_tick for row in self.rows if row.status in (*WAITING, *HELD)}
        came = [ticks[each] for each in self.arrivals if ticks.get(each) is not None]
        assert came == sorted(set(came)), f"numbers {came}: not in the order of arrival"

    def _served_in_order(self, before: dict[str, ConversationRecord]) -> None:
        """Who came back into the queue within this step may have come a moment after the offer."""
        for served in self.rows if before else []:
            agent_id = served.offered_to
            if agent_id in (None, before[served.conversation_id].offered_to):
                continue
            if served.conversation_id in self.by_hand:
                continue
            agent = next(agent for agent in self.team if agent.agent_id == agent_id)
            waited = [row for row in self._queued() if before[row.conversation_id].status in WAITING]
            earlier = [row for row in waited if self._rank(row) < self._rank(served)]
            assert not any(self._could_take(agent, row) for row in earlier), "somebody was overtaken"

    def _nobody_waits_for_a_free_agent(self) -> None:
        for agent in self._here():
            if self.load(agent) < agent.capacity:
                left = [row for row in self._queued() if self._could_take(agent, row)]
                assert not left, f"{agent.agent_id} is free and somebody waits"

    def _queued(self) -> list[ConversationRecord]:
        return [row for row in self.rows if row.status == "queued"]

    def _known(self, row: ConversationRecord) -> Known:
        return self.known[self.rows.index(row)]

    def _rank(self, row: ConversationRecord) -> int:
        return (row.queue_tick or 0) - BOOST_MS[self._known(row).level]

    def _could_take(self, agent: AgentRecord, row: ConversationRecord) -> bool:
        passed_at = self._known(row).passed.get(agent.agent_id)
        if passed_at and passed_at > self.clock() - PAUSE - SLACK:
            return False
        waited = self.clock() - (row.waiting_since or self.clock())
        is_known = any(row.skill in other.skills for other in self._here())
        return row.skill in agent.skills or not is_known or waited >= OVERFLOW

    def _here(self) -> list[AgentRecord]:
        return [agent for agent in self.team if agent.agent_id in self.generations and agent.presence == "online"]

    def _redis_agrees(self, order: list[str]) -> None:
        waiting = sorted((self._rank(row), row.conversation_id) for row in self.rows if row.status in WAITING)
        assert order == [conversation_id for _, conversation_id in waiting], "Redis has another order"

    def _everything_said_once(self, written: list[list[Event]]) -> None:
        for known, each in zip(self.known, written, strict=True):
            assert [event.seq for event in each] == list(range(1, len(each) + 1))
            said = [getattr(event.body, "text", "") for event in each if event.author.kind in ("shopper", "agent")]
            assert said == known.said, "not what was said, once and in order"

    async def _seen(self) -> tuple[list[ConversationRecord], list[AgentRecord], list[str], list[list[Event]]]:
        ids = [known.visitor.conversation_id for known in self.known]
        async with self.bridge.record.reading() as session:
            rows = {row.conversation_id: row for row in await conversations.those(session, ids)}
            team = {agent.agent_id: agent for agent in await agents.of_shop(session, "demo")}
            written = [await events.after(session, each, 0) for each in ids]
        order = await Queue(self.bridge.redis, "demo").order()
        return [rows[each] for each in ids], [team[agent.agent_id] for agent in self.team], order, written
