"""Plans become rows: an order with its lines, parcels, cases and tickets is one bundle.

Rule 1. Everything but the dates is drawn from generators seeded by the person and the place in their list.
Rule 2. Dates hang on the legal day of `now`, so the same day gives the same rows.
Rule 3. Money adds up to the cent: the lines' shares are what was paid for the goods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from contracts.shop import InvoiceStatus, OrderStatus, ShipmentStatus, TicketKind, TicketStatus
from policy import Rules
from policy.calendar import SHANGHAI, legal_day
from shop_api.demo_data.catalogue import Help, OrderPlan, Person, Product
from shop_api.demo_data.journeys import REACHED, journey
from shop_api.demo_data.numbers import order_number, tracking_number
from shop_api.demo_data.past_cases import past_case
from shop_api.domain.deadlines import TICKET_OWNERS, ticket_deadline
from shop_api.domain.profile import SHOP_ID
from shop_api.record.tables import (
    CaseRow,
    HelpEntryRow,
    OrderLineRow,
    OrderRow,
    ProductRow,
    ShipmentRow,
    ShopperRow,
    TicketRow,
)

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
PAYMENTS = ["微信支付", "支付宝", "银行卡", "花呗"]
STREETS = ["文一路{n}号", "人民路{n}号", "学府街{n}号", "滨江大道{n}号", "春晓路{n}号"]
SHIPPED_BY = timedelta(hours=48)
STOCK = 30  # pieces of every option that is not sold out
STATUS = {
    "pending_payment": OrderStatus.PENDING_PAYMENT,
    "paid": OrderStatus.PAID,
    "late": OrderStatus.PAID,
    "signed": OrderStatus.SIGNED,
    "completed": OrderStatus.COMPLETED,
    "cancelled": OrderStatus.CANCELLED,
}


@dataclass
class Bundle:
    """Rows that are written, and on a later day replaced, together."""

    order: OrderRow
    cases: list[CaseRow] = field(default_factory=list)
    tickets: list[TicketRow] = field(default_factory=list)


@dataclass(frozen=True)
class Times:
    """When what happened to an order; None where it has not."""

    placed_at: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    last_event_at: datetime | None = None
    signed_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None


def help_rows(entries: Sequence[Help]) -> list[HelpEntryRow]:
    return [
        HelpEntryRow(shop_id=SHOP_ID, entry_id=each.id, question=each.question, words=each.words, answer=each.answer)
        for each in entries
    ]


def product_rows(products: Sequence[Product], pages: Mapping[str, Mapping[str, str]]) -> list[ProductRow]:
    return [
        ProductRow(
            shop_id=SHOP_ID,
            product_id=product.id,
            title=product.title,
            category=product.category,
            category_title=product.category_title,
            description=product.description,
            price=product.price_now or product.price,
            image_url=product.image_url,
            skus=[
                {
                    "sku_id": f"{product.id}-{n:02d}",
                    "options": chosen,
                    "stock": 0 if chosen in product.sold_out else STOCK,
                }
                for n, chosen in enumerate(skus(product), 1)
            ],
            page_lines=[{"label": label, "text": text} for label, text in pages.get(product.id, {}).items()],
        )
        for product in products
    ]


def skus(product: Product) -> list[dict[str, str]]:
    """Every combination of the options, in the order of the file."""
    combined: list[dict[str, str]] = [{}]
    for name, values in product.options.items():
        combined = [{**chosen, name: value} for chosen in combined for value in values]
    return combined


def shopper_row(person: Person) -> ShopperRow:
    return ShopperRow(
        shop_id=SHOP_ID,
        shopper_id=person.id,
        name=person.name,
        phone=person.phone,
        level=person.level.value,
        points=person.points,
        description=person.description,
    )


def bundles_of(person: Person, products: dict[str, Product], rules: Rules, now: datetime) -> list[Bundle]:
    return [_bundle(person, index, plan, products, rules, now) for index, plan in enumerate(person.orders)]


def _bundle(
    person: Person, index: int, plan: OrderPlan, products: dict[str, Product], rules: Rules, now: datetime
) -> Bundle:
    chance = Random(f"{person.id}-{index}")
    times = _times(plan, now)
    order = _order_row(person, plan, products, times, chance)
    bundle = Bundle(order)
    if plan.case:
        case = past_case(order, plan.case, person.level, rules, chance, until=_morning(now))
        bundle.cases = [case] if case else []
    bundle.tickets = _tickets(person, plan, order, chance, now)
    return bundle


def _times(plan: OrderPlan, now: datetime) -> Times:
    if plan.state in ("signed", "completed"):
        signed_at = _at(now, plan.days, time(14, 5))
        placed_at = signed_at - timedelta(days=3, hours=3)
        completed_at = signed_at + timedelta(days=10) if plan.state == "completed" else None
        return Times(
            placed_at,
            placed_at + timedelta(minutes=2),
            placed_at + timedelta(hours=9),
            signed_at,
            signed_at,
            completed_at,
        )
    placed_at = _at(now, plan.days, time(10, 12))
    paid_at = placed_at + timedelta(minutes=3)
    if plan.state == "pending_payment":
        return Times(placed_at)
    if plan.state == "cancelled":
        return Times(placed_at, cancelled_at=placed_at + timedelta(hours=1))
    if plan.state in ("paid", "late"):
        return Times(placed_at, paid_at)
    shipped_at = placed_at + timedelta(hours=8)
    return Times(placed_at, paid_at, shipped_at, max(_morning(now), shipped_at + timedelta(minutes=30)))


def _at(now: datetime, days: int, clock: time) -> datetime:
    """That time of day so many legal days ago; a day earlier where today has not come to it yet."""
    instant = datetime.combine(legal_day(now) - timedelta(days=days), clock, tzinfo=SHANGHAI).astimezone(UTC)
    return instant if instant <= now else instant - timedelta(days=1)


def _morning(now: datetime) -> datetime:
    return _at(now, 0, time(7, 50))


def _order_row(person: Person, plan: OrderPlan, products: dict[str, Product], times: Times, chance: Random) -> OrderRow:
    number = order_number(chance)
    lines = _line_rows(number, plan, products)
    goods = sum((line.paid for line in lines), ZERO)
    row = OrderRow(
        shop_id=SHOP_ID,
        order_number=number,
        shopper_id=person.id,
        status=STATUS.get(plan.state, OrderStatus.SHIPPED).value,
        placed_at=times.placed_at,
        paid_at=times.paid_at,
        ship_by=times.paid_at + SHIPPED_BY if times.paid_at else None,
        shipped_at=times.shipped_at,
        signed_at=times.signed_at,
        completed_at=times.completed_at,
        cancelled_at=times.cancelled_at,
        goods_total=goods,
        coupon=plan.coupon[0],
        coupon_title=plan.coupon[1],
        points_discount=plan.points_discount,
        freight=plan.freight,
        paid_total=goods - plan.coupon[0] - plan.points_discount + plan.freight,
        payment_method=chance.choice(PAYMENTS) if times.paid_at else "",
        freight_insurance=plan.insurance,
        note=plan.note,
        receiver_name=person.name,
        receiver_phone=person.phone,
        receiver_region=person.region,
        receiver_street=chance.choice(STREETS).format(n=chance.randint(1, 400)),
        invoice=_invoice(person, plan, times),
        lines=lines,
        shipments=_shipment_rows(number, person, plan, times, chance),
    )
    _share_discounts(lines, plan.coupon[0] + plan.points_discount)
    return row


def _line_rows(number: str, plan: OrderPlan, products: dict[str, Product]) -> list[OrderLineRow]:
    lines = [_line_row(number, "L1", products[plan.product], plan.options, plan.quantity)]
    if plan.second:
        second = products[plan.second]
        lines.append(_line_row(number, "L2", second, skus(second)[0], 1))
    if plan.gift:
        gift = products[plan.gift]
        lines.append(_line_row(number, "L9", gift, skus(gift)[0], 1, is_gift=True))
    return lines


def _line_row(
    number: str, line_id: str, product: Product, options: dict[str, str], quantity: int, *, is_gift: bool = False
) -> OrderLineRow:
    return OrderLineRow(
        shop_id=SHOP_ID,
        order_number=number,
        line_id=line_id,
        sku_id=f"{product.id}-{skus(product).index(options) + 1:02d}",
        title=product.title,
        category=product.category,
        options=options,
        image_url=product.image_url,
        unit_price=product.price,
        quantity=quantity,
        paid=ZERO if is_gift else product.price * quantity,
        is_gift=is_gift,
        return_terms=product.return_terms.value,
        warranty_months=product.warranty_months,
    )


def _share_discounts(lines: list[OrderLineRow], discount: Decimal) -> None:
    """By price, rounded down; the last line that costs something bears what is left over."""
    priced = [line for line in lines if not line.is_gift]
    goods = sum((line.paid for line in priced), ZERO)
    left = discount
    for line in priced[:-1]:
        share = (discount * line.paid / goods).quantize(CENT, rounding=ROUND_DOWN)
        line.paid -= share
        left -= share
    priced[-1].paid -= left


def _invoice(person: Person, plan: OrderPlan, times: Times) -> dict[str, Any]:
    if plan.invoice == "none" or times.paid_at is None:
        return {}
    issued_at = times.paid_at + timedelta(days=1)
    is_issued = plan.invoice == "issued" and times.signed_at is not None
    return {
        "status": (InvoiceStatus.ISSUED if is_issued else InvoiceStatus.REQUESTED).value,
        "kind": "数电普通发票",
        "title": f"{person.name[:1]}**（个人）",
        "issued_at": issued_at.isoformat() if is_issued else None,
    }


def _shipment_rows(number: str, person: Person, plan: OrderPlan, times: Times, chance: Random) -> list[ShipmentRow]:
    if times.shipped_at is None or times.last_event_at is None:
        return []
    status = REACHED[plan.state][0]
    return [
        ShipmentRow(
            shop_id=SHOP_ID,
            shipment_id=f"SH{number}",
            order_number=number,
            carrier=plan.carrier,
            tracking_number=tracking_number(plan.carrier, chance),
            status=status.value,
            events=journey(
                plan.state,
                carrier=plan.carrier,
                region=person.region,
                shipped_at=times.shipped_at,
                end=times.last_event_at,
            ),
            signed_at=times.signed_at,
            signed_by="本人" if status is ShipmentStatus.SIGNED else "",
        )
    ]


TICKET_PLANS: dict[str, tuple[TicketKind, str]] = {
    "late": (TicketKind.URGE_SHIPPING, "顾客催发货"),
    "exception": (TicketKind.LOGISTICS, "包裹派送异常，请联系快递"),
}


def _tickets(person: Person, plan: OrderPlan, order: OrderRow, chance: Random, now: datetime) -> list[TicketRow]:
    """Some of the background shoppers have already written; those one can sign in as have not."""
    if person.description or plan.state not in TICKET_PLANS or chance.random() < 0.5:
        return []
    kind, subject = TICKET_PLANS[plan.state]
    created_at = _morning(now)
    return [
        TicketRow(
            shop_id=SHOP_ID,
            ticket_id=f"TK88{chance.randrange(10**10):010d}",
            owner_key=f"shopper:{person.id}",
            kind=kind.value,
            status=TicketStatus.IN_PROGRESS.value,
            subject=subject,
            description="",
            order_number=order.order_number,
            owner=TICKET_OWNERS[kind],
            deadline_at=ticket_deadline(kind, created_at),
            created_at=created_at,
        )
    ]
