"""Queries about what agents keep for themselves: saved views and macros."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.desk_tables import PresetRecord

P = PresetRecord


async def of_agent(session: AsyncSession, agent_id: str) -> Sequence[PresetRecord]:
    query = select(P).where(P.agent_id == agent_id).order_by(P.made_at, P.preset_id)
    return (await session.execute(query)).scalars().all()


async def own(session: AsyncSession, agent_id: str, preset_id: str) -> PresetRecord | None:
    row = await session.get(P, preset_id)
    return row if row and row.agent_id == agent_id else None
