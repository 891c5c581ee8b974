"""Tickets: what the shop must follow up, each with an owner and a deadline from its first moment."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import NewTicket, OrderStatus, Ticket, TicketChange, TicketKind, TicketStatus, TicketStep
from shop_api.domain.caller import Caller
from shop_api.domain.deadlines import TICKET_OWNERS, ticket_deadline
from shop_api.domain.ids import new_ticket_id
from shop_api.domain.wording import ticket_done_text
from shop_api.errors import NotWaitingForShipping, OrderNotFound, StepNotYours, TicketDone, TicketNotFound
from shop_api.record import cases as record
from shop_api.record import orders as order_record
from shop_api.record.tables import TicketRow
from shop_api.record.views import ticket_view
from shop_api.services.notices import put_notice
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish, Written, write_once

LIST_LIMIT = 50
ONE_AT_A_TIME = frozenset(TicketKind) - {TicketKind.COMPLAINT, TicketKind.LEFT_MESSAGE, TicketKind.OTHER}


async def open_ticket(shop: Shop, caller: Caller, new: NewTicket, wish: Wish) -> tuple[Ticket, Written]:
    """An order named in it must be the caller's own or proven."""

    async def write(session: AsyncSession) -> str:
        if new.order_number and not await order_record.readable_order(session, caller, new.order_number, shop.now()):
            raise OrderNotFound
        known = await _known(session, caller, new)
        return known.ticket_id if known else _add(session, shop, caller, new)

    written = await write_once(shop, caller, wish, write)
    return await read_ticket(shop, caller, written.result_id), written


async def urge_shipping(shop: Shop, caller: Caller, order_number: str, wish: Wish) -> tuple[Ticket, Written]:
    """One open ticket per order: urging again answers with the same one."""

    async def write(session: AsyncSession) -> str:
        order = await order_record.readable_order(session, caller, order_number, shop.now())
        if order is None:
            raise OrderNotFound
        await order_record.lock_order(session, order)
        if order.status != OrderStatus.PAID:
            raise NotWaitingForShipping
        known = await record.open_ticket_of(session, caller.shop_id, order_number, TicketKind.URGE_SHIPPING)
        if known:
            return known.ticket_id
        new = NewTicket(kind=TicketKind.URGE_SHIPPING, subject="顾客催发货", order_number=order_number)
        return _add(session, shop, caller, new)

    written = await write_once(shop, caller, wish, write)
    return await read_ticket(shop, caller, written.result_id), written


async def list_tickets(shop: Shop, caller: Caller, order_number: str | None) -> list[Ticket]:
    """One's own, newest first."""
    async with shop.database.reading() as session:
        rows = await record.tickets_of(session, caller.shop_id, caller.owner_key, order_number, LIST_LIMIT)
        return [ticket_view(row) for row in rows]


async def change_ticket(shop: Shop, caller: Caller, ticket_id: str, change: TicketChange, wish: Wish) -> Ticket:
    """A step of the shop's; the shopper hears of it when the ticket is done."""
    if caller.role != "agent":
        raise StepNotYours

    async def write(session: AsyncSession) -> str:
        row = await record.get_ticket(session, caller.shop_id, ticket_id)
        if row is None or not await _may_read(session, shop, caller, row):
            raise TicketNotFound
        if row.status == TicketStatus.DONE:
            raise TicketDone
        _take_step(session, shop, row, change)
        return ticket_id

    await write_once(shop, caller, wish, write)
    return await read_ticket(shop, caller, ticket_id)


def _take_step(session: AsyncSession, shop: Shop, row: TicketRow, change: TicketChange) -> None:
    if change.step is TicketStep.START:
        row.status = TicketStatus.IN_PROGRESS.value
        return
    row.status, row.answer = TicketStatus.DONE.value, change.note
    text = ticket_done_text(row.ticket_id, row.subject, change.note)
    put_notice(session, shop, shop_id=row.shop_id, text=text, ticket=ticket_view(row), **addressee(row))


def addressee(row: TicketRow) -> dict[str, str]:
    """Whom a notice about the ticket is for: the shopper, or a visitor's conversation."""
    kind, _, name = row.owner_key.partition(":")
    return {"shopper_id" if kind == "shopper" else "conversation_id": name}


async def _known(session: AsyncSession, caller: Caller, new: NewTicket) -> TicketRow | None:
    """What is asked for again while it is open is the same ticket."""
    if new.kind not in ONE_AT_A_TIME:
        return None
    rows = await record.tickets_of(session, caller.shop_id, caller.owner_key, new.order_number, LIST_LIMIT)
    same = (row for row in rows if (row.kind, row.subject) == (new.kind, new.subject))
    return next((r for r in same if r.order_number == new.order_number and r.status != TicketStatus.DONE), None)


async def read_ticket(shop: Shop, caller: Caller, ticket_id: str) -> Ticket:
    async with shop.database.reading() as session:
        row = await record.get_ticket(session, caller.shop_id, ticket_id)
        if row is None or not await _may_read(session, shop, caller, row):
            raise TicketNotFound
    return ticket_view(row)


async def _may_read(session: AsyncSession, shop: Shop, caller: Caller, row: TicketRow) -> bool:
    if row.owner_key == caller.owner_key:
        return True
    if row.order_number is None:
        return False
    return await order_record.readable_order(session, caller, row.order_number, shop.now()) is not None


def _add(session: AsyncSession, shop: Shop, caller: Caller, new: NewTicket) -> str:
    now = shop.now()
    row = TicketRow(
        shop_id=caller.shop_id,
        ticket_id=new_ticket_id(now),
        owner_key=caller.owner_key,
        kind=new.kind.value,
        status=TicketStatus.OPEN.value,
        subject=new.subject,
        description=new.description,
        order_number=new.order_number,
        owner=TICKET_OWNERS[new.kind],
        deadline_at=ticket_deadline(new.kind, now),
        created_at=now,
    )
    session.add(row)
    return row.ticket_id
