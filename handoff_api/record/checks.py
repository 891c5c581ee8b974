"""What must always be true of the record, as queries that find where it is not. Each problem is one line."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Status
from handoff_api.domain.conversation import HELD, WAITING
from handoff_api.record import conversations
from handoff_api.record.tables import AgentRecord, AssignmentRecord, ConversationRecord, EventRecord, RequestRecord

A, C, E, R = AssignmentRecord, ConversationRecord, EventRecord, RequestRecord


async def problems(session: AsyncSession) -> list[str]:
    rows = (await session.execute(select(C))).scalars().all()
    return [
        *await _gaps(session, rows),
        *_owners(rows),
        *await _assignments(session, rows),
        *await _capacities(session),
        *await _answers_without_an_event(session),
    ]


async def _gaps(session: AsyncSession, rows: Sequence[ConversationRecord]) -> list[str]:
    """seq is 1, 2, 3 … up to what the conversation says, for events and for notes."""
    query = select(E.conversation_id, E.audience, func.count(), func.min(E.seq), func.max(E.seq))
    found = {
        (row[0], row[1]): (row[2], row[3], row[4])
        for row in await session.execute(query.group_by(E.conversation_id, E.audience))
    }
    wrong = []
    for row in rows:
        for audience, last in (("everyone", row.last_seq), ("agents", row.last_note_seq)):
            count, lowest, highest = found.get((row.conversation_id, audience), (0, 1, 0))
            if (count, lowest, highest) != (last, 1, last):
                wrong.append(
                    f"seq: {row.conversation_id} {audience}: {count} events {lowest}..{highest}, last is {last}"
                )
    return wrong


def _owners(rows: Sequence[ConversationRecord]) -> list[str]:
    wrong = []
    for row in rows:
        status = Status(row.status)
        if (row.agent_id is not None) != (status in HELD):
            wrong.append(f"owner: {row.conversation_id} is {row.status} with agent {row.agent_id}")
        if (row.offered_to is not None) != (status is Status.OFFERED):
            wrong.append(f"offer: {row.conversation_id} is {row.status} and offered to {row.offered_to}")
        if status in WAITING and row.queue_tick is None:
            wrong.append(f"queue: {row.conversation_id} is {row.status} without a place")
    return wrong


async def _assignments(session: AsyncSession, rows: Sequence[ConversationRecord]) -> list[str]:
    """Whoever holds a conversation has exactly one running assignment of it, whoever is offered it one open offer."""
    held, offered = defaultdict(list), defaultdict(list)
    running = select(A.conversation_id, A.agent_id).where(A.started_at.is_not(None), A.ended_at.is_(None))
    for conversation_id, agent_id in await session.execute(running):
        held[conversation_id].append(agent_id)
    for conversation_id, agent_id in await session.execute(
        select(A.conversation_id, A.agent_id).where(A.outcome == "offered")
    ):
        offered[conversation_id].append(agent_id)
    wrong = []
    for row in rows:
        for kind, has, should in (
            ("assignment", held[row.conversation_id], row.agent_id),
            ("reservation", offered[row.conversation_id], row.offered_to),
        ):
            if has != ([should] if should else []):
                wrong.append(f"{kind}: {row.conversation_id} is {row.status} of {should}, written down for {has}")
    return wrong


async def _capacities(session: AsyncSession) -> list[str]:
    query = select(AgentRecord.agent_id, AgentRecord.capacity)
    capacity = {row[0]: row[1] for row in await session.execute(query)}
    counts = await conversations.open_counts(session, list(capacity))
    return [
        f"capacity: {agent_id} has {count} of {capacity[agent_id]}"
        for agent_id, count in counts.items()
        if count > capacity[agent_id]
    ]


async def _answers_without_an_event(session: AsyncSession) -> list[str]:
    """Every seq a client was given belongs to an event."""
    query = (
        select(R.conversation_id, R.client_message_id, R.seq)
        .join(C, C.conversation_id == R.conversation_id)
        .where(R.seq > C.last_seq, R.seq > C.last_note_seq)
    )
    return [f"acknowledged: {row[0]} {row[1]} as {row[2]}" for row in await session.execute(query)]
