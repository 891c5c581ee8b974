"""Queries about conversations: finding, opening, changing the owner, lists and the queue's order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Select

from contracts.events import Status
from handoff_api.domain.conversation import WAITING, Ownership
from handoff_api.errors import ConversationNotFound, StaleEpoch
from handoff_api.record.tables import AgentRecord, ConversationRecord, EventRecord, SessionRecord

C = ConversationRecord

# Asked at every message: built once.
_BY_ID = select(C).where(C.conversation_id == bindparam("key"))
_LOCKED = _BY_ID.with_for_update()

LISTS: dict[str, tuple[Status, ...]] = {
    "waiting": (*WAITING, Status.MESSAGE_LEFT),
    "mine": (Status.ACTIVE, Status.WRAP_UP),
    "served": (Status.ACTIVE, Status.WRAP_UP),
    "closed": (Status.CLOSED,),
    "bot": (Status.BOT,),
    "all": tuple(Status),
}


async def locked(session: AsyncSession, conversation_id: str) -> ConversationRecord:
    """The row, held until the transaction ends. Every change of a conversation begins here."""
    return await _one(session, _LOCKED, conversation_id)


async def by_id(session: AsyncSession, conversation_id: str) -> ConversationRecord:
    return await _one(session, _BY_ID, conversation_id)


async def _one(session: AsyncSession, query: Select[ConversationRecord], conversation_id: str) -> ConversationRecord:
    row = (await session.execute(query, {"key": conversation_id})).scalar_one_or_none()
    if row is None:
        raise ConversationNotFound
    return row


async def of_shopper(session: AsyncSession, shop_id: str, shopper_id: str) -> ConversationRecord | None:
    query = select(C).where(C.shop_id == shop_id, C.shopper_id == shopper_id)
    return (await session.execute(query)).scalar_one_or_none()


async def change_owner(session: AsyncSession, row: ConversationRecord, after: Ownership) -> None:
    """The claim itself: the change happens only if status and epoch are still what was decided upon."""
    await session.flush()
    before = row.ownership
    statement = (
        update(C)
        .where(C.conversation_id == row.conversation_id, C.status == before.status.value, C.epoch == before.epoch)
        .values(status=after.status.value, epoch=after.epoch, agent_id=after.agent_id, status_since=after.since)
        .execution_options(synchronize_session=False)
    )
    changed = cast(CursorResult[Any], await session.execute(statement)).rowcount
    if changed != 1:
        raise StaleEpoch
    await session.refresh(row)


async def open_session(session: AsyncSession, row: ConversationRecord, session_id: str, *, now: datetime) -> None:
    row.session_id = session_id
    session.add(SessionRecord(session_id=session_id, conversation_id=row.conversation_id, started_at=now))
    await session.flush()


async def service_session(session: AsyncSession, session_id: str) -> SessionRecord | None:
    return await session.get(SessionRecord, session_id)


async def listed(
    session: AsyncSession,
    shop_id: str,
    view: str,
    *,
    agent_id: str,
    limit: int,
    before: datetime | None = None,
) -> Sequence[ConversationRecord]:
    """A list of the workspace, newest first; the waiting ones in the order of the queue."""
    query = select(C).where(C.shop_id == shop_id, C.status.in_([status.value for status in LISTS[view]]))
    if view == "mine":
        query = query.where(C.agent_id == agent_id)
    if before is not None:
        query = query.where(C.last_at < before)
    order = C.queue_tick.asc() if view == "waiting" else C.last_at.desc()
    return (await session.execute(query.order_by(order).limit(limit))).scalars().all()


async def status_counts(session: AsyncSession, shop_id: str) -> dict[str, int]:
    query = select(C.status, func.count()).where(C.shop_id == shop_id).group_by(C.status)
    return {row[0]: row[1] for row in await session.execute(query)}


async def counts(session: AsyncSession, shop_id: str, agent_id: str) -> dict[str, int]:
    """How many conversations each list of the workspace has."""
    by_status = await status_counts(session, shop_id)
    own = select(C.status, func.count()).where(C.shop_id == shop_id, C.agent_id == agent_id).group_by(C.status)
    mine = {row[0]: row[1] for row in await session.execute(own)}
    return {
        view: sum((mine if view == "mine" else by_status).get(status.value, 0) for status in statuses)
        for view, statuses in LISTS.items()
    }


async def desk(session: AsyncSession, shop_id: str, agent_id: str) -> Sequence[ConversationRecord]:
    """What an agent sees first: their own conversations and everything that waits."""
    mine = and_(C.agent_id == agent_id, C.status.in_([status.value for status in LISTS["mine"]]))
    waiting = C.status.in_([status.value for status in LISTS["waiting"]])
    query = select(C).where(C.shop_id == shop_id, or_(mine, waiting)).order_by(C.last_at.desc())
    return (await session.execute(query)).scalars().all()


async def waiting(session: AsyncSession, shop_id: str) -> Sequence[ConversationRecord]:
    """Queued and offered ones, by arrival."""
    query = select(C).where(C.shop_id == shop_id, C.status.in_([status.value for status in WAITING]))
    return (await session.execute(query.order_by(C.queue_tick, C.conversation_id))).scalars().all()


async def waiting_longest_since(session: AsyncSession, shop_id: str) -> datetime | None:
    query = select(func.min(C.waiting_since)).where(C.shop_id == shop_id, C.status.in_([s.value for s in WAITING]))
    return (await session.execute(query)).scalar()


HEADS = 8


async def skills_waiting(session: AsyncSession, shop_id: str) -> Sequence[str]:
    """The groups somebody waits for. Jumps from one to the next in the index: the cost is theirs, not the queue's."""
    queued = (C.shop_id == shop_id, C.status == Status.QUEUED.value)
    groups = select(func.min(C.skill).label("skill")).where(*queued).cte("groups", recursive=True)
    later = select(func.min(C.skill)).where(*queued, C.skill > groups.c.skill).scalar_subquery()
    groups = groups.union_all(select(later).where(groups.c.skill.is_not(None)))
    return [skill for skill in (await session.execute(select(groups.c.skill))).scalars() if skill is not None]


async def heads(
    session: AsyncSession, shop_id: str, skill: str, *, after: tuple[int, str] | None = None
) -> Sequence[ConversationRecord]:
    """The first ones that wait for this group and are offered to nobody, in order."""
    query = select(C).where(C.shop_id == shop_id, C.status == Status.QUEUED.value, C.skill == skill)
    if after:
        rank, conversation_id = after
        is_later = and_(C.queue_rank == rank, C.conversation_id > conversation_id)
        query = query.where(C.queue_rank >= rank, or_(C.queue_rank > rank, is_later))
    return (await session.execute(query.order_by(C.queue_rank, C.conversation_id).limit(HEADS))).scalars().all()


async def place(session: AsyncSession, shop_id: str, rank: int, conversation_id: str) -> int:
    """How many wait before it, and itself."""
    before = or_(C.queue_rank < rank, and_(C.queue_rank == rank, C.conversation_id < conversation_id))
    query = select(func.count()).where(C.shop_id == shop_id, C.status.in_([s.value for s in WAITING]), before)
    return int((await session.execute(query)).scalar_one()) + 1


async def count_of(session: AsyncSession, shop_id: str, *statuses: Status) -> int:
    query = select(func.count()).where(C.shop_id == shop_id, C.status.in_([status.value for status in statuses]))
    return int((await session.execute(query)).scalar_one())


async def waits_at_least(session: AsyncSession, shop_id: str, count: int) -> bool:
    waiting = select(C.conversation_id).where(C.shop_id == shop_id, C.status.in_([s.value for s in WAITING]))
    return (await session.execute(waiting.offset(count - 1).limit(1))).first() is not None


async def waiting_ids(session: AsyncSession, shop_id: str) -> list[tuple[str, int, int]]:
    """(conversation, tick, rank) of everybody who waits."""
    query = select(C.conversation_id, C.queue_tick, C.queue_rank).where(
        C.shop_id == shop_id, C.status.in_([status.value for status in WAITING])
    )
    return [(row[0], row[1] or 0, row[1] or 0 if row[2] is None else row[2]) for row in await session.execute(query)]


async def those(session: AsyncSession, conversation_ids: Collection[str]) -> Sequence[ConversationRecord]:
    return (await session.execute(select(C).where(C.conversation_id.in_(conversation_ids)))).scalars().all()


async def with_status(session: AsyncSession, shop_id: str, *statuses: Status) -> Sequence[ConversationRecord]:
    query = select(C).where(C.shop_id == shop_id, C.status.in_([status.value for status in statuses]))
    return (await session.execute(query)).scalars().all()


async def next_tick(session: AsyncSession, shop_id: str, now_ms: int) -> int:
    """A place behind everybody: strictly growing, whatever the clock does."""
    last = (await session.execute(select(func.max(C.queue_tick)).where(C.shop_id == shop_id))).scalar_one()
    return max(now_ms, (last or 0) + 1)


@dataclass(frozen=True)
class Load:
    """What an agent holds and what is reserved for them, in conversations; `weight` is both in units of capacity."""

    held: int = 0
    offered: int = 0
    weight: int = 0


async def loads(session: AsyncSession, agent_ids: Collection[str]) -> dict[str, Load]:
    found = dict.fromkeys(agent_ids, Load())
    held = (Status.ACTIVE.value, Status.WRAP_UP.value)
    for column, statuses in ((C.agent_id, held), (C.offered_to, (Status.OFFERED.value,))):
        query = select(column, func.count(), func.sum(C.weight))
        query = query.where(column.in_(agent_ids), C.status.in_(statuses)).group_by(column)
        for agent_id, count, weight in await session.execute(query):
            before = found[cast(str, agent_id)]
            offered = count if column is C.offered_to else 0
            found[cast(str, agent_id)] = Load(
                before.held + count - offered, before.offered + offered, before.weight + int(weight)
            )
    return found


async def open_counts(session: AsyncSession, agent_ids: Collection[str]) -> dict[str, int]:
    """Per agent, the weight of what they hold and of what is reserved for them: what counts against a capacity."""
    return {agent_id: load.weight for agent_id, load in (await loads(session, agent_ids)).items()}


async def expired_offers(session: AsyncSession, shop_id: str, now: datetime) -> Sequence[str]:
    query = select(C.conversation_id).where(
        C.shop_id == shop_id, C.status == Status.OFFERED.value, C.offer_expires_at <= now
    )
    return (await session.execute(query)).scalars().all()


async def unanswered(session: AsyncSession, shop_id: str, *, since: datetime) -> Sequence[ConversationRecord]:
    """Held by an agent who owes an answer since this instant or longer."""
    query = select(C).where(
        C.shop_id == shop_id,
        C.status == Status.ACTIVE.value,
        C.unanswered_since <= since,
        C.status_since <= since,
    )
    return (await session.execute(query.order_by(C.unanswered_since))).scalars().all()


async def callbacks_due(session: AsyncSession, shop_id: str, now: datetime) -> Sequence[str]:
    query = select(C.conversation_id).where(
        C.callback_at <= now, C.shop_id == shop_id, C.status == Status.MESSAGE_LEFT.value
    )
    return (await session.execute(query.order_by(C.callback_at).limit(100))).scalars().all()


async def offered_to(session: AsyncSession, agent_id: str) -> Sequence[ConversationRecord]:
    query = select(C).where(C.offered_to == agent_id, C.status == Status.OFFERED.value).order_by(C.queue_tick)
    return (await session.execute(query)).scalars().all()


async def held_by(session: AsyncSession, agent_id: str) -> Sequence[ConversationRecord]:
    query = select(C).where(C.agent_id == agent_id, C.status == Status.ACTIVE.value).order_by(C.queue_tick)
    return (await session.execute(query)).scalars().all()


async def idle(
    session: AsyncSession, shop_id: str, status: Status, *, unchanged_since: datetime, limit: int = 100
) -> Sequence[str]:
    quiet = and_(C.status_since <= unchanged_since, C.last_at <= unchanged_since)
    query = select(C.conversation_id).where(C.shop_id == shop_id, C.status == status.value, quiet).limit(limit)
    return (await session.execute(query)).scalars().all()


async def unread_counts(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, int]:
    """Shopper messages after the agent's read mark."""
    query = (
        select(EventRecord.conversation_id, func.count())
        .join(C, C.conversation_id == EventRecord.conversation_id)
        .where(
            EventRecord.conversation_id.in_(conversation_ids),
            EventRecord.audience == "everyone",
            EventRecord.author_kind == "shopper",
            EventRecord.seq > C.agent_read_seq,
        )
        .group_by(EventRecord.conversation_id)
    )
    return {key: value for key, value in await session.execute(query)}


async def agent_names(session: AsyncSession, agent_ids: Collection[str]) -> dict[str, str]:
    query = select(AgentRecord.agent_id, AgentRecord.name).where(AgentRecord.agent_id.in_(agent_ids))
    return {key: value for key, value in await session.execute(query)}


async def marks(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, tuple[int, int, int, str]]:
    """Per conversation (last_seq, last_note_seq, epoch, status): enough to see that something was missed."""
    query = select(C.conversation_id, C.last_seq, C.last_note_seq, C.epoch, C.status)
    rows = await session.execute(query.where(C.conversation_id.in_(conversation_ids)))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
