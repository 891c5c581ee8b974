"""Tickets."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from contracts.shop import NewTicket, Ticket, TicketChange
from contracts.wire import NO_NUL
from shop_api.endpoints.access import CallerDep, ShopDep, WishDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import (
    IdempotencyKeyNeeded,
    IdempotencyMismatch,
    OrderNotFound,
    StepNotYours,
    TicketDone,
    TicketNotFound,
)
from shop_api.services import tickets

router = APIRouter(prefix="/v1/tickets", tags=["tickets"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Open a ticket",
    responses={
        200: {"model": Ticket, "description": "the ticket that the same `Idempotency-Key` opened before"},
        **documented(OrderNotFound, IdempotencyKeyNeeded, IdempotencyMismatch),
    },
)
async def open_ticket(shop: ShopDep, caller: CallerDep, new: NewTicket, wish: WishDep, response: Response) -> Ticket:
    """It has an owner in the shop and a deadline from its first moment."""
    ticket, written = await tickets.open_ticket(shop, caller, new, wish)
    if not written.is_first:
        response.status_code = status.HTTP_200_OK
    return ticket


@router.get("", summary="Own tickets, newest first", responses=documented())
async def list_tickets(
    shop: ShopDep, caller: CallerDep, order_number: Annotated[str | None, Query(max_length=64)] = None
) -> list[Ticket]:
    return await tickets.list_tickets(shop, caller, order_number)


@router.get("/{ticket_id}", summary="One ticket", responses=documented(TicketNotFound))
async def read_ticket(
    shop: ShopDep, caller: CallerDep, ticket_id: Annotated[str, Path(max_length=64, pattern=NO_NUL)]
) -> Ticket:
    return await tickets.read_ticket(shop, caller, ticket_id)


@router.post(
    "/{ticket_id}/steps",
    summary="Take a step",
    responses=documented(TicketNotFound, TicketDone, StepNotYours, IdempotencyKeyNeeded, IdempotencyMismatch),
)
async def change_ticket(
    shop: ShopDep,
    caller: CallerDep,
    ticket_id: Annotated[str, Path(max_length=64)],
    change: TicketChange,
    wish: WishDep,
) -> Ticket:
    """Only for turns of role `agent`. A finished ticket is told to the shopper, with `note` as the answer."""
    return await tickets.change_ticket(shop, caller, ticket_id, change, wish)
