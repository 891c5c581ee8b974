"""Matching those who wait with those who are free: at every change, in the order of the queue, one at a time.

An offer is a reservation: it counts against the agent's capacity, expires by itself, and brings the conversation
back to its old place. The claim itself is one transaction that checks status, epoch and the agent's open count.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import HandoffRequest
from contracts.events import AgentChoice, Event, Status
from handoff_api import lines
from handoff_api.domain.clock import Clock, to_ms
from handoff_api.domain.conversation import Step, require_epoch
from handoff_api.domain.routing import Candidate, Decision, Waiting, chosen_by_hand, decide, explain
from handoff_api.errors import AgentAtCapacity, AgentUnavailable, IllegalStep, NotYourConversation, StaleEpoch
from handoff_api.gatherer import Shared
from handoff_api.record import agents, assignments, conversations, service, turns
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.herald import Herald
from handoff_api.services.lineup import Lineup, rank_of, set_rank
from handoff_api.services.packages import Packages
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staffing
from handoff_api.store.connection import StoreDown
from handoff_api.store.reservations import Reservations

log = structlog.get_logger()

_BY_HAND = {Step.CLAIM: "客服手动接入", Step.TAKE_OVER: "主管接管"}


class Assignment:
    def __init__(
        self,
        record: Record,
        lineup: Lineup,
        reservations: Reservations,
        staffing: Staffing,
        herald: Herald,
        speaker: Speaker,
        packages: Packages,
        rules: RuleBook,
        clock: Clock,
        *,
        shop_id: str,
        offer_lifetime: timedelta,
        decline_pause: timedelta,
    ) -> None:
        self._record = record
        self._lineup = lineup
        self._reservations = reservations
        self._staffing = staffing
        self._herald = herald
        self._speaker = speaker
        self._packages = packages
        self._rules = rules
        self._clock = clock
        self._shop_id = shop_id
        self._offer_lifetime = offer_lifetime
        self._decline_pause = decline_pause
        self._matching = Shared(self._offer_all)

    # --- matching ---------------------------------------------------------------------------------------------------
    async def match(self) -> set[str]:
        """Offer as long as somebody waits and somebody fits. A conversation nobody fits blocks no other. What was
        offered by it. Never two at a time: all who ask meanwhile share the next one."""
        return await self._matching.get()

    async def _offer_all(self) -> set[str]:
        offered: set[str] = set()
        while conversation_id := await self._offer_next():
            offered.add(conversation_id)
        return offered

    async def _offer_next(self) -> str | None:
        async with self._record.reading() as session:
            groups = await conversations.skills_waiting(session, self._shop_id)
        if not groups:
            return None
        staff = await self._staffing.now()
        if not any(agent.has_room() for agent in staff.candidates):
            return None
        for conversation_id, decision in await self._proposals(groups, staff.candidates):
            if await self._offer(conversation_id, decision):
                return conversation_id
        return None

    async def _proposals(self, groups: Sequence[str], online: Sequence[Candidate]) -> list[tuple[str, Decision]]:
        """The first of each group that somebody can take, in the order of the queue. However many wait behind them
        makes no difference."""
        now = self._clock()
        async with self._record.reading() as session:
            found = [await self._first_fit(session, skill, online, now=now) for skill in groups]
        fits = sorted((fit for fit in found if fit), key=lambda fit: rank_of(fit[0]))
        return [(row.conversation_id, decision) for row, decision in fits]

    async def _first_fit(
        self, session: AsyncSession, skill: str, online: Sequence[Candidate], *, now: datetime
    ) -> tuple[ConversationRecord, Decision] | None:
        """Behind one that nobody fits another of the same group is looked at only where those who passed, or who are
        waited for, are the reason."""
        after: tuple[int, str] | None = None
        while page := await conversations.heads(session, self._shop_id, skill, after=after):
            is_held_up = False
            for row, waiting in await self._as_waiting(session, page, now=now):
                decision = decide(waiting, online, self._rules.now.routing)
                if decision.agent:
                    return row, decision
                is_held_up = is_held_up or decision.is_held_up
            if not is_held_up:
                return None
            after = rank_of(page[-1])
        return None

    async def _as_waiting(
        self, session: AsyncSession, rows: Sequence[ConversationRecord], *, now: datetime
    ) -> list[tuple[ConversationRecord, Waiting]]:
        ids = [row.conversation_id for row in rows]
        passed = await assignments.passed_lately(session, ids, now - self._decline_pause)
        sticky = timedelta(hours=self._rules.now.routing.sticky_h)
        last = await assignments.last_agents(session, ids, since=now - sticky)
        return [
            (
                row,
                Waiting(
                    skill=row.skill,
                    waited=now - (row.waiting_since or now),
                    weight=row.weight,
                    passed=passed.get(row.conversation_id, ()),
                    last_agent=last.get(row.conversation_id),
                ),
            )
            for row in rows
        ]

    async def _offer(self, conversation_id: str, decision: Decision) -> bool:
        """False if the world has moved on since it was proposed."""
        now = self._clock()
        choice = explain(decision, now=now)
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, conversation_id)
                await self._require_room(session, choice.agent_id, row)
                await self._speaker.move(session, row, Step.OFFER, now=now)
                self._reserve(session, row, choice, now=now)
        except (IllegalStep, StaleEpoch, AgentAtCapacity):
            return False
        await self._tell_offer(row, choice)
        if self._rules.now.routing.assignment == "direct":
            await self._seat_at_once(row, choice.agent_id)
        return True

    async def _seat_at_once(self, row: ConversationRecord, agent_id: str) -> None:
        with suppress(IllegalStep, StaleEpoch, AgentAtCapacity, NotYourConversation):  # the world moved on
            await self.accept(agent_id, row.conversation_id, row.epoch)

    def _reserve(self, session: AsyncSession, row: ConversationRecord, choice: AgentChoice, *, now: datetime) -> None:
        row.offered_to, row.offer_expires_at = choice.agent_id, now + self._offer_lifetime
        assignments.add(session, row, choice, "offered", now=now)

    async def _tell_offer(self, row: ConversationRecord, choice: AgentChoice) -> None:
        agent_id = choice.agent_id
        log.info(
            "conversation.offered", conversation_id=row.conversation_id, agent_id=agent_id, strategy=choice.strategy
        )
        if row.offer_expires_at:
            try:
                await self._reservations.hold(row.conversation_id, deadline=row.offer_expires_at)
            except StoreDown:
                log.info("reservation.in_record_only", conversation_id=row.conversation_id)
        await self._lineup.put(row)
        await self._herald.announce(row, is_moved=True, offer=choice)
        await self._herald.agent_changed(agent_id)

    async def _require_room(self, session: AsyncSession, agent_id: str, row: ConversationRecord) -> AgentRecord:
        """The agent's row, held, with room for one more. What is reserved for them in this very conversation is
        the room it will take. Always the conversation's row is held first, so that no two wait for each other."""
        agent = await agents.locked(session, agent_id)
        if agent is None or not agent.is_active:
            raise AgentUnavailable
        reserved = row.weight if row.offered_to == agent_id and row.status == Status.OFFERED.value else 0
        counts = await conversations.open_counts(session, [agent_id])
        if counts[agent_id] - reserved + row.weight > agent.capacity:
            raise AgentAtCapacity
        return agent

    # --- what an agent does with it ---------------------------------------------------------------------------------
    async def accept(self, agent_id: str, conversation_id: str, epoch: int) -> None:
        await self._take(agent_id, conversation_id, epoch, Step.ACCEPT)

    async def claim(self, agent_id: str, conversation_id: str, epoch: int) -> None:
        """By hand, out of turn. One that is being offered to this very agent is accepted; to another, refused."""
        await self._take(agent_id, conversation_id, epoch, Step.CLAIM)

    async def _take(self, agent_id: str, conversation_id: str, epoch: int, step: Step) -> None:
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            require_epoch(row.ownership, epoch)
            event = await self.seat(session, row, agent_id, _really(step, row, agent_id), now=now)
        await self.seated(row, agent_id, event)
        log.info("conversation.claimed", conversation_id=conversation_id, agent_id=agent_id, epoch=row.epoch)

    async def seat(
        self, session: AsyncSession, row: ConversationRecord, agent_id: str, step: Step, *, now: datetime
    ) -> Event:
        """Within the caller's transaction: the agent becomes the owner, if there is room. Who had it has it no more."""
        if row.handoff is None:
            await self._explain(session, row, now=now)
        agent = await self._require_room(session, agent_id, row)
        if step is not Step.ACCEPT:
            await assignments.hand_on(session, row.conversation_id, now=now)
            await assignments.settle(session, row.conversation_id, "withdrawn", now=now)
        await self._speaker.move(session, row, step, now=now, agent_id=agent_id)
        agent.last_assigned_at, agent.missed_offers = now, 0
        row.offered_to, row.offer_expires_at, row.waiting_since = None, None, None
        if step is Step.ACCEPT:
            await assignments.settle(session, row.conversation_id, "accepted", now=now)
        else:
            choice = chosen_by_hand(agent.agent_id, agent.name, _BY_HAND[step], now=now)
            assignments.add(session, row, choice, "claimed", now=now)
        service.audit(session, row.shop_id, agent.agent_id, "conversation.claimed", row.conversation_id, now=now)
        line = lines.AGENT_JOINED.format(agent_name=agent.name)
        return await self._speaker.tell_status(session, row, line, now=now, agent_name=agent.name)

    async def _explain(self, session: AsyncSession, row: ConversationRecord, *, now: datetime) -> None:
        """Taken from the bot unasked: the agent finds the same package as with anybody else."""
        slots = await turns.latest_slots(session, row.session_id)
        package = await self._packages.build(session, row, HandoffRequest(reason="agent_rule"), slots, now=now)
        await self._packages.keep(session, row, package)

    async def seated(self, row: ConversationRecord, agent_id: str, *new: Event, before: str | None = None) -> None:
        """After the commit. `before` had it, or it was offered to them: they have room again."""
        await self._forget(row.conversation_id)
        await self._lineup.take_out(row.conversation_id)
        await self._herald.announce(row, *new, is_moved=True)
        await self._herald.offer_ended(row.conversation_id, agent_id, "accepted")
        await self._herald.agent_changed(agent_id)
        if before and before != agent_id:
            await self.withdrawn(row.conversation_id, before)

    async def _forget(self, conversation_id: str) -> None:
        try:
            await self._reservations.release(conversation_id)
        except StoreDown:
            return  # the record has no reservation any more; that is what counts

    async def decline(self, agent_id: str, conversation_id: str, epoch: int) -> None:
        await self._return_offer(conversation_id, "declined", agent_id=agent_id, epoch=epoch)
        await self.match()

    async def _return_offer(
        self,
        conversation_id: str,
        reason: Literal["declined", "expired", "withdrawn"],
        *,
        agent_id: str | None = None,
        epoch: int | None = None,
    ) -> None:
        """Back to its old place, which it never lost."""
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            if epoch is not None:
                require_epoch(row.ownership, epoch)
            holder = row.offered_to
            if agent_id not in (None, holder):
                raise NotYourConversation
            if reason == "expired" and not _is_expired(row, now):
                return
            await self._speaker.move(session, row, Step.RETURN_OFFER, now=now)
            row.offered_to, row.offer_expires_at = None, None
            await assignments.settle(session, conversation_id, reason, now=now)
            if reason == "expired" and holder:
                await self._count_miss(session, holder)
        await self._forget(conversation_id)
        await self._lineup.put(row)
        await self._herald.announce(row, is_moved=True)
        if holder:
            await self._herald.offer_ended(conversation_id, holder, reason)
            await self._herald.agent_changed(holder)

    async def withdrawn(self, conversation_id: str, agent_id: str | None) -> None:
        """The shopper no longer waits. Whom it was offered to has room again: the next one comes at once."""
        if agent_id is None:
            return
        await self._herald.offer_ended(conversation_id, agent_id, "withdrawn")
        await self._herald.agent_changed(agent_id)
        await self.match()

    async def _count_miss(self, session: AsyncSession, agent_id: str) -> None:
        agent = await agents.locked(session, agent_id)
        if agent is None:
            return
        agent.missed_offers += 1
        if agent.missed_offers >= self._rules.now.routing.misses_until_away:
            agent.presence, agent.missed_offers = "away", 0
            log.info("agent.set_away", agent_id=agent_id)

    async def assign(self, session: AsyncSession, row: ConversationRecord, agent_id: str) -> Event:
        """Within the caller's transaction: one that waits is reserved for this agent, out of turn."""
        now = self._clock()
        if row.offered_to == agent_id:
            raise IllegalStep
        agent = await self._require_room(session, agent_id, row)
        await self.call_back(session, row, now=now)
        await self._speaker.move(session, row, Step.OFFER, now=now)
        self._reserve(session, row, chosen_by_hand(agent_id, agent.name, "主管指派", now=now), now=now)
        return await self._speaker.tell_status(session, row, "", now=now)

    async def regroup(self, session: AsyncSession, row: ConversationRecord, skill: str, *, now: datetime) -> Event:
        """Within the caller's transaction: one that waits goes on waiting, for another group."""
        await self.call_back(session, row, now=now)
        row.skill = skill
        return await self._speaker.tell_status(session, row, "", now=now)

    async def call_back(self, session: AsyncSession, row: ConversationRecord, *, now: datetime) -> None:
        """Within the caller's transaction: whatever it waits for, it waits in the queue now, offered to nobody."""
        if row.status == Status.OFFERED.value:
            await self._speaker.move(session, row, Step.RETURN_OFFER, now=now)
            await assignments.settle(session, row.conversation_id, "withdrawn", now=now)
            row.offered_to, row.offer_expires_at = None, None
        elif row.status == Status.MESSAGE_LEFT.value:
            await self._speaker.move(session, row, Step.REQUEST_PERSON, now=now)
            row.waiting_since = row.waiting_since or now

    async def transfer(self, session: AsyncSession, row: ConversationRecord, agent_id: str) -> Event:
        """Within the caller's transaction: reserved for a colleague who is here and has room."""
        now = self._clock()
        if agent_id == row.agent_id:
            raise IllegalStep
        agent = await self._require_room(session, agent_id, row)
        await assignments.hand_on(session, row.conversation_id, now=now)
        await self._speaker.move(session, row, Step.TRANSFER, now=now)
        row.waiting_since = now
        await self._number(session, row, now=now)
        self._reserve(session, row, chosen_by_hand(agent_id, agent.name, "同事转接", now=now), now=now)
        return await self._speaker.tell_status(session, row, lines.AGENT_CHANGED, now=now)

    async def tell_transfer(self, row: ConversationRecord, agent_id: str, *new: Event) -> None:
        await self._herald.announce(row, *new, is_moved=True)
        await self._tell_offer(row, await self._choice(row, agent_id))

    async def _choice(self, row: ConversationRecord, agent_id: str) -> AgentChoice:
        async with self._record.reading() as session:
            choices = await assignments.choices(session, row.conversation_id)
        mine = (choice for choice in reversed(choices) if choice.agent_id == agent_id)
        return next(mine, chosen_by_hand(agent_id, "", "同事转接", now=self._clock()))

    async def requeue(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        line: str,
        *,
        skill: str | None = None,
        is_handed_on: bool = False,
    ) -> Event:
        """Within the caller's transaction: back into the queue, at the place it once had."""
        now = self._clock()
        await (assignments.hand_on if is_handed_on else assignments.end)(session, row.conversation_id, now=now)
        await self._speaker.move(session, row, Step.REQUEUE, now=now)
        row.skill = skill or row.skill
        row.waiting_since = now
        await self._number(session, row, now=now)
        return await self._speaker.tell_status(session, row, line, now=now)

    async def _number(self, session: AsyncSession, row: ConversationRecord, *, now: datetime) -> None:
        """The number of its arrival, which it keeps; who was taken from the bot by hand has none yet."""
        row.queue_tick = row.queue_tick or await conversations.next_tick(session, row.shop_id, to_ms(now))
        set_rank(row, self._rules.now.order)

    async def tell_queued(self, row: ConversationRecord, *new: Event) -> None:
        """Whoever is offered to somebody at once is told of by that; the others are told where they stand."""
        await self._lineup.put(row)
        self._herald.tell_events(row, *new)
        if row.conversation_id not in await self.match():
            async with self._record.reading() as session:
                row = await conversations.by_id(session, row.conversation_id)
            await self._herald.announce(row, is_moved=True)

    # --- the clocks' part -------------------------------------------------------------------------------------------
    async def may_expire(self) -> bool:
        """A cheap look at the deadlines before SQL is asked; without Redis it is asked every time."""
        try:
            return bool(await self._reservations.due(now=self._clock()))
        except StoreDown:
            return True

    async def expire_offers(self) -> None:
        """Idempotent: several processes may run it, one transaction wins."""
        async with self._record.reading() as session:
            due = await conversations.expired_offers(session, self._shop_id, self._clock())
        for conversation_id in due:
            try:
                await self._return_offer(conversation_id, "expired")
            except (IllegalStep, StaleEpoch):
                continue
        if due:
            await self.match()

    async def withdraw_offers_of(self, agent_id: str) -> None:
        """The agent went away or is busy now: what is reserved for them goes back at once."""
        async with self._record.reading() as session:
            offered = await conversations.offered_to(session, agent_id)
        for row in offered:
            with suppress(IllegalStep, StaleEpoch, NotYourConversation):  # settled in the meantime
                await self._return_offer(row.conversation_id, "withdrawn", agent_id=agent_id)

    async def requeue_of_gone(self, gone_before: datetime) -> None:
        """Agents away for longer than the grace period: their shoppers are put back where they were."""
        online = await self._staffing.online()
        async with self._record.reading() as session:
            gone = set(await agents.gone_before(session, self._shop_id, gone_before)) - online
            held = [row for agent_id in gone for row in await conversations.held_by(session, agent_id)]
        for row in sorted(held, key=rank_of):  # each is offered at once: who is ahead must be there first
            await self._take_back(row, lines.AGENT_LOST, gone_before=gone_before)

    async def take_back_silent(self, row: ConversationRecord) -> None:
        """From an agent who did not answer; they are passed over for a while, and it counts as a missed offer."""
        await self._take_back(row, lines.AGENT_SILENT)

    async def _take_back(self, seen: ConversationRecord, line: str, *, gone_before: datetime | None = None) -> None:
        """Unless the world has moved on since it was `seen`: another owner, an answer, the agent is back."""
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, seen.conversation_id)
                require_epoch(row.ownership, seen.epoch)
                holder = row.agent_id or ""
                if not await self._is_abandoned(session, row, gone_before):
                    return
                if gone_before is None:
                    await assignments.lapse(session, row.conversation_id, now=self._clock())
                    await self._count_miss(session, holder)
                event = await self.requeue(session, row, line)
        except (IllegalStep, StaleEpoch):
            return
        log.info("conversation.requeued", conversation_id=row.conversation_id, agent_id=holder)
        await self.tell_queued(row, event)
        await self._herald.agent_changed(holder)

    async def _is_abandoned(self, session: AsyncSession, row: ConversationRecord, gone_before: datetime | None) -> bool:
        if gone_before is None:
            return row.unanswered_since is not None
        agent = await agents.by_id(session, row.agent_id or "")
        return agent is None or (agent.gone_since is not None and agent.gone_since <= gone_before)


def _really(step: Step, row: ConversationRecord, agent_id: str) -> Step:
    """An offer is accepted by the agent it was made to and by nobody else."""
    if row.status != Status.OFFERED.value:
        return step
    if row.offered_to != agent_id:
        raise NotYourConversation
    return Step.ACCEPT


def _is_expired(row: ConversationRecord, now: datetime) -> bool:
    return row.offer_expires_at is not None and row.offer_expires_at <= now
