"""Queries about one agent's work since an instant."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import AssignmentRecord, CsatRecord, EventRecord

A, E = AssignmentRecord, EventRecord


async def first_responses_s(session: AsyncSession, agent_id: str, *, since: datetime) -> list[float | None]:
    """For each conversation taken since then, the seconds until the agent's first message; None without one."""
    first_at = (
        select(func.min(E.at))
        .where(
            E.conversation_id == A.conversation_id,
            E.author_kind == "agent",
            E.author_id == agent_id,
            E.audience == "everyone",
            E.at >= A.started_at,
        )
        .scalar_subquery()
    )
    query = select(A.started_at, first_at).where(A.agent_id == agent_id, A.started_at >= since)
    return [
        (answered - started).total_seconds() if answered and started else None
        for started, answered in await session.execute(query)
    ]


async def scores(session: AsyncSession, agent_id: str, *, since: datetime) -> Sequence[int]:
    query = select(CsatRecord.score).where(CsatRecord.agent_id == agent_id, CsatRecord.at >= since)
    return (await session.execute(query)).scalars().all()
