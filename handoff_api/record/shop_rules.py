"""Queries about the rules a shop has set over the file's."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import ShopRulesRecord

R = ShopRulesRecord


async def newest(session: AsyncSession, shop_id: str) -> ShopRulesRecord | None:
    query = select(R).where(R.shop_id == shop_id).order_by(R.version.desc()).limit(1)
    return (await session.execute(query)).scalar_one_or_none()
