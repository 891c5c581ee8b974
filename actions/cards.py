"""Facts of the shop as cards and as short Chinese phrases. Pure."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from actions.wording import CASE_TYPES, ORDER_STATUSES, REASONS, SHIPMENT_STATUSES, SUMMARY_ROWS
from contracts.bot_output import OrderSummary, SummaryCard
from contracts.shop import Case, CaseReason, CaseType, Order, OrderLine, OrderStatus, Shipment

SHOP_TIME = ZoneInfo("Asia/Shanghai")
LATEST_EVENTS = 4  # a card in a chat; the rest is one tap away in the store


def moment(at: datetime) -> str:
    """ "11月20日 14:05", Shanghai time."""
    local = at.astimezone(SHOP_TIME)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def yuan(amount: Decimal) -> str:
    return f"{amount:.2f}元"


def options_text(line: OrderLine) -> str:
    return " ".join(line.options.values())


def goods_text(line: OrderLine) -> str:
    options = options_text(line)
    return f"{line.title}（{options}）" if options else line.title


def goods_of_case(case: Case) -> str:
    """ "跑鞋 换货": what tells a shopper's cases apart."""
    return f"{case.title} {CASE_TYPES[case.type.value]}"


def order_summary(order: Order) -> OrderSummary:
    first = order.lines[0]
    return OrderSummary(
        order_number=order.order_number,
        title=first.title,
        options=options_text(first),
        image_url=first.image_url,
        status_text=status_text(order),
        paid_total=order.paid_total,
        placed_at=order.placed_at,
        item_count=sum(line.quantity for line in order.lines),
    )


def status_text(order: Order) -> str:
    """What left the shop is where its parcel is: an order and its parcel never say two things."""
    if order.status is OrderStatus.SHIPPED and order.shipments:
        return shipment_text(order.shipments[0])
    return ORDER_STATUSES[order.status.value]


def shipment_text(shipment: Shipment) -> str:
    return SHIPMENT_STATUSES[shipment.status.value]


def with_latest_events(shipment: Shipment) -> Shipment:
    return shipment.model_copy(update={"events": shipment.events[:LATEST_EVENTS]})


def wish_summary(
    case_type: CaseType, order: Order, line: OrderLine, *, quantity: int, reason: CaseReason, wanted: str = ""
) -> SummaryCard:
    rows = {
        "type": CASE_TYPES[case_type.value],
        "goods": goods_text(line),
        "quantity": str(quantity),
        "reason": REASONS[reason.value],
        "wanted": wanted if case_type is CaseType.EXCHANGE else "",
        "order_number": order.order_number,
    }
    shown = [(SUMMARY_ROWS[name], value) for name, value in rows.items() if value]
    return SummaryCard(title=CASE_TYPES[case_type.value], rows=shown)
