"""A card in words, for channels that show nothing but text."""

from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.bot_output import (
    Card,
    CaseCard,
    FormCard,
    LogisticsCard,
    OrderCard,
    SummaryCard,
    TicketCard,
    VerdictCard,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATEST_EVENTS = 3


def in_words(card: Card) -> str:
    """Several lines, the most important first."""
    match card:
        case OrderCard():
            return _lines(_order(card))
        case LogisticsCard():
            return _lines(_logistics(card))
        case VerdictCard():
            return _lines(_verdict(card))
        case CaseCard():
            return _lines(_case(card))
        case TicketCard():
            return _lines(_ticket(card))
        case SummaryCard():
            return _lines([f"【{card.title}】", *(f"{label}：{value}" for label, value in card.rows)])
        case FormCard():
            return f"请回复：{'、'.join(field.label for field in card.fields)}"


def _lines(parts: list[str]) -> str:
    return "\n".join(part for part in parts if part)


def _at(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def _order(card: OrderCard) -> list[str]:
    order = card.order
    more = f" 等 {order.item_count} 件" if order.item_count > 1 else ""
    return [
        f"【订单】{order.title}{more}",
        order.options,
        f"{order.status_text}，实付 {order.paid_total} 元",
        f"订单号 {order.order_number}",
    ]


def _logistics(card: LogisticsCard) -> list[str]:
    shipment = card.shipment
    steps = [f"{_at(event.at)} {event.text}" for event in shipment.events[:LATEST_EVENTS]]
    return [f"【物流】{shipment.carrier_name} {shipment.tracking_number}", *steps]


def _verdict(card: VerdictCard) -> list[str]:
    verdict = card.verdict
    last_day = f"最晚 {verdict.last_day:%m-%d} 前办理" if verdict.last_day else ""
    money = [f"{line.label} {line.amount} 元" for line in verdict.refund_lines]
    total = f"共退 {verdict.refund_total} 元" if verdict.refund_total is not None else ""
    return [f"【{card.title}】", verdict.explanation, last_day, *money, total]


def _case(card: CaseCard) -> list[str]:
    case = card.case
    money = f"退款 {case.refund_amount} 元" if case.refund_amount is not None else ""
    deadline = f"{_at(case.deadline_at)} 前" if case.deadline_at else ""
    address = f"退货地址：{case.return_address}" if case.return_address else ""
    return [f"【售后单】{case.title}", f"单号 {case.case_id}", money, case.next_step, deadline, address]


def _ticket(card: TicketCard) -> list[str]:
    ticket = card.ticket
    return [f"【工单】{ticket.subject}", f"编号 {ticket.ticket_id}，{_at(ticket.deadline_at)} 前给您答复"]
