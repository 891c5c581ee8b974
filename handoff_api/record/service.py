"""Queries around a service session: ratings, left messages, notices of the shop, the audit log, leases."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import AuditRecord, CsatRecord, LeaseRecord, LeftMessageRecord, NoticeRecord

L = LeftMessageRecord
MAX_TICKET_ATTEMPTS = 12

# Asked at every message of an agent: built once.
_OPEN = (L.conversation_id.in_(bindparam("keys", expanding=True)), L.answered_at.is_(None))
_DUE = select(L.conversation_id, func.min(L.deadline_at)).where(*_OPEN).group_by(L.conversation_id)
_ANSWERED = update(cast(Table, L.__table__)).where(*_OPEN).values(answered_at=bindparam("now"))


async def rating(session: AsyncSession, session_id: str) -> CsatRecord | None:
    return await session.get(CsatRecord, session_id)


async def add(session: AsyncSession, row: CsatRecord | LeftMessageRecord | NoticeRecord) -> None:
    session.add(row)
    await session.flush()


async def notice(session: AsyncSession, shop_id: str, notice_id: str) -> NoticeRecord | None:
    return await session.get(NoticeRecord, (shop_id, notice_id))


async def without_ticket(session: AsyncSession, now: datetime) -> Sequence[LeftMessageRecord]:
    query = select(L).where(L.ticket_id.is_(None), L.attempts < MAX_TICKET_ATTEMPTS, L.next_attempt_at <= now)
    return (await session.execute(query.limit(20))).scalars().all()


async def left_message(session: AsyncSession, event_id: str) -> LeftMessageRecord | None:
    return await session.get(L, event_id)


async def answers_due(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, datetime]:
    """Per conversation, when its oldest unanswered left message was promised an answer."""
    if not conversation_ids:
        return {}
    return {row[0]: row[1] for row in await session.execute(_DUE, {"keys": list(conversation_ids)})}


async def overdue_between(session: AsyncSession, after: datetime, until: datetime) -> Sequence[str]:
    query = select(L.conversation_id).where(L.answered_at.is_(None), L.deadline_at > after, L.deadline_at <= until)
    return (await session.execute(query.distinct())).scalars().all()


async def left_message_counts(session: AsyncSession, now: datetime) -> tuple[int, int, int]:
    """Unanswered; of them overdue; without a ticket yet."""
    counted = select(func.count()).select_from(L)
    unanswered = counted.where(L.answered_at.is_(None))
    queries = (unanswered, unanswered.where(L.deadline_at <= now), counted.where(L.ticket_id.is_(None)))
    first, second, third = [int((await session.execute(query)).scalar_one()) for query in queries]
    return first, second, third


async def answered(session: AsyncSession, conversation_ids: Collection[str], *, now: datetime) -> None:
    connection = await session.connection()
    await connection.execute(_ANSWERED, {"keys": list(conversation_ids), "now": now})


def audit(
    session: AsyncSession, shop_id: str, actor: str, action: str, subject: str, *, now: datetime, **facts: Any
) -> None:
    session.add(AuditRecord(at=now, shop_id=shop_id, actor=actor, action=action, subject=subject, facts=facts))


async def take_lease(session: AsyncSession, name: str, holder: str, *, now: datetime, lifetime: timedelta) -> bool:
    """True if `holder` may run `name` until `now + lifetime`; the holder renews by taking it again."""
    row = await session.get(LeaseRecord, name, with_for_update=True)
    if row is None:
        session.add(LeaseRecord(name=name, holder=holder, until=now + lifetime))
        await session.flush()
        return True
    if row.holder != holder and row.until > now:
        return False
    row.holder, row.until = holder, now + lifetime
    return True
