"""Reading orders: one's own, or one that this conversation has proven."""

import hmac
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import Order, OrderProof, OrderStatus, Shopper
from shop_api.domain.caller import Caller
from shop_api.errors import OrderNotFound, ShopperNotFound, TooManyAttempts
from shop_api.record import orders as record
from shop_api.record.views import order_view, shopper_view
from shop_api.services.shop import Shop

FAILURES_PER_CONVERSATION = 5
FAILURES_PER_ORDER = 20  # across conversations: four digits must not be tried out from many windows
CONVERSATION_WINDOW = timedelta(minutes=15)
ORDER_WINDOW = timedelta(days=1)


async def read_shopper(shop: Shop, caller: Caller) -> Shopper:
    async with shop.database.reading() as session:
        row = await record.get_shopper(session, caller.shop_id, caller.signed_in())
    if row is None:
        raise ShopperNotFound
    return shopper_view(row)


async def list_orders(shop: Shop, caller: Caller, *, status: OrderStatus | None, limit: int) -> list[Order]:
    """Own orders, newest first; for an anonymous visitor those the conversation has proven."""
    async with shop.database.reading() as session:
        if caller.shopper_id is None:
            rows = await record.granted_orders(session, caller, status=status, limit=limit, now=shop.now())
        else:
            rows = await record.orders_of(session, caller.shop_id, caller.shopper_id, status=status, limit=limit)
        prices = await record.prices_today(session, caller.shop_id)
        return [order_view(row, prices) for row in rows]


async def read_order(shop: Shop, caller: Caller, order_number: str) -> Order:
    async with shop.database.reading() as session:
        row = await record.readable_order(session, caller, order_number, shop.now())
        if row is None:
            raise OrderNotFound
        return order_view(row, await record.prices_today(session, caller.shop_id))


async def prove_order(shop: Shop, caller: Caller, proof: OrderProof) -> Order:
    """Open the order to this conversation. Unknown number and wrong digits look the same from outside."""
    now = shop.now()
    async with shop.database.writing() as session:
        await _check_attempts(session, shop, caller, proof)
        row = await record.get_order(session, caller.shop_id, proof.order_number)
        if row is not None and hmac.compare_digest(row.receiver_phone[-4:].encode(), proof.phone_last4.encode()):
            await record.grant_order(session, caller, row.order_number, now + shop.settings.grant_lifetime)
            return order_view(row, await record.prices_today(session, caller.shop_id))
        record.note_failure(session, caller, proof.order_number, now)
    raise OrderNotFound


async def _check_attempts(session: AsyncSession, shop: Shop, caller: Caller, proof: OrderProof) -> None:
    now = shop.now()
    here = await record.count_failures(
        session, caller.shop_id, since=now - CONVERSATION_WINDOW, conversation_id=caller.conversation_id
    )
    anywhere = await record.count_failures(
        session, caller.shop_id, since=now - ORDER_WINDOW, order_number=proof.order_number
    )
    if here >= FAILURES_PER_CONVERSATION or anywhere >= FAILURES_PER_ORDER:
        raise TooManyAttempts
