"""What earlier cases of an order already took: pieces, money, and price differences that were made good."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from contracts.shop import Case, CaseStatus, CaseType
from policy.refunds import PROTECTED_LABEL, ZERO

PAYS_BACK = frozenset({CaseType.REFUND_ONLY, CaseType.RETURN_REFUND, CaseType.INTERCEPT, CaseType.PRICE_PROTECTION})
TAKES_GOODS = PAYS_BACK - {CaseType.PRICE_PROTECTION}
WITHOUT_EFFECT = frozenset({CaseStatus.REJECTED, CaseStatus.CANCELLED, CaseStatus.TIMED_OUT})


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The fields of `ReturnFacts` and `PriceFacts` with the same names."""

    quantity_before: int
    refunded_before: Decimal
    protected_before: Decimal


def earlier(cases: Iterable[Case], line_id: str) -> Earlier:
    """`cases` are all of one order; those without effect do not count, those under way count as done."""
    counted = [case for case in cases if case.type in PAYS_BACK and case.status not in WITHOUT_EFFECT]
    mine = [case for case in counted if case.line_id == line_id]
    made_good = sum((case.refund_amount or ZERO for case in mine if case.type is CaseType.PRICE_PROTECTION), ZERO)
    return Earlier(
        quantity_before=sum(case.quantity for case in mine if case.type in TAKES_GOODS),
        refunded_before=sum((case.refund_amount or ZERO for case in counted), ZERO),
        protected_before=made_good + sum((_taken_off(case) for case in mine), ZERO),
    )


def _taken_off(case: Case) -> Decimal:
    """What a return has already deducted of the price difference; below zero."""
    lines = case.verdict.refund_lines if case.verdict else []
    return sum((line.amount for line in lines if line.label == PROTECTED_LABEL), ZERO)
