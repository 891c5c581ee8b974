"""What happened in a shop since an instant, as plain rows: counting is the service's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import (
    AssignmentRecord,
    ConversationRecord,
    CsatRecord,
    EventRecord,
    HandoffRecord,
    SessionRecord,
    TurnRecord,
)

A, C, E, H, S, T = AssignmentRecord, ConversationRecord, EventRecord, HandoffRecord, SessionRecord, TurnRecord


@dataclass(frozen=True)
class Taken:
    """A conversation an agent took; `answered_at` is the agent's first message after that."""

    agent_id: str
    started_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Rated:
    agent_id: str | None
    at: datetime
    score: int


async def sessions(session: AsyncSession, shop_id: str, *, since: datetime) -> Sequence[tuple[str, datetime]]:
    """(id, begin) of those in which the shopper said something to the bot."""
    spoken = select(T.session_id).where(T.session_id == S.session_id).exists()
    query = (
        select(S.session_id, S.started_at)
        .join(C, C.conversation_id == S.conversation_id)
        .where(C.shop_id == shop_id, S.started_at >= since, spoken)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def handoffs(session: AsyncSession, shop_id: str, *, since: datetime) -> Sequence[tuple[str, str, datetime]]:
    """(service session, why in Chinese, instant)."""
    query = (
        select(H.session_id, H.package["reason_text"].as_string(), H.requested_at)
        .join(C, C.conversation_id == H.conversation_id)
        .where(C.shop_id == shop_id, H.requested_at >= since)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def taken(session: AsyncSession, shop_id: str, *, since: datetime) -> list[Taken]:
    answered = (
        select(func.min(E.at))
        .where(
            E.conversation_id == A.conversation_id,
            E.audience == "everyone",
            E.author_kind == "agent",
            E.author_id == A.agent_id,
            E.at >= A.started_at,
        )
        .scalar_subquery()
    )
    query = select(A.agent_id, A.started_at, answered).where(A.shop_id == shop_id, A.started_at >= since)
    return [Taken(row[0], row[1], row[2]) for row in await session.execute(query) if row[1]]


async def ratings(session: AsyncSession, shop_id: str, *, since: datetime) -> list[Rated]:
    query = (
        select(CsatRecord.agent_id, CsatRecord.at, CsatRecord.score)
        .join(C, C.conversation_id == CsatRecord.conversation_id)
        .where(C.shop_id == shop_id, CsatRecord.at >= since)
    )
    return [Rated(row[0], row[1], row[2]) for row in await session.execute(query)]


async def intents(session: AsyncSession, shop_id: str, *, since: datetime, limit: int) -> Sequence[tuple[str, int]]:
    """What shoppers wanted of the bot, the most frequent first."""
    intent = T.reading["intent"].as_string()
    query = (
        select(intent, func.count())
        .join(C, C.conversation_id == T.conversation_id)
        .where(C.shop_id == shop_id, T.created_at >= since, T.reading.is_not(None))
        .group_by(intent)
        .order_by(func.count().desc(), intent)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query) if row[0]]
