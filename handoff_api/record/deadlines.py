"""Queries about the deadlines: who is being served, what was said about it, how often by group and channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.domain.deadlines import OPEN, Due
from handoff_api.record.tables import ConversationRecord, SlaRecord

C, S = ConversationRecord, SlaRecord
MOST_SHOWN = 200


async def waiting_since(session: AsyncSession, shop_id: str, instant: datetime) -> Sequence[ConversationRecord]:
    """With people, and an answer owed since `instant` or longer, or in nobody's hands for that long."""
    is_owed = or_(C.unanswered_since <= instant, C.answered_at <= instant)
    query = select(C).where(C.shop_id == shop_id, C.status.in_([status.value for status in OPEN]), is_owed)
    return (await session.execute(query)).scalars().all()


async def note(session: AsyncSession, row: ConversationRecord, due: Due, *, now: datetime) -> bool:
    """True the first time; each deadline is said once at each stage."""
    if await session.get(S, (row.conversation_id, due.kind, due.stage, due.due_at)):
        return False
    session.add(
        S(
            conversation_id=row.conversation_id,
            kind=due.kind,
            stage=due.stage,
            due_at=due.due_at,
            shop_id=row.shop_id,
            skill=row.skill,
            channel=row.channel,
            agent_id=row.agent_id,
            at=now,
        )
    )
    await session.flush()
    return True


async def counts(session: AsyncSession, shop_id: str, since: datetime) -> list[tuple[str, str, str, str, int]]:
    """(kind, stage, group, channel, how often), the most frequent first."""
    keys = (S.kind, S.stage, S.skill, S.channel)
    query = select(*keys, func.count().label("often")).where(S.shop_id == shop_id, S.at >= since).group_by(*keys)
    rows = await session.execute(query.order_by(func.count().desc(), *keys))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


async def since(session: AsyncSession, shop_id: str, instant: datetime) -> Sequence[SlaRecord]:
    """What came near or passed, the newest first."""
    query = select(S).where(S.shop_id == shop_id, S.at >= instant).order_by(S.at.desc()).limit(MOST_SHOWN)
    return (await session.execute(query)).scalars().all()
