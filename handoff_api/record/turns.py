"""Queries about turns: joining a message to one, taking the next, the tracker's history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from handoff_api.record.tables import TurnRecord

T = TurnRecord
OPEN = ("pending", "running")

# Asked at every message: built once, as building a query costs more than SQLite needs to answer it.
_OPEN = (T.conversation_id == bindparam("key"), T.status.in_(OPEN))
_FIRST_OPEN = select(T).where(*_OPEN).order_by(T.created_at, T.number).limit(1)
_ANY_OPEN = select(T.turn_id).where(*_OPEN).limit(1)
_LATEST = (
    select(T)
    .options(defer(T.tracker_events))
    .where(T.session_id == bindparam("key"))
    .order_by(T.number.desc())
    .limit(1)
)
_COUNT_KNOWN = select(func.count()).where(T.session_id == bindparam("key"), T.tracker_events.is_not(None))
_LATEST_SLOTS = (
    select(T.slots).where(T.session_id == bindparam("key"), T.slots.is_not(None)).order_by(T.number.desc()).limit(1)
)
_BY_ID = select(T).where(T.turn_id == bindparam("key"))
_ASKED_FOR = (
    select(T.event_ids, T.slots)
    .where(T.session_id == bindparam("key"))
    .order_by(T.number.desc())
    .limit(bindparam("count"))
)


async def first_open(session: AsyncSession, conversation_id: str) -> TurnRecord | None:
    return (await session.execute(_FIRST_OPEN, {"key": conversation_id})).scalar_one_or_none()


async def has_open(session: AsyncSession, conversation_id: str) -> bool:
    return (await session.execute(_ANY_OPEN, {"key": conversation_id})).first() is not None


async def latest(session: AsyncSession, session_id: str) -> TurnRecord | None:
    """The youngest turn of a service session; its tracker events, which may be many, are left where they are."""
    return (await session.execute(_LATEST, {"key": session_id})).scalar_one_or_none()


async def count_known(session: AsyncSession, session_id: str) -> int:
    """How many turns of this service session the bot has had."""
    return (await session.execute(_COUNT_KNOWN, {"key": session_id})).scalar_one()


async def history(session: AsyncSession, session_id: str) -> list[Any]:
    """The tracker events of all turns the bot has had in this service session, in order."""
    query = select(T.tracker_events).where(T.session_id == session_id, T.tracker_events.is_not(None))
    turns = (await session.execute(query.order_by(T.number))).scalars()
    return [event for events in turns if events is not None for event in events]


async def with_open_turns(session: AsyncSession) -> Sequence[str]:
    query = select(T.conversation_id).where(T.status.in_(OPEN)).distinct()
    return (await session.execute(query)).scalars().all()


async def release_leases(session: AsyncSession) -> None:
    """After a restart of the only process nobody runs what is marked as running."""
    await session.execute(update(T).where(T.status == "running").values(lease_until=None))


async def latest_slots(session: AsyncSession, session_id: str) -> dict[str, Any]:
    return (await session.execute(_LATEST_SLOTS, {"key": session_id})).scalar_one_or_none() or {}


async def by_id(session: AsyncSession, turn_id: str) -> TurnRecord | None:
    return (await session.execute(_BY_ID, {"key": turn_id})).scalar_one_or_none()


def is_leased(turn: TurnRecord, now: datetime) -> bool:
    return turn.status == "running" and turn.lease_until is not None and turn.lease_until > now


async def asked_for(session: AsyncSession, session_id: str, *, latest: int) -> set[str]:
    """Of the latest messages those the bot had asked for: a form, or a wish that lacked its order, waited before the
    turn for something."""
    told = await session.execute(_ASKED_FOR, {"key": session_id, "count": latest + 1})
    asked: set[str] = set()
    is_asking = False
    for event_ids, slots in told.all()[::-1]:
        if is_asking:
            asked.update(event_ids)
        is_asking = any((slots or {}).get(name) for name in ("requested_slot", "pending_intent"))
    return asked
