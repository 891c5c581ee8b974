"""What the shop forgets by itself, and after how long."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from shop_api.record.tables import IdempotencyRow, LookupFailureRow, OrderGrantRow, OutboxRow

KEYS_KEPT = timedelta(days=30)  # far longer than any caller repeats a write
FAILURES_KEPT = timedelta(days=2)  # they are counted over one day
NOTICES_KEPT = timedelta(days=30)


async def forget(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < now - KEYS_KEPT))
    await session.execute(delete(LookupFailureRow).where(LookupFailureRow.at < now - FAILURES_KEPT))
    await session.execute(delete(OrderGrantRow).where(OrderGrantRow.until < now))
    await session.execute(delete(OutboxRow).where(OutboxRow.sent_at < now - NOTICES_KEPT))
