"""From the outbox to the platform.

Rule 1. One message at a time per user, in order; each try is a lease, and what a crash interrupted is sent again
        under the same delivery id. Platforms that know that id show it once.
Rule 2. What the platform allows is a budget, spent in the transaction that begins a try, given back when the try
        certainly came to nothing.
Rule 3. A failure is tried again later and later; after that it is dead, and a person sees it with its reason.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api import lines
from handoff_api.channels.errors import MayNotSend, NotDelivered, QuotaUsedUp, TryLater, WindowClosed
from handoff_api.channels.messages import Adapter, Delivery, Outgoing, Sent
from handoff_api.domain import budget
from handoff_api.domain.budget import Decision
from handoff_api.domain.clock import Clock
from handoff_api.errors import ConversationNotFound
from handoff_api.record import channels, conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelLinkRecord, ChannelOutboxRecord
from handoff_api.services.background import Background
from handoff_api.services.herald import Herald

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than the longest try."""
RETRIES = [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8, 15, 30, 60, 120, 300, 900, 1800, 3600)]
AT_ONCE = 20
"""Tries at the same time per account."""


@dataclass(frozen=True)
class Taken:
    """A delivery that the platform has."""

    delivery: Delivery
    sent: Sent


class Sender:
    def __init__(
        self, record: Record, adapters: Mapping[str, Adapter], herald: Herald, background: Background, clock: Clock
    ) -> None:
        self._record = record
        self._adapters = adapters
        self._herald = herald
        self._background = background
        self._clock = clock
        self._slots = {channel: asyncio.Semaphore(AT_ONCE) for channel in adapters}
        self._driven: set[tuple[str, str]] = set()
        self._wanted: set[tuple[str, str]] = set()

    def poke(self, channel: str, user_id: str) -> None:
        adapter = self._adapters.get(channel)
        if adapter is None or adapter.is_passive:
            return
        key = (channel, user_id)
        self._wanted.add(key)
        if key not in self._driven:
            self._driven.add(key)
            self._background.start(self._drive(key), "channel_outbox")

    async def sweep(self) -> None:
        async with self._record.reading() as session:
            waiting = await channels.users_with_outbound(session, now=self._clock())
        for channel, user_id in waiting:
            self.poke(channel, user_id)

    async def _drive(self, key: tuple[str, str]) -> None:
        try:
            while key in self._wanted:
                self._wanted.discard(key)
                async with self._slots[key[0]]:
                    await self._send_all(key)
        finally:
            self._driven.discard(key)

    async def _send_all(self, key: tuple[str, str]) -> None:
        """One after the other; that one was taken is written down with the claim of the next."""
        taken: Taken | None = None
        while delivery := await self._claim(*key, taken):
            taken = await self._try(key[0], delivery)

    # --- claiming ---------------------------------------------------------------------------------------------------
    async def _claim(self, channel: str, user_id: str, taken: Taken | None) -> Delivery | None:
        """The next message, paid for; None if there is none, or none may be sent."""
        now = self._clock()
        changed = ""
        async with self._record.writing() as session:
            if taken:
                await _settle(session, channel, taken, now=now)
                changed = taken.delivery.conversation_id if self._has_quota(channel) else ""
            row = await channels.claim_outbound(session, channel, user_id, now=now, lease=LEASE)
            link = await channels.link(session, channel, user_id, hold=True) if row else None
            if row and link and self._has_quota(channel):
                found = row
                row = await self._paid(session, row, link, now=now)
                changed = changed if row is found else found.conversation_id
            delivery = _delivery(row, link) if row and link else None
        if changed:
            await self._tell_agents(changed)
        return delivery

    def _has_quota(self, channel: str) -> bool:
        return self._adapters[channel].capabilities.has_quota

    async def _paid(
        self, session: AsyncSession, row: ChannelOutboxRecord, link: ChannelLinkRecord, *, now: datetime
    ) -> ChannelOutboxRecord | None:
        """This message, or the last one that asks to go on, or none: then everything is held."""
        decision = budget.decide(link.grants, may_use_reserve=_may_use_reserve(row), now=now)
        if decision is not Decision.SEND:
            await self._hold(session, row, link, now=now)
        if decision is Decision.HOLD:
            return None
        link.grants = budget.spent(link.grants, now=now)
        return await _prompt(session, row, link, now=now) if decision is Decision.PROMPT else row

    async def _hold(
        self, session: AsyncSession, row: ChannelOutboxRecord, link: ChannelLinkRecord, *, now: datetime
    ) -> None:
        is_open = bool(budget.open_grants(link.grants, now=now))
        reason = QuotaUsedUp.reason if is_open else WindowClosed.reason
        await session.flush()
        await channels.hold_all(session, row.channel, row.user_id, reason)
        await session.refresh(row)
        log.info("channel.held", channel=row.channel, delivery_id=row.delivery_id, is_window_open=is_open)

    # --- trying -----------------------------------------------------------------------------------------------------
    async def _try(self, channel: str, delivery: Delivery) -> Taken | None:
        try:
            sent = await self._adapters[channel].send(delivery)
        except NotDelivered as error:
            await self._failed(channel, delivery, error)
            return None
        return Taken(delivery, sent)

    async def _failed(self, channel: str, delivery: Delivery, error: NotDelivered) -> None:
        now = self._clock()
        name = type(error).__name__
        log.warning(
            "channel.not_delivered", channel=channel, delivery_id=delivery.delivery_id, why=name, detail=error.detail
        )
        async with self._record.writing() as session:
            row = await channels.outbound(session, delivery.delivery_id, hold=True)
            link = await channels.link(session, channel, delivery.user_id, hold=True)
            if row is None or link is None or row.state != "sending":
                return
            row.lease_until, row.reason = None, error.reason
            if isinstance(error, TryLater):
                _try_later(row, error, now=now)
            elif isinstance(error, MayNotSend):
                row.state = "held"
                await session.flush()
                await channels.hold_all(session, channel, delivery.user_id, error.reason)
            else:
                row.state, row.settled_at = "dead", now
            _correct_budget(link, error, now=now)
        await self._tell_agents(delivery.conversation_id)

    async def reported_failed(self, delivery_id: str, reason: str) -> None:
        """The platform took it and says later that it did not arrive."""
        async with self._record.writing() as session:
            row = await channels.outbound(session, delivery_id, hold=True)
            if row is None or row.state != "sent":
                return
            row.state, row.reason = "dead", reason
        await self._tell_agents(row.conversation_id)

    async def _tell_agents(self, conversation_id: str) -> None:
        """The row in their lists shows what is left and what failed."""
        try:
            async with self._record.reading() as session:
                row = await conversations.by_id(session, conversation_id)
        except ConversationNotFound:
            return
        await self._herald.announce(row)


async def _settle(session: AsyncSession, channel: str, taken: Taken, *, now: datetime) -> None:
    sent = taken.sent
    row = await channels.outbound(session, taken.delivery.delivery_id, hold=True)
    if row and row.state == "sending":
        row.state, row.settled_at, row.lease_until, row.reason = "sent", now, None, ""
        row.platform_id = sent.platform_id
    if sent.context or sent.costs_nothing:
        link = await channels.link(session, channel, taken.delivery.user_id, hold=True)
        if link:
            link.context = {**link.context, **sent.context}
            link.grants = budget.given_back(link.grants, now=now) if sent.costs_nothing else link.grants
    await session.flush()


def _may_use_reserve(row: ChannelOutboxRecord) -> bool:
    return bool(row.body.get("may_use_reserve"))


def _delivery(row: ChannelOutboxRecord, link: ChannelLinkRecord) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        user_id=row.user_id,
        conversation_id=row.conversation_id,
        message=Outgoing.model_validate(row.body),
        created_at=row.created_at,
        context=link.context,
    )


async def _prompt(
    session: AsyncSession, row: ChannelOutboxRecord, link: ChannelLinkRecord, *, now: datetime
) -> ChannelOutboxRecord:
    """The last message the platform allows: "write anything to go on"."""
    message = Outgoing(text=lines.GO_ON, author="system", may_use_reserve=True)
    prompt = ChannelOutboxRecord(
        delivery_id=f"p_{row.delivery_id[2:]}"[:30],
        channel=row.channel,
        user_id=row.user_id,
        conversation_id=link.conversation_id,
        seq=row.seq,
        body=message.model_dump(mode="json"),
        state="sending",
        attempts=0,
        next_at=now,
        lease_until=now + LEASE,
        created_at=now,
        platform_id="",
        reason="",
    )
    if await channels.outbound(session, prompt.delivery_id):
        prompt.delivery_id = f"p_{int(now.timestamp() * 1000)}_{row.outbox_id}"
    session.add(prompt)
    await session.flush()
    return prompt


def _try_later(row: ChannelOutboxRecord, error: TryLater, *, now: datetime) -> None:
    if row.attempts >= len(RETRIES):
        row.state, row.settled_at = "dead", now
        return
    wait = timedelta(seconds=error.after_s) if error.after_s is not None else RETRIES[row.attempts]
    row.state, row.attempts, row.next_at = "pending", row.attempts + 1, now + wait


def _correct_budget(link: ChannelLinkRecord, error: NotDelivered, *, now: datetime) -> None:
    """The platform counts only what it took, and it knows better than we when nothing is left."""
    if isinstance(error, WindowClosed):
        link.grants = []
    elif isinstance(error, QuotaUsedUp):
        link.grants = budget.emptied(link.grants, now=now)
    elif not (isinstance(error, TryLater) and error.is_accepted_perhaps):
        link.grants = budget.given_back(link.grants, now=now)
