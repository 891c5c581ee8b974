"""What a shopper may change about an order: cancel it, and until the goods leave, where they go and what they are."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import (
    Cancelled,
    CaseReason,
    CaseStatus,
    CaseType,
    LineChange,
    NewCase,
    NewReceiver,
    Order,
    OrderCancel,
    OrderChange,
    OrderOption,
    OrderRestore,
    OrderStatus,
)
from contracts.verdict import Decision
from policy import (
    PAYS_BACK,
    TAKES_GOODS,
    Facts,
    QuantityFacts,
    RestoreFacts,
    decide_cancel,
    decide_quantity,
    decide_restore,
    earlier,
)
from shop_api.domain.caller import Caller
from shop_api.domain.case_life_cycle import AT_REST
from shop_api.errors import (
    CaseExists,
    ChangeTooLate,
    NotCancellable,
    NotRestorable,
    OptionNotThere,
    OrderNotFound,
    QuantityRefused,
    VersionConflict,
)
from shop_api.record import cases as case_record
from shop_api.record import orders as record
from shop_api.record.tables import CaseRow, OrderLineRow, OrderRow, ProductRow
from shop_api.record.views import case_view, order_view
from shop_api.services.cases import open_judged
from shop_api.services.orders import read_order
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish, write_once

CHANGEABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID})
WAYS_TO_CANCEL = {OrderStatus.PAID: CaseType.REFUND_ONLY, OrderStatus.SHIPPED: CaseType.INTERCEPT}


async def change_order(shop: Shop, caller: Caller, number: str, change: OrderChange, wish: Wish) -> Order:
    """Nothing of it happens where one part cannot."""

    async def write(session: AsyncSession, order: OrderRow) -> None:
        if OrderStatus(order.status) not in CHANGEABLE or await _cases_under_way(session, order):
            raise ChangeTooLate
        if change.receiver:
            _change_receiver(order, change.receiver)
        if change.line:
            await _change_line(session, shop, order, change.line)
        if change.note is not None:
            order.note = change.note

    await write_order_once(shop, caller, number, change.version, wish, write)
    return await read_order(shop, caller, number)


async def cancel_order(shop: Shop, caller: Caller, number: str, cancel: OrderCancel, wish: Wish) -> Cancelled:
    """Unpaid: over. Paid: over, with a refund for every line. Under way: a case that calls the parcel back."""

    async def write(session: AsyncSession, order: OrderRow) -> None:
        await _cancel(session, shop, order, cancel.description)

    await write_order_once(shop, caller, number, cancel.version, wish, write)
    order = await read_order(shop, caller, number)
    async with shop.database.reading() as session:
        rows = await case_record.cases_of_order(session, caller.shop_id, number)
    wanted = set(WAYS_TO_CANCEL.values())
    cases = [case_view(row, shop.now()) for row in rows if CaseType(row.type) in wanted]
    return Cancelled(order=order, cases=[case for case in cases if case.status is not CaseStatus.CANCELLED])


async def restore_order(shop: Shop, caller: Caller, number: str, restore: OrderRestore, wish: Wish) -> Order:
    """Waits for payment again, as before it was cancelled."""

    async def write(session: AsyncSession, order: OrderRow) -> None:
        rows = await case_record.cases_of_order(session, order.shop_id, order.order_number)
        is_paid_back = any(CaseType(row.type) in PAYS_BACK for row in rows)
        facts = RestoreFacts(order=order_view(order), now=shop.now(), is_paid_back=is_paid_back)
        verdict = decide_restore(shop.rules, facts)
        if verdict.decision is not Decision.ALLOWED:
            raise NotRestorable(verdict.explanation)
        order.status, order.cancelled_at = OrderStatus.PENDING_PAYMENT.value, None

    await write_order_once(shop, caller, number, restore.version, wish, write)
    return await read_order(shop, caller, number)


async def list_options(shop: Shop, caller: Caller, number: str, line_id: str) -> list[OrderOption]:
    """The other options of a line's product; what is sold out is listed as such."""
    async with shop.database.reading() as session:
        order = await record.readable_order(session, caller, number, shop.now())
        line = next((line for line in order.lines if line.line_id == line_id), None) if order else None
        if line is None:
            raise OrderNotFound
        product = await _product_of(session, line)
    skus = product.skus if product else []
    return [
        OrderOption(sku_id=sku["sku_id"], options=sku["options"], in_stock=sku["stock"] >= line.quantity)
        for sku in skus
        if sku["sku_id"] != line.sku_id
    ]


async def write_order_once(
    shop: Shop,
    caller: Caller,
    number: str,
    version: int,
    wish: Wish,
    write: Callable[[AsyncSession, OrderRow], Awaitable[None]],
) -> None:
    """Run `write` on the locked order once for its key, if the order is still the one the caller saw."""

    async def locked(session: AsyncSession) -> str:
        order = await record.readable_order(session, caller, number, shop.now())
        if order is None:
            raise OrderNotFound
        await record.lock_order(session, order)
        if order.version != version:
            raise VersionConflict
        await write(session, order)
        return number

    try:
        await write_once(shop, caller, wish, locked)
    except StaleDataError:
        raise VersionConflict from None


async def _cases_under_way(session: AsyncSession, order: OrderRow) -> list[CaseRow]:
    """Those that take goods of the order back: what is being refunded goes nowhere else."""
    rows = await case_record.cases_of_order(session, order.shop_id, order.order_number)
    return [row for row in rows if CaseType(row.type) in TAKES_GOODS and CaseStatus(row.status) not in AT_REST]


def _change_receiver(order: OrderRow, new: NewReceiver) -> None:
    """A new region without a street would keep a street of the old one: it goes as well."""
    order.receiver_name = new.name or order.receiver_name
    order.receiver_phone = new.phone or order.receiver_phone
    if new.region:
        order.receiver_region, order.receiver_street = new.region, new.street
    else:
        order.receiver_street = new.street or order.receiver_street


async def _change_line(session: AsyncSession, shop: Shop, order: OrderRow, change: LineChange) -> None:
    """The same product in another option for what was paid, or in another number for what that comes to; the stock
    moves with it."""
    line = next((line for line in order.lines if line.line_id == change.line_id), None)
    product = await _product_of(session, line) if line else None
    wanted = change.sku_id or (line.sku_id if line else "")
    chosen = next((sku for sku in product.skus if sku["sku_id"] == wanted), None) if product else None
    if line is None or product is None or chosen is None:
        raise OptionNotThere
    pieces = change.quantity or line.quantity
    if change.quantity is not None:
        _check_quantity(shop, order, line, pieces)
    product.skus = [_moved(sku, line, wanted, pieces) for sku in product.skus]
    if any(sku["stock"] < 0 for sku in product.skus):
        raise OptionNotThere
    line.sku_id, line.options = chosen["sku_id"], chosen["options"]
    _set_quantity(order, line, pieces)
    flag_modified(order, "status")  # a line's change is the order's: its version grows


def _check_quantity(shop: Shop, order: OrderRow, line: OrderLineRow, pieces: int) -> None:
    facts = QuantityFacts(order=order_view(order), line_id=line.line_id, now=shop.now(), wanted=pieces)
    verdict = decide_quantity(shop.rules, facts)
    if verdict.decision is not Decision.ALLOWED:
        raise QuantityRefused(verdict.explanation)


def _set_quantity(order: OrderRow, line: OrderLineRow, pieces: int) -> None:
    """Coupon and points stay what they were: more pieces are paid in full."""
    difference = line.unit_price * (pieces - line.quantity)
    line.quantity, line.paid = pieces, line.paid + difference
    order.goods_total, order.paid_total = order.goods_total + difference, order.paid_total + difference


def _moved(sku: dict[str, Any], line: OrderLineRow, to: str, pieces: int) -> dict[str, Any]:
    back = line.quantity if sku["sku_id"] == line.sku_id else 0
    taken = pieces if sku["sku_id"] == to else 0
    return {**sku, "stock": sku["stock"] + back - taken}


async def _product_of(session: AsyncSession, line: OrderLineRow) -> ProductRow | None:
    products = await record.all_products(session, line.shop_id)
    return next((p for p in products if any(sku["sku_id"] == line.sku_id for sku in p.skus)), None)


async def _cancel(session: AsyncSession, shop: Shop, order: OrderRow, description: str) -> None:
    status, now = OrderStatus(order.status), shop.now()
    if status is not OrderStatus.PENDING_PAYMENT:
        verdict = decide_cancel(shop.rules, Facts(order=order_view(order), now=now))
        if status not in WAYS_TO_CANCEL:
            raise NotCancellable(verdict.explanation)
        if not await _pay_back(session, shop, order, description):
            return
    order.status, order.cancelled_at = OrderStatus.CANCELLED.value, now


async def _pay_back(session: AsyncSession, shop: Shop, order: OrderRow, description: str) -> bool:
    """A case for what is left of every line; True where nothing may leave the warehouse any more."""
    wishes = await _wishes(session, shop, order, description)
    if not wishes:
        raise CaseExists("这笔订单已经在办理退款，不需要重复申请。")
    for wish in wishes:  # one after the other: the last one's money is what the others left
        await open_judged(session, shop, order, wish, shop.now())
    under_way = await _cases_under_way(session, order)
    is_unshipped = order.status == OrderStatus.PAID
    return is_unshipped and all(row.verdict["decision"] == Decision.ALLOWED for row in under_way)


async def _wishes(session: AsyncSession, shop: Shop, order: OrderRow, description: str) -> list[NewCase]:
    rows = await case_record.cases_of_order(session, order.shop_id, order.order_number)
    before = [case_view(row, shop.now()) for row in rows]
    busy = {row.line_id for row in await _cases_under_way(session, order)}
    left = {line.line_id: line.quantity - earlier(before, line.line_id).quantity_before for line in order.lines}
    return [
        NewCase(
            type=WAYS_TO_CANCEL[OrderStatus(order.status)],
            order_number=order.order_number,
            line_id=line.line_id,
            quantity=left[line.line_id],
            reason=CaseReason.NO_REASON,
            description=description,
        )
        for line in order.lines
        if left[line.line_id] > 0 and not line.is_gift and line.line_id not in busy
    ]
