"""Queries about conversations: finding, opening, changing the owner, lists and the queue's order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import Select

from contracts.events import Reading, Status
from handoff_api.domain.conversation import HELD, WAITING, Ownership
from handoff_api.domain.mood import outstanding_mood
from handoff_api.errors import ConversationNotFound, StaleEpoch
from handoff_api.record.tables import AgentRecord, ConversationRecord, EventRecord, SessionRecord

C = ConversationRecord

# Asked at every message: built once.
_BY_ID = select(C).where(C.conversation_id == bindparam("key"))
_LOCKED = _BY_ID.with_for_update()
_TABLE = cast(Table, C.__table__)
_CLAIM = (
    update(_TABLE)
    .where(
        _TABLE.c.conversation_id == bindparam("key"),
        _TABLE.c.status == bindparam("old_status"),
        _TABLE.c.epoch == bindparam("old_epoch"),
    )
    .values(
        status=bindparam("status"),
        epoch=bindparam("epoch"),
        agent_id=bindparam("agent_id"),
        status_since=bindparam("status_since"),
    )
)
_OF_AGENTS = or_(
    and_(C.agent_id.in_(bindparam("agents", expanding=True)), C.status.in_([s.value for s in HELD])),
    and_(C.offered_to.in_(bindparam("agents", expanding=True)), C.status == Status.OFFERED.value),
)
_LOADS = (
    select(C.agent_id, C.offered_to, func.count(), func.sum(C.weight))
    .where(_OF_AGENTS)
    .group_by(C.agent_id, C.offered_to)
)

_UNREAD = (
    select(EventRecord.conversation_id, func.count())
    .join(C, C.conversation_id == EventRecord.conversation_id)
    .where(
        EventRecord.conversation_id.in_(bindparam("keys", expanding=True)),
        EventRecord.audience == "everyone",
        EventRecord.author_kind == "shopper",
        EventRecord.seq > C.agent_read_seq,
    )
    .group_by(EventRecord.conversation_id)
)
_NAMES = select(AgentRecord.agent_id, AgentRecord.name).where(
    AgentRecord.agent_id.in_(bindparam("keys", expanding=True))
)
GROWING = ("last_seq", "last_at", "preview", "unanswered_since", "answered_at", "agent_read_seq", "channel")
_GROWN = (
    update(_TABLE)
    .where(_TABLE.c.conversation_id == bindparam("key"))
    .values({name: bindparam(name) for name in GROWING})
)
_SHOWN = select(C.conversation_id, C.intent, C.mood).where(C.conversation_id.in_(bindparam("keys", expanding=True)))
_TOGETHER = (
    select(C)
    .where(C.conversation_id.in_(bindparam("keys", expanding=True)))
    .order_by(C.conversation_id)
    .with_for_update()
)

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


async def locked_together(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, ConversationRecord]:
    """Those that exist, each held; in one order, so that two who want the same ones cannot block each other."""
    found = await session.execute(_TOGETHER, {"keys": list(conversation_ids)})
    return {row.conversation_id: row for row in found.scalars()}


async def grown(session: AsyncSession, rows: Collection[ConversationRecord]) -> None:
    """Keep what a message changes in the rows of its conversations, which the caller holds outside of the session."""
    connection = await session.connection()
    values = [{name: getattr(row, name) for name in GROWING} | {"key": row.conversation_id} for row in rows]
    await connection.execute(_GROWN, values)


async def read_otherwise(session: AsyncSession, readings: Mapping[str, Reading]) -> list[str]:
    """The conversations whose line in the agents' list does not say what was read, given by conversation."""
    connection = await session.connection()
    return [
        conversation_id
        for conversation_id, intent, mood in await connection.execute(_SHOWN, {"keys": list(readings)})
        if (intent, mood) != (readings[conversation_id].intent, outstanding_mood(readings[conversation_id].emotion))
    ]


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
    claimed = dict(status=after.status.value, epoch=after.epoch, agent_id=after.agent_id, status_since=after.since)
    expected = dict(key=row.conversation_id, old_status=before.status.value, old_epoch=before.epoch)
    connection = await session.connection()
    changed = (await connection.execute(_CLAIM, claimed | expected)).rowcount
    if changed != 1:
        raise StaleEpoch
    for name, value in claimed.items():
        set_committed_value(row, name, value)


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


def _groups_waiting() -> Select[str | None]:
    """Jumps from one group to the next in the index: the cost is theirs, not the queue's."""
    queued = (C.shop_id == bindparam("shop"), C.status == Status.QUEUED.value)
    groups = select(func.min(C.skill).label("skill")).where(*queued).cte("groups", recursive=True)
    later = select(func.min(C.skill)).where(*queued, C.skill > groups.c.skill).scalar_subquery()
    groups = groups.union_all(select(later).where(groups.c.skill.is_not(None)))
    return select(groups.c.skill)


_GROUPS_WAITING = _groups_waiting()


async def skills_waiting(session: AsyncSession, shop_id: str) -> Sequence[str]:
    """The groups somebody waits for."""
    found = await session.execute(_GROUPS_WAITING, {"shop": shop_id})
    return [skill for skill in found.scalars() if skill is not None]


_HEADS = (
    select(C)
    .where(C.shop_id == bindparam("shop"), C.status == Status.QUEUED.value, C.skill == bindparam("skill"))
    .order_by(C.queue_rank, C.conversation_id)
    .limit(HEADS)
)
_HEADS_AFTER = _HEADS.where(
    C.queue_rank >= bindparam("rank"),
    or_(
        C.queue_rank > bindparam("rank"),
        and_(C.queue_rank == bindparam("rank"), C.conversation_id > bindparam("conversation")),
    ),
)


async def heads(
    session: AsyncSession, shop_id: str, skill: str, *, after: tuple[int, str] | None = None
) -> Sequence[ConversationRecord]:
    """The first ones that wait for this group and are offered to nobody, in order."""
    key: dict[str, Any] = {"shop": shop_id, "skill": skill}
    if after is None:
        return (await session.execute(_HEADS, key)).scalars().all()
    key |= {"rank": after[0], "conversation": after[1]}
    return (await session.execute(_HEADS_AFTER, key)).scalars().all()


_WAITS = (C.shop_id == bindparam("shop"), C.status.in_([status.value for status in WAITING]))
_PLACE = select(func.count()).where(
    *_WAITS,
    or_(
        C.queue_rank < bindparam("rank"),
        and_(C.queue_rank == bindparam("rank"), C.conversation_id < bindparam("conversation")),
    ),
)
_COUNT = select(func.count()).where(C.shop_id == bindparam("shop"), C.status.in_(bindparam("statuses", expanding=True)))
_WAITS_AT_LEAST = select(C.conversation_id).where(*_WAITS).offset(bindparam("others")).limit(1)
_WAITING_IDS = select(C.conversation_id, C.queue_tick, C.queue_rank).where(*_WAITS)
_LAST_TICK = select(func.max(C.queue_tick)).where(C.shop_id == bindparam("shop"))


async def place(session: AsyncSession, shop_id: str, rank: int, conversation_id: str) -> int:
    """How many wait before it, and itself."""
    key = {"shop": shop_id, "rank": rank, "conversation": conversation_id}
    return int((await session.execute(_PLACE, key)).scalar_one()) + 1


async def count_of(session: AsyncSession, shop_id: str, *statuses: Status) -> int:
    key = {"shop": shop_id, "statuses": [status.value for status in statuses]}
    return int((await session.execute(_COUNT, key)).scalar_one())


async def waits_at_least(session: AsyncSession, shop_id: str, count: int) -> bool:
    return (await session.execute(_WAITS_AT_LEAST, {"shop": shop_id, "others": count - 1})).first() is not None


async def waiting_ids(session: AsyncSession, shop_id: str) -> list[tuple[str, int, int]]:
    """(conversation, tick, rank) of everybody who waits."""
    rows = await session.execute(_WAITING_IDS, {"shop": shop_id})
    return [(row[0], row[1] or 0, row[1] or 0 if row[2] is None else row[2]) for row in rows]


async def those(session: AsyncSession, conversation_ids: Collection[str]) -> Sequence[ConversationRecord]:
    return (await session.execute(select(C).where(C.conversation_id.in_(conversation_ids)))).scalars().all()


async def with_status(session: AsyncSession, shop_id: str, *statuses: Status) -> Sequence[ConversationRecord]:
    query = select(C).where(C.shop_id == shop_id, C.status.in_([status.value for status in statuses]))
    return (await session.execute(query)).scalars().all()


async def next_tick(session: AsyncSession, shop_id: str, now_ms: int) -> int:
    """A place behind everybody: strictly growing, whatever the clock does."""
    last = (await session.execute(_LAST_TICK, {"shop": shop_id})).scalar_one()
    return max(now_ms, (last or 0) + 1)


@dataclass(frozen=True)
class Load:
    """What an agent holds and what is reserved for them, in conversations; `weight` is both in units of capacity."""

    held: int = 0
    offered: int = 0
    weight: int = 0


async def loads(session: AsyncSession, agent_ids: Collection[str]) -> dict[str, Load]:
    found = dict.fromkeys(agent_ids, Load())
    for holder, offered_to, count, weight in await session.execute(_LOADS, {"agents": list(agent_ids)}):
        agent_id = holder or offered_to or ""
        before = found[agent_id]
        held, offered = (count, 0) if holder else (0, count)
        found[agent_id] = Load(before.held + held, before.offered + offered, before.weight + int(weight))
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
    return {key: value for key, value in await session.execute(_UNREAD, {"keys": list(conversation_ids)})}


async def agent_names(session: AsyncSession, agent_ids: Collection[str]) -> dict[str, str]:
    if not agent_ids:
        return {}
    return {key: value for key, value in await session.execute(_NAMES, {"keys": list(agent_ids)})}


async def marks(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, tuple[int, int, int, str]]:
    """Per conversation (last_seq, last_note_seq, epoch, status): enough to see that something was missed."""
    query = select(C.conversation_id, C.last_seq, C.last_note_seq, C.epoch, C.status)
    rows = await session.execute(query.where(C.conversation_id.in_(conversation_ids)))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
