"""Queries on after-sales cases and tickets."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import CaseStatus, CaseStep, TicketKind, TicketStatus
from shop_api.domain.case_life_cycle import WAITING_FOR_SHOPPER, waiting_for
from shop_api.domain.deadlines import LADDER
from shop_api.record.tables import CaseEventRow, CaseRow, TicketRow


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


async def cases_late_by_shop(session: AsyncSession, now: datetime) -> Sequence[CaseRow]:
    """Cases of every shop that the shop let lie past their deadline and nobody higher has got yet."""
    told = select(CaseEventRow.position).where(
        CaseEventRow.shop_id == CaseRow.shop_id,
        CaseEventRow.case_id == CaseRow.case_id,
        CaseEventRow.step == CaseStep.ESCALATE,
        CaseEventRow.status == CaseRow.status,
    )
    waiting = [status.value for status in CaseStatus if waiting_for(status) == "shop"]
    wanted = select(CaseRow).where(CaseRow.deadline_at < now, CaseRow.status.in_(waiting), ~told.exists())
    return (await session.scalars(wanted.order_by(CaseRow.deadline_at).limit(50))).all()


async def late_tickets(session: AsyncSession, now: datetime) -> Sequence[TicketRow]:
    """Open tickets of every shop past their deadline that somebody higher can still get."""
    wanted = select(TicketRow).where(
        TicketRow.deadline_at < now, TicketRow.status != TicketStatus.DONE, TicketRow.owner != LADDER[-1]
    )
    return (await session.scalars(wanted.order_by(TicketRow.deadline_at).limit(50))).all()


async def tickets_of(
    session: AsyncSession, shop_id: str, owner_key: str, order_number: str | None, limit: int
) -> Sequence[TicketRow]:
    wanted = select(TicketRow).where(TicketRow.shop_id == shop_id, TicketRow.owner_key == owner_key)
    if order_number:
        wanted = wanted.where(TicketRow.order_number == order_number)
    return (await session.scalars(wanted.order_by(TicketRow.created_at.desc()).limit(limit))).all()


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
