"""Tickets."""

from typing import Annotated

from fastapi import APIRouter, Path, Response, status

from contracts.shop import NewTicket, Ticket
from contracts.wire import NO_NUL
from shop_api.endpoints.access import CallerDep, ShopDep, WishDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import IdempotencyKeyNeeded, IdempotencyMismatch, OrderNotFound, TicketNotFound
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


@router.get("/{ticket_id}", summary="One ticket", responses=documented(TicketNotFound))
async def read_ticket(
    shop: ShopDep, caller: CallerDep, ticket_id: Annotated[str, Path(max_length=64, pattern=NO_NUL)]
) -> Ticket:
    return await tickets.read_ticket(shop, caller, ticket_id)
