"""Queries on after-sales cases and tickets."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import CaseStatus, TicketKind, TicketStatus
from shop_api.domain.case_life_cycle import WAITING_FOR_SHOPPER
from shop_api.record.tables import CaseRow, TicketRow


async def get_case(session: AsyncSession, shop_id: str, case_id: str) -> CaseRow | None:
    return await session.get(CaseRow, (shop_id, case_id))


async def cases_of_shopper(session: AsyncSession, shop_id: str, shopper_id: str, limit: int) -> Sequence[CaseRow]:
    wanted = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.shopper_id == shopper_id)
    return (await session.scalars(wanted.order_by(CaseRow.created_at.desc()).limit(limit))).all()


async def cases_of_order(session: AsyncSession, shop_id: str, order_number: str) -> Sequence[CaseRow]:
    """Newest first, whatever their status."""
    wanted = select(CaseRow).where(CaseRow.shop_id == shop_id, CaseRow.order_number == order_number)
    return (await session.scalars(wanted.order_by(CaseRow.created_at.desc()))).all()


async def overdue_cases(session: AsyncSession, now: datetime) -> Sequence[CaseRow]:
    """Cases of every shop whose shopper let the deadline pass; the only query across shops."""
    waiting = [status.value for status in WAITING_FOR_SHOPPER - {CaseStatus.APPROVED}]
    wanted = select(CaseRow).where(CaseRow.deadline_at < now, CaseRow.status.in_(waiting))
    return (await session.scalars(wanted.order_by(CaseRow.deadline_at).limit(50))).all()


async def get_ticket(session: AsyncSession, shop_id: str, ticket_id: str) -> TicketRow | None:
    return await session.get(TicketRow, (shop_id, ticket_id))


async def open_ticket_of(session: AsyncSession, shop_id: str, order_number: str, kind: TicketKind) -> TicketRow | None:
    wanted = select(TicketRow).where(
        TicketRow.shop_id == shop_id,
        TicketRow.order_number == order_number,
        TicketRow.kind == kind,
        TicketRow.status != TicketStatus.DONE,
    )
    return (await session.scalars(wanted.limit(1))).first()
