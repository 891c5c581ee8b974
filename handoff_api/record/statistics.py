"""The service sessions of a shop since an instant, as values: counting is `domain/figures.py`'s."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.domain.figures import Served, Take
from handoff_api.domain.replay import Arrival
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


async def served(session: AsyncSession, shop_id: str, *, since: datetime) -> list[Served]:
    """Those in which the shopper said something to the bot or asked for a person, oldest first."""
    begun = await _sessions(session, shop_id, since)
    asked = await _first_handoffs(session, shop_id, since)
    takes = await _takes(session, shop_id, since)
    rated = await _ratings(session, shop_id, since)
    intents = await _intents(session, shop_id, since)
    later = _next_starts(begun)
    found = []
    for session_id, conversation_id, channel, started_at, ended_at in begun:
        group, reason, requested_at = asked.get(session_id, ("", "", None))
        score, rated_agent = rated.get(session_id, (None, None))
        came_back_at = later.get(session_id)
        own = takes.get(conversation_id, [])
        found.append(
            Served(
                session_id=session_id,
                channel=channel,
                started_at=started_at,
                ended_at=ended_at,
                requested_at=requested_at,
                group=group,
                reason=reason,
                takes=tuple(take for take in own if _is_within(take, started_at, came_back_at)),
                score=score,
                rated_agent=rated_agent,
                intents=tuple(intents.get(session_id, ())),
                came_back_at=came_back_at,
            )
        )
    return found


async def arrivals(session: AsyncSession, shop_id: str, *, since: datetime, until: datetime) -> list[Arrival]:
    """The handoffs of a time, each with how long an agent held it (None where nobody did or still does)."""
    query = (
        select(H.conversation_id, H.requested_at, H.package["skill"].as_string(), C.weight)
        .join(C, C.conversation_id == H.conversation_id)
        .where(C.shop_id == shop_id, H.requested_at >= since, H.requested_at < until)
        .order_by(H.requested_at, H.handoff_id)
    )
    asked = (await session.execute(query)).all()
    held = await _held(session, shop_id, since)
    return [
        Arrival(at, skill or "general", weight, _held_s(held.get(conversation_id, ()), at))
        for conversation_id, at, skill, weight in asked
    ]


async def present(
    session: AsyncSession, shop_id: str, *, since: datetime, until: datetime
) -> dict[str, tuple[datetime, datetime]]:
    """From when to when each agent was seen at work: the first offer to the last end. Presence is not kept."""
    last = func.max(func.coalesce(A.ended_at, A.settled_at, A.offered_at))
    query = (
        select(A.agent_id, func.min(A.offered_at), last)
        .where(A.shop_id == shop_id, A.offered_at >= since, A.offered_at < until)
        .group_by(A.agent_id)
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(query)}


async def _sessions(session: AsyncSession, shop_id: str, since: datetime) -> Sequence[Any]:
    spoken = select(T.session_id).where(T.session_id == S.session_id).exists()
    asked = select(H.session_id).where(H.session_id == S.session_id).exists()
    query = (
        select(S.session_id, S.conversation_id, C.channel, S.started_at, S.ended_at)
        .join(C, C.conversation_id == S.conversation_id)
        .where(C.shop_id == shop_id, S.started_at >= since, or_(spoken, asked))
        .order_by(S.started_at, S.session_id)
    )
    return (await session.execute(query)).all()


def _next_starts(begun: Iterable[Any]) -> dict[str, datetime]:
    """By session: when the same shopper's next one began."""
    of: dict[str, list[tuple[str, datetime]]] = {}
    for session_id, conversation_id, _, started_at, _ in begun:
        of.setdefault(conversation_id, []).append((session_id, started_at))
    return {before[0]: after[1] for rows in of.values() for before, after in pairwise(rows)}


async def _first_handoffs(session: AsyncSession, shop_id: str, since: datetime) -> dict[str, tuple[str, str, datetime]]:
    """By session: (group, why in Chinese, instant)."""
    skill, reason = H.package["skill"].as_string(), H.package["reason_text"].as_string()
    query = _of_shop(select(H.session_id, skill, reason, H.requested_at), H, shop_id, H.requested_at >= since)
    rows = await session.execute(query.order_by(H.requested_at.desc()))
    return {row[0]: (row[1] or "general", row[2] or "", row[3]) for row in rows}


async def _takes(session: AsyncSession, shop_id: str, since: datetime) -> dict[str, list[Take]]:
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
    query = (
        select(A.conversation_id, A.agent_id, A.started_at, answered)
        .where(A.shop_id == shop_id, A.started_at >= since)
        .order_by(A.started_at)
    )
    found: dict[str, list[Take]] = {}
    for conversation_id, agent_id, started_at, answered_at in await session.execute(query):
        if started_at is not None:
            found.setdefault(conversation_id, []).append(Take(agent_id, started_at, answered_at))
    return found


def _is_within(take: Take, started_at: datetime, next_at: datetime | None) -> bool:
    return take.started_at >= started_at and (next_at is None or take.started_at < next_at)


async def _ratings(session: AsyncSession, shop_id: str, since: datetime) -> dict[str, tuple[int, str | None]]:
    R = CsatRecord
    query = _of_shop(select(R.session_id, R.score, R.agent_id), R, shop_id, R.at >= since)
    return {row[0]: (row[1], row[2]) for row in await session.execute(query)}


async def _intents(session: AsyncSession, shop_id: str, since: datetime) -> dict[str, list[str]]:
    """By session, what the shopper wanted of the bot, turn by turn."""
    intent = T.reading["intent"].as_string()
    query = _of_shop(select(T.session_id, intent), T, shop_id, T.created_at >= since, T.reading.is_not(None))
    found: dict[str, list[str]] = {}
    for session_id, name in await session.execute(query):
        found.setdefault(session_id, []).append(name or "")
    return found


async def _held(session: AsyncSession, shop_id: str, since: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    query = (
        select(A.conversation_id, A.started_at, A.ended_at)
        .where(A.shop_id == shop_id, A.started_at >= since, A.ended_at.is_not(None))
        .order_by(A.started_at)
    )
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for conversation_id, started_at, ended_at in await session.execute(query):
        if started_at is not None and ended_at is not None:
            found.setdefault(conversation_id, []).append((started_at, ended_at))
    return found


def _held_s(spans: Iterable[tuple[datetime, datetime]], at: datetime) -> float | None:
    return next(((end - start).total_seconds() for start, end in spans if start >= at), None)


def _of_shop(query: Any, table: Any, shop_id: str, *where: ColumnElement[bool]) -> Any:
    return query.join(C, C.conversation_id == table.conversation_id).where(C.shop_id == shop_id, *where)
