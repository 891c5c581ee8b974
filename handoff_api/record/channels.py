"""Queries about channels: links, what came in, what goes out, how far was fetched.

Rule 1. Per user there is one line in and one line out; only the head of a line can be claimed, so order is kept
        whoever works on it.
Rule 2. A claim is a lease: who dies with it loses it, and the same row is done again under the same id.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import (
    ChannelCursorRecord,
    ChannelInboxRecord,
    ChannelLinkRecord,
    ChannelOutboxRecord,
    ConversationRecord,
)

L, I, O, K, C = ChannelLinkRecord, ChannelInboxRecord, ChannelOutboxRecord, ChannelCursorRecord, ConversationRecord  # noqa: E741
IN_LINE = ("pending", "sending")
UNDELIVERED = ("held", "dead")


# --- links ----------------------------------------------------------------------------------------------------------
async def link(session: AsyncSession, channel: str, user_id: str, *, hold: bool = False) -> ChannelLinkRecord | None:
    return await session.get(L, (channel, user_id), with_for_update=hold or None, populate_existing=hold)


async def links_of(session: AsyncSession, conversation_id: str) -> Sequence[ChannelLinkRecord]:
    query = select(L).where(L.conversation_id == conversation_id).with_for_update()
    return (await session.execute(query)).scalars().all()


async def current_links(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, ChannelLinkRecord]:
    """Per conversation, the link of the channel its shopper wrote from last."""
    query = select(L).join(C, and_(C.conversation_id == L.conversation_id, C.channel == L.channel))
    rows = (await session.execute(query.where(L.conversation_id.in_(conversation_ids)))).scalars()
    return {row.conversation_id: row for row in rows}


async def behind(session: AsyncSession, limit: int = 200) -> Sequence[str]:
    """Conversations that say something their current channel has not been handed yet."""
    query = select(C.conversation_id).join(L, and_(L.conversation_id == C.conversation_id, L.channel == C.channel))
    return (await session.execute(query.where(C.last_seq > L.relayed_seq).limit(limit))).scalars().all()


async def is_behind(session: AsyncSession, link: ChannelLinkRecord) -> bool:
    """The conversation has said something that is not in the outbox yet."""
    last = await session.execute(select(C.last_seq).where(C.conversation_id == link.conversation_id))
    return last.scalar_one() > link.relayed_seq


# --- in -------------------------------------------------------------------------------------------------------------
async def take_in(session: AsyncSession, row: dict[str, Any], *, now: datetime) -> bool:
    """False if this message id was delivered before."""
    values = {"state": "new", "attempts": 0, "reason": "", "received_at": now, "next_at": now, **row}
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(I) if is_sqlite else postgresql.insert(I)
    done = await session.execute(insert.values(**values).on_conflict_do_nothing())
    return cast(CursorResult[Any], done).rowcount == 1


async def claim_inbound(
    session: AsyncSession, channel: str, user_id: str, *, now: datetime, lease: timedelta
) -> ChannelInboxRecord | None:
    query = select(I).where(I.channel == channel, I.user_id == user_id, I.state == "new").order_by(I.inbox_id)
    row = (await session.execute(query.limit(1).with_for_update())).scalar_one_or_none()
    if row is None or row.next_at > now or _is_leased(row.lease_until, now):
        return None
    row.lease_until = now + lease
    return row


async def inbound(session: AsyncSession, inbox_id: int) -> ChannelInboxRecord | None:
    return await session.get(I, inbox_id)


async def has_inbound(session: AsyncSession, channel: str, user_id: str) -> bool:
    query = select(I.inbox_id).where(I.channel == channel, I.user_id == user_id, I.state == "new").limit(1)
    return (await session.execute(query)).scalar_one_or_none() is not None


async def users_with_inbound(session: AsyncSession, *, now: datetime) -> Sequence[tuple[str, str]]:
    query = select(I.channel, I.user_id).where(I.state == "new", I.next_at <= now, _is_free(I.lease_until, now))
    return [(row[0], row[1]) for row in await session.execute(query.distinct())]


async def forget_inbound(session: AsyncSession, *, before: datetime) -> None:
    """No platform repeats a message after days."""
    await session.execute(delete(I).where(I.state == "done", I.received_at < before))


# --- out ------------------------------------------------------------------------------------------------------------
async def claim_outbound(
    session: AsyncSession, channel: str, user_id: str, *, now: datetime, lease: timedelta
) -> ChannelOutboxRecord | None:
    query = select(O).where(O.channel == channel, O.user_id == user_id, O.state.in_(IN_LINE)).order_by(O.outbox_id)
    row = (await session.execute(query.limit(1).with_for_update())).scalar_one_or_none()
    if row is None or row.next_at > now or _is_leased(row.lease_until, now):
        return None
    row.state, row.lease_until = "sending", now + lease
    return row


async def outbound(session: AsyncSession, delivery_id: str, *, hold: bool = False) -> ChannelOutboxRecord | None:
    query = select(O).where(O.delivery_id == delivery_id)
    return (await session.execute(query.with_for_update() if hold else query)).scalar_one_or_none()


async def outbound_of(
    session: AsyncSession, channel: str, user_id: str, states: Collection[str] = IN_LINE
) -> Sequence[ChannelOutboxRecord]:
    query = select(O).where(O.channel == channel, O.user_id == user_id, O.state.in_(states)).order_by(O.outbox_id)
    return (await session.execute(query)).scalars().all()


async def users_with_outbound(session: AsyncSession, *, now: datetime) -> Sequence[tuple[str, str]]:
    query = select(O.channel, O.user_id).where(O.state.in_(IN_LINE), O.next_at <= now, _is_free(O.lease_until, now))
    return [(row[0], row[1]) for row in await session.execute(query.distinct())]


async def hold_all(session: AsyncSession, channel: str, user_id: str, reason: str) -> None:
    change = update(O).where(O.channel == channel, O.user_id == user_id, O.state.in_(IN_LINE))
    await session.execute(change.values(state="held", reason=reason, lease_until=None))


async def release_held(session: AsyncSession, channel: str, user_id: str, *, now: datetime) -> int:
    """The shopper wrote: the platform allows messages again, and what was held goes first. How many."""
    change = update(O).where(O.channel == channel, O.user_id == user_id, O.state == "held")
    done = await session.execute(change.values(state="pending", reason="", attempts=0, next_at=now))
    return cast(CursorResult[Any], done).rowcount


async def undelivered(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, list[ChannelOutboxRecord]]:
    """Per conversation, what is held and what was given up, the newest first."""
    query = select(O).where(O.conversation_id.in_(conversation_ids), O.state.in_(UNDELIVERED))
    found: dict[str, list[ChannelOutboxRecord]] = {}
    for row in (await session.execute(query.order_by(O.outbox_id.desc()))).scalars():
        found.setdefault(row.conversation_id, []).append(row)
    return found


async def undelivered_of(session: AsyncSession, conversation_id: str, limit: int = 50) -> Sequence[ChannelOutboxRecord]:
    query = select(O).where(O.conversation_id == conversation_id, O.state.in_(UNDELIVERED))
    return (await session.execute(query.order_by(O.outbox_id.desc()).limit(limit))).scalars().all()


async def listed(session: AsyncSession, *, state: str, channel: str, limit: int) -> Sequence[ChannelOutboxRecord]:
    """The command line's list, oldest first; an empty `state` or `channel` is any."""
    query = select(O).order_by(O.outbox_id).limit(limit)
    query = query.where(O.state == state) if state else query
    return (await session.execute(query.where(O.channel == channel) if channel else query)).scalars().all()


async def outbox_counts(session: AsyncSession) -> list[tuple[str, str, int]]:
    query = select(O.channel, O.state, func.count()).group_by(O.channel, O.state).order_by(O.channel, O.state)
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def replay(session: AsyncSession, *, delivery_id: str = "", channel: str = "", now: datetime) -> int:
    """Dead and held messages go back to the end of their line's states; how many did."""
    change = update(O).where(O.state.in_(UNDELIVERED))
    change = change.where(O.delivery_id == delivery_id) if delivery_id else change
    change = change.where(O.channel == channel) if channel else change
    values: dict[str, Any] = {"state": "pending", "attempts": 0, "reason": "", "next_at": now, "settled_at": None}
    return cast(CursorResult[Any], await session.execute(change.values(**values))).rowcount


# --- fetched channels -----------------------------------------------------------------------------------------------
async def cursor(session: AsyncSession, channel: str, scope: str) -> ChannelCursorRecord:
    """Held; made when it is asked for the first time."""
    row = await session.get(K, (channel, scope), with_for_update=True, populate_existing=True)
    if row is None:
        row = ChannelCursorRecord(channel=channel, scope=scope, cursor="", token="")
        session.add(row)
        await session.flush()
    return row


async def cursors(session: AsyncSession, channel: str) -> Sequence[ChannelCursorRecord]:
    return (await session.execute(select(K).where(K.channel == channel))).scalars().all()


async def release_leases(session: AsyncSession) -> None:
    """After a restart of the only process nobody works on what is marked as claimed."""
    await session.execute(update(I).where(I.lease_until.is_not(None)).values(lease_until=None))
    await session.execute(update(O).where(O.lease_until.is_not(None)).values(lease_until=None))


def _is_leased(lease_until: datetime | None, now: datetime) -> bool:
    return lease_until is not None and lease_until > now


def _is_free(column: Any, now: datetime) -> Any:
    return or_(column.is_(None), column <= now)
