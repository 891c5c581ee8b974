"""Notices that wait to be told to the bridge."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop_api.record.tables import OutboxRow


def put(session: AsyncSession, *, shop_id: str, notice_id: str, body: str, now: datetime) -> None:
    """Commit it together with the change it tells of."""
    session.add(
        OutboxRow(
            shop_id=shop_id,
            notice_id=notice_id,
            body=body,
            created_at=now,
            attempts=0,
            next_at=now,
            sent_at=None,
            last_error="",
        )
    )


async def due(session: AsyncSession, now: datetime) -> Sequence[OutboxRow]:
    """In the order in which they happened."""
    wanted = select(OutboxRow).where(OutboxRow.next_at <= now).order_by(OutboxRow.created_at).limit(20)
    return (await session.scalars(wanted)).all()
