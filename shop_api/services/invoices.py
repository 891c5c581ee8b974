"""Invoices: asked for, changed, sent again, and made by the shop's own timer when they are due.

The reference makes an electronic invoice by itself; a merchant's system asks its own tax service.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.shop import Invoice, InvoiceResend, InvoiceStatus, InvoiceWish, Order
from contracts.verdict import Decision
from policy import InvoiceFacts, Rules, decide_invoice, earlier
from policy import InvoiceWish as Concern
from shop_api.domain.caller import Caller
from shop_api.domain.wording import invoice_issued_text
from shop_api.errors import InvoiceRefused
from shop_api.record import cases as case_record
from shop_api.record import orders as record
from shop_api.record.tables import OrderRow
from shop_api.record.views import case_view, order_view
from shop_api.services.notices import put_notice
from shop_api.services.order_changes import write_order_once
from shop_api.services.orders import read_order
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish

KIND = "数电普通发票"


async def request_invoice(shop: Shop, caller: Caller, number: str, new: InvoiceWish, wish: Wish) -> Order:
    async def write(session: AsyncSession, order: OrderRow) -> None:
        stands = Invoice.model_validate(order.invoice).status
        concern = Concern.APPLY if stands is InvoiceStatus.NONE else Concern.CHANGE
        await _check(session, shop, order, concern)
        order.invoice = _requested(shop.rules, order, new, stands, shop.now()).model_dump(mode="json")

    await write_order_once(shop, caller, number, new.version, wish, write)
    return await read_order(shop, caller, number)


async def resend_invoice(shop: Shop, caller: Caller, number: str, resend: InvoiceResend, wish: Wish) -> Order:
    async def write(session: AsyncSession, order: OrderRow) -> None:
        await _check(session, shop, order, Concern.RESEND)
        invoice = Invoice.model_validate(order.invoice)
        email = resend.email or invoice.email
        if not email:
            raise InvoiceRefused("还没有登记接收发票的邮箱，请先告诉我们邮箱地址。")
        order.invoice = invoice.model_copy(update={"email": email, "sent_at": shop.now()}).model_dump(mode="json")

    await write_order_once(shop, caller, number, resend.version, wish, write)
    return await read_order(shop, caller, number)


async def issue_due(shop: Shop) -> int:
    """Make the invoices that were asked for `INVOICE_WAIT` ago; returns how many."""
    async with shop.database.reading() as session:
        waiting = await record.invoices_asked_for(session)
    until = shop.now() - shop.settings.invoice_wait
    ready = [(row.shop_id, row.order_number) for row in waiting if _asked_at(row, shop.now()) <= until]
    for shop_id, number in ready:
        await _issue(shop, shop_id, number)
    return len(ready)


def _asked_at(row: OrderRow, now: datetime) -> datetime:
    """One that was asked for elsewhere is made elsewhere: for this timer it is never ready."""
    return Invoice.model_validate(row.invoice).requested_at or now


async def _issue(shop: Shop, shop_id: str, number: str) -> None:
    now = shop.now()
    async with shop.database.writing() as session:
        order = await session.get_one(OrderRow, (shop_id, number))
        await record.lock_order(session, order)
        invoice = Invoice.model_validate(order.invoice)
        if invoice.status is not InvoiceStatus.REQUESTED:
            return
        sent_at = now if invoice.email else None
        made = invoice.model_copy(update={"status": InvoiceStatus.ISSUED, "issued_at": now, "sent_at": sent_at})
        order.invoice = made.model_dump(mode="json")
        text = invoice_issued_text(number, made.title, made.email)
        put_notice(session, shop, shop_id=shop_id, shopper_id=order.shopper_id, text=text)


async def _check(session: AsyncSession, shop: Shop, order: OrderRow, concern: Concern) -> None:
    """Raises InvoiceRefused with the rule's own words."""
    now = shop.now()
    rows = await case_record.cases_of_order(session, order.shop_id, order.order_number)
    refunded = earlier([case_view(row, now) for row in rows], "").refunded_before
    facts = InvoiceFacts(order=order_view(order), now=now, wish=concern, is_refunded=refunded >= order.paid_total > 0)
    verdict = decide_invoice(shop.rules, facts)
    if verdict.decision is not Decision.ALLOWED:
        raise InvoiceRefused(verdict.explanation)


def _requested(rules: Rules, order: OrderRow, new: InvoiceWish, stands: InvoiceStatus, now: datetime) -> Invoice:
    parameters = rules.invoice.in_force(order.placed_at).parameters
    days = parameters.reissue_days if stands is InvoiceStatus.ISSUED else parameters.issue_days
    before = Invoice.model_validate(order.invoice)
    return Invoice(
        status=InvoiceStatus.REQUESTED,
        kind=KIND,
        title=new.title,
        tax_number=new.tax_number,
        email=new.email or before.email,
        requested_at=now,
        due_at=now + timedelta(days=days),
    )
