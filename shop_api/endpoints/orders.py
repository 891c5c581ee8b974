"""Shoppers and orders."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contracts.shop import (
    Cancelled,
    InvoiceResend,
    InvoiceWish,
    Order,
    OrderCancel,
    OrderChange,
    OrderOption,
    OrderProof,
    OrderRestore,
    OrderStatus,
    Shopper,
    Ticket,
)
from contracts.wire import NO_NUL
from shop_api.endpoints.access import CallerDep, ShopDep, WishDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import (
    CaseExists,
    CaseRefused,
    ChangeTooLate,
    IdempotencyKeyNeeded,
    IdempotencyMismatch,
    InvoiceRefused,
    NotCancellable,
    NotRestorable,
    NotWaitingForShipping,
    OptionNotThere,
    OrderNotFound,
    QuantityRefused,
    ShopError,
    ShopperNotFound,
    SignInNeeded,
    TooManyAttempts,
    VersionConflict,
)
from shop_api.services import invoices, order_changes, orders, tickets

router = APIRouter(prefix="/v1", tags=["orders"])
OrderNumber = Annotated[str, Path(max_length=64, pattern=NO_NUL)]
OF_EVERY_CHANGE: tuple[type[ShopError], ...] = (
    OrderNotFound,
    VersionConflict,
    IdempotencyKeyNeeded,
    IdempotencyMismatch,
)


@router.get("/shopper", summary="The shopper of the turn", responses=documented(SignInNeeded, ShopperNotFound))
async def read_shopper(shop: ShopDep, caller: CallerDep) -> Shopper:
    """Name and phone are masked. An anonymous turn is refused with `sign_in_needed`."""
    return await orders.read_shopper(shop, caller)


@router.get("/orders", summary="Own orders, newest first", responses=documented())
async def list_orders(
    shop: ShopDep,
    caller: CallerDep,
    status: OrderStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[Order]:
    """For an anonymous turn: the orders its conversation has proven."""
    return await orders.list_orders(shop, caller, status=status, limit=limit)


@router.post("/orders/lookup", summary="Prove an order", responses=documented(OrderNotFound, TooManyAttempts))
async def prove_order(shop: ShopDep, caller: CallerDep, proof: OrderProof) -> Order:
    """Number and last four phone digits of the receiver open the order to this conversation for two hours. An
    unknown number and wrong digits answer alike; five failures in 15 minutes close the way for a while."""
    return await orders.prove_order(shop, caller, proof)


@router.get("/orders/{order_number}", summary="One order", responses=documented(OrderNotFound))
async def read_order(shop: ShopDep, caller: CallerDep, order_number: OrderNumber) -> Order:
    """Another shopper's order is `order_not_found` as well."""
    return await orders.read_order(shop, caller, order_number)


@router.get(
    "/orders/{order_number}/lines/{line_id}/options",
    summary="What a line can be changed to",
    responses=documented(OrderNotFound),
)
async def list_options(
    shop: ShopDep,
    caller: CallerDep,
    order_number: OrderNumber,
    line_id: Annotated[str, Path(max_length=64, pattern=NO_NUL)],
) -> list[OrderOption]:
    """The other options of the product at the same price, for a change before shipping or an exchange after it."""
    return await order_changes.list_options(shop, caller, order_number, line_id)


@router.post(
    "/orders/{order_number}/cancel",
    summary="Cancel an order",
    responses=documented(*OF_EVERY_CHANGE, NotCancellable, CaseExists, CaseRefused),
)
async def cancel_order(
    shop: ShopDep, caller: CallerDep, order_number: OrderNumber, cancel: OrderCancel, wish: WishDep
) -> Cancelled:
    """Not paid: cancelled. Paid and not shipped: cancelled, with a refund case for every line. Shipped: a case of type
    `intercept` for every line, reviewed when the carrier has answered. Signed for: `not_cancellable`."""
    return await order_changes.cancel_order(shop, caller, order_number, cancel, wish)


@router.post(
    "/orders/{order_number}/restore",
    summary="Take a cancellation back",
    responses=documented(*OF_EVERY_CHANGE, NotRestorable),
)
async def restore_order(
    shop: ShopDep, caller: CallerDep, order_number: OrderNumber, restore: OrderRestore, wish: WishDep
) -> Order:
    """Only what was never paid, and for some hours: it waits for payment again. Everything else is `not_restorable`,
    with the sentence to say."""
    return await order_changes.restore_order(shop, caller, order_number, restore, wish)


@router.post(
    "/orders/{order_number}/changes",
    summary="Change receiver, option, number of pieces or note before shipping",
    responses=documented(*OF_EVERY_CHANGE, ChangeTooLate, OptionNotThere, QuantityRefused),
)
async def change_order(
    shop: ShopDep, caller: CallerDep, order_number: OrderNumber, change: OrderChange, wish: WishDep
) -> Order:
    """All of it or nothing. A new region replaces the street as well. The number of pieces only while nothing is
    paid: `quantity_refused` says what can be done instead."""
    return await order_changes.change_order(shop, caller, order_number, change, wish)


@router.post(
    "/orders/{order_number}/invoice",
    summary="Have an invoice made, or made anew with another title",
    responses=documented(*OF_EVERY_CHANGE, InvoiceRefused),
)
async def request_invoice(
    shop: ShopDep, caller: CallerDep, order_number: OrderNumber, invoice: InvoiceWish, wish: WishDep
) -> Order:
    """None yet: requested. Requested: changed. Issued: cancelled by a red one and made anew. `due_at`: until when."""
    return await invoices.request_invoice(shop, caller, order_number, invoice, wish)


@router.post(
    "/orders/{order_number}/invoice/resend",
    summary="Send an issued invoice again",
    responses=documented(*OF_EVERY_CHANGE, InvoiceRefused),
)
async def resend_invoice(
    shop: ShopDep, caller: CallerDep, order_number: OrderNumber, resend: InvoiceResend, wish: WishDep
) -> Order:
    return await invoices.resend_invoice(shop, caller, order_number, resend, wish)


@router.post(
    "/orders/{order_number}/urge-shipping",
    summary="Urge the shipping of a paid order",
    responses=documented(OrderNotFound, NotWaitingForShipping, IdempotencyKeyNeeded, IdempotencyMismatch),
)
async def urge_shipping(shop: ShopDep, caller: CallerDep, order_number: OrderNumber, wish: WishDep) -> Ticket:
    """A ticket for the warehouse with an owner and a deadline; urging again answers with the open one."""
    ticket, _ = await tickets.urge_shipping(shop, caller, order_number, wish)
    return ticket
