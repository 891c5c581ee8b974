"""Shoppers and orders."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from contracts.shop import Order, OrderProof, OrderStatus, Shopper, Ticket
from shop_api.endpoints.access import CallerDep, ShopDep, WishDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import (
    IdempotencyKeyNeeded,
    IdempotencyMismatch,
    NotWaitingForShipping,
    OrderNotFound,
    ShopperNotFound,
    SignInNeeded,
    TooManyAttempts,
)
from shop_api.services import orders, tickets

router = APIRouter(prefix="/v1", tags=["orders"])
OrderNumber = Annotated[str, Path(max_length=64)]


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


@router.post(
    "/orders/{order_number}/urge-shipping",
    summary="Urge the shipping of a paid order",
    responses=documented(OrderNotFound, NotWaitingForShipping, IdempotencyKeyNeeded, IdempotencyMismatch),
)
async def urge_shipping(shop: ShopDep, caller: CallerDep, order_number: OrderNumber, wish: WishDep) -> Ticket:
    """A ticket for the warehouse with an owner and a deadline; urging again answers with the open one."""
    ticket, _ = await tickets.urge_shipping(shop, caller, order_number, wish)
    return ticket
