"""Queries on shoppers, orders, and the proofs that open an order to an anonymous conversation."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import InvoiceStatus, OrderStatus
from shop_api.domain.caller import Caller
from shop_api.record.tables import HelpEntryRow, LookupFailureRow, OrderGrantRow, OrderRow, ProductRow, ShopperRow


async def get_shopper(session: AsyncSession, shop_id: str, shopper_id: str) -> ShopperRow | None:
    return await session.get(ShopperRow, (shop_id, shopper_id))


async def demo_shoppers(session: AsyncSession, shop_id: str) -> Sequence[ShopperRow]:
    """Those with a description of what to try; the background stays in the background."""
    wanted = select(ShopperRow).where(ShopperRow.shop_id == shop_id, ShopperRow.description != "")
    return (await session.scalars(wanted.order_by(ShopperRow.shopper_id))).all()


async def all_products(session: AsyncSession, shop_id: str) -> Sequence[ProductRow]:
    wanted = select(ProductRow).where(ProductRow.shop_id == shop_id)
    return (await session.scalars(wanted.order_by(ProductRow.product_id))).all()


async def all_help(session: AsyncSession, shop_id: str) -> Sequence[HelpEntryRow]:
    wanted = select(HelpEntryRow).where(HelpEntryRow.shop_id == shop_id)
    return (await session.scalars(wanted.order_by(HelpEntryRow.entry_id))).all()


async def prices_today(session: AsyncSession, shop_id: str) -> dict[str, Decimal]:
    """What one piece of every option costs, by SKU."""
    products = await all_products(session, shop_id)
    return {sku["sku_id"]: product.price for product in products for sku in product.skus}


async def invoices_asked_for(session: AsyncSession) -> Sequence[OrderRow]:
    """Orders of every shop whose invoice is to be made."""
    wanted = select(OrderRow).where(OrderRow.invoice["status"].as_string() == InvoiceStatus.REQUESTED)
    return (await session.scalars(wanted)).all()


async def orders_of(
    session: AsyncSession, shop_id: str, shopper_id: str, *, status: OrderStatus | None, limit: int
) -> Sequence[OrderRow]:
    """Newest first."""
    wanted = select(OrderRow).where(OrderRow.shop_id == shop_id, OrderRow.shopper_id == shopper_id)
    if status:
        wanted = wanted.where(OrderRow.status == status)
    newest = wanted.order_by(OrderRow.placed_at.desc(), OrderRow.order_number).limit(limit)
    return (await session.scalars(newest)).all()


async def granted_orders(
    session: AsyncSession, caller: Caller, *, status: OrderStatus | None, limit: int, now: datetime
) -> Sequence[OrderRow]:
    wanted = select(OrderRow).where(
        OrderRow.shop_id == caller.shop_id, OrderRow.order_number.in_(_granted(caller, now))
    )
    if status:
        wanted = wanted.where(OrderRow.status == status)
    return (await session.scalars(wanted.order_by(OrderRow.placed_at.desc()).limit(limit))).all()


async def get_order(session: AsyncSession, shop_id: str, order_number: str) -> OrderRow | None:
    """Whoever asks: callers must check the owner themselves, or use `readable_order`."""
    return await session.get(OrderRow, (shop_id, order_number))


async def lock_order(session: AsyncSession, row: OrderRow) -> None:
    """Two wishes on one order wait for each other, so both see what the first one wrote."""
    await session.refresh(row, attribute_names=["status", "version", "invoice"], with_for_update=True)


async def readable_order(session: AsyncSession, caller: Caller, order_number: str, now: datetime) -> OrderRow | None:
    """The order if it is the caller's own or this conversation has proven it."""
    row = await get_order(session, caller.shop_id, order_number)
    if row is None or (caller.shopper_id is not None and row.shopper_id == caller.shopper_id):
        return row
    is_granted = await session.scalar(
        select(_granted(caller, now).where(OrderGrantRow.order_number == order_number).exists())
    )
    return row if is_granted else None


async def grant_order(session: AsyncSession, caller: Caller, order_number: str, until: datetime) -> None:
    await session.merge(
        OrderGrantRow(
            shop_id=caller.shop_id, conversation_id=caller.conversation_id, order_number=order_number, until=until
        )
    )


async def count_failures(
    session: AsyncSession, shop_id: str, *, since: datetime, conversation_id: str = "", order_number: str = ""
) -> int:
    wanted = select(func.count()).where(LookupFailureRow.shop_id == shop_id, LookupFailureRow.at >= since)
    if conversation_id:
        wanted = wanted.where(LookupFailureRow.conversation_id == conversation_id)
    if order_number:
        wanted = wanted.where(LookupFailureRow.order_number == order_number)
    return await session.scalar(wanted) or 0


def note_failure(session: AsyncSession, caller: Caller, order_number: str, now: datetime) -> None:
    session.add(
        LookupFailureRow(
            shop_id=caller.shop_id, conversation_id=caller.conversation_id, order_number=order_number, at=now
        )
    )


def _granted(caller: Caller, now: datetime) -> Select[str]:
    return select(OrderGrantRow.order_number).where(
        OrderGrantRow.shop_id == caller.shop_id,
        OrderGrantRow.conversation_id == caller.conversation_id,
        OrderGrantRow.until > now,
    )
