"""The shop's own look at a wish: its rows as facts, the policy engine's verdict on them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from contracts.shop import CaseStatus, CaseType, MemberLevel, NewCase, Order
from contracts.verdict import Decision, Verdict
from policy import (
    PolicyError,
    RepairFacts,
    ReturnFacts,
    Rules,
    decide_exchange,
    decide_refund_only,
    decide_repair,
    decide_return,
    refund_after_review,
)
from shop_api.errors import CaseInvalid
from shop_api.record.tables import CaseRow

MONEY_TYPES = frozenset({CaseType.REFUND_ONLY, CaseType.RETURN_REFUND})
NEVER_PAID = frozenset({CaseStatus.CANCELLED, CaseStatus.TIMED_OUT, CaseStatus.REJECTED})
DECIDE = {
    CaseType.RETURN_REFUND: decide_return,
    CaseType.REFUND_ONLY: decide_refund_only,
    CaseType.EXCHANGE: decide_exchange,
    CaseType.RESEND: decide_exchange,
}


def judge(
    rules: Rules, wish: NewCase, order: Order, earlier: Sequence[CaseRow], *, level: MemberLevel, now: datetime
) -> Verdict:
    """The verdict on the shop's facts; what the caller's verdict said is not even looked at."""
    try:
        if wish.type is CaseType.REPAIR:
            facts = RepairFacts(order=order, line_id=wish.line_id, symptom=wish.description, now=now)
            return decide_repair(rules, facts)
        verdict = DECIDE[wish.type](rules, _return_facts(wish, order, earlier, level, now))
    except PolicyError as error:
        if error.status_code >= 500:
            raise
        raise CaseInvalid from error
    if wish.type is CaseType.RESEND and verdict.decision is Decision.ALLOWED:
        return verdict.model_copy(update={"decision": Decision.NEEDS_PERSON})  # goods leave again: a person looks
    return verdict


def reviewed_refund(
    wish: NewCase, order: Order, earlier: Sequence[CaseRow], *, level: MemberLevel, now: datetime
) -> Decimal:
    """What goes back once a person has approved what the rules left open."""
    lines = refund_after_review(_return_facts(wish, order, earlier, level, now))
    return sum((line.amount for line in lines), Decimal("0.00"))


def _return_facts(
    wish: NewCase, order: Order, earlier: Sequence[CaseRow], level: MemberLevel, now: datetime
) -> ReturnFacts:
    paid_back = [
        case for case in earlier if CaseType(case.type) in MONEY_TYPES and CaseStatus(case.status) not in NEVER_PAID
    ]
    return ReturnFacts(
        order=order,
        line_id=wish.line_id,
        reason=wish.reason,
        quantity=wish.quantity,
        now=now,
        member_level=level,
        quantity_before=sum(case.quantity for case in paid_back if case.line_id == wish.line_id),
        refunded_before=sum((case.refund_amount or Decimal(0) for case in paid_back), Decimal("0.00")),
    )
