"""Asks the policy engine about a draft: which question fits the service, and what earlier cases already took. Pure."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from contracts.shop import Case, CaseReason, CaseStatus, CaseType, MemberLevel, Order, OrderLine, OrderStatus
from contracts.verdict import Verdict
from policy import (
    RepairFacts,
    ReturnFacts,
    Rules,
    decide_exchange,
    decide_refund_only,
    decide_repair,
    decide_return,
    earlier,
)

OVER = frozenset({CaseStatus.REJECTED, CaseStatus.DONE, CaseStatus.CANCELLED, CaseStatus.TIMED_OUT})
AT_HOME = frozenset({OrderStatus.SIGNED, OrderStatus.COMPLETED})

DECIDERS: dict[CaseType, Callable[[Rules, ReturnFacts], Verdict]] = {
    CaseType.RETURN_REFUND: decide_return,
    CaseType.EXCHANGE: decide_exchange,
    CaseType.REFUND_ONLY: decide_refund_only,
}


def fits_service(case_type: CaseType, order: Order) -> bool:
    """Is this an order somebody who asks for this service may mean?"""
    if case_type in (CaseType.REPAIR, CaseType.RESEND):
        return order.status in AT_HOME
    return order.status in AT_HOME or order.status in (OrderStatus.PAID, OrderStatus.SHIPPED)


def fitting_type(case_type: CaseType, order: Order) -> CaseType:
    """Goods that have not left are refunded, not returned; goods at home are returned, not just refunded."""
    if case_type is CaseType.RETURN_REFUND and order.status is OrderStatus.PAID:
        return CaseType.REFUND_ONLY
    if case_type is CaseType.REFUND_ONLY and order.status in AT_HOME:
        return CaseType.RETURN_REFUND
    return case_type


def is_open(case: Case) -> bool:
    return case.status not in OVER


def quantity_left(line: OrderLine, cases: list[Case]) -> int:
    return line.quantity - earlier(cases, line.line_id).quantity_before


def decide(
    rules: Rules,
    case_type: CaseType,
    *,
    order: Order,
    line: OrderLine,
    quantity: int,
    reason: CaseReason,
    description: str,
    level: MemberLevel,
    cases: list[Case],
    now: datetime,
) -> Verdict | None:
    """The verdict; None for a resend, which has no rule of its own and is looked at by the shop."""
    if case_type is CaseType.REPAIR:
        facts = RepairFacts(order=order, line_id=line.line_id, symptom=description, now=now)
        return decide_repair(rules, facts)
    decider = DECIDERS.get(case_type)
    if decider is None:
        return None
    wish = ReturnFacts(
        order=order,
        line_id=line.line_id,
        now=now,
        reason=reason,
        quantity=quantity,
        member_level=level,
        **asdict(earlier(cases, line.line_id)),
    )
    return decider(rules, wish)
