"""The shop's own look at a wish: its rows as facts, the policy engine's verdict on them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from contracts.shop import Case, CaseType, MemberLevel, NewCase, Order, OrderStatus
from contracts.verdict import Decision, RefundLine, Verdict
from policy import (
    PAYS_BACK,
    Facts,
    PolicyError,
    PriceFacts,
    RepairFacts,
    ReturnFacts,
    Rules,
    decide_cancel,
    decide_exchange,
    decide_price_protection,
    decide_refund_only,
    decide_repair,
    decide_return,
    earlier,
    refund_after_review,
)
from shop_api.errors import CaseInvalid

FOLLOWS_CHECK = frozenset({CaseType.RESEND, CaseType.INTERCEPT})  # goods leave or come back: somebody looks first


@dataclass(frozen=True)
class Matter:
    """A wish with what the shop knows about it. `before` are the order's other cases, whatever their status."""

    wish: NewCase
    order: Order
    before: Sequence[Case]
    level: MemberLevel
    now: datetime

    def return_facts(self) -> ReturnFacts:
        return ReturnFacts(
            order=self.order,
            line_id=self.wish.line_id,
            reason=self.wish.reason,
            quantity=self.wish.quantity,
            now=self.now,
            member_level=self.level,
            **asdict(earlier(self.before, self.wish.line_id)),
        )

    def price_facts(self) -> PriceFacts:
        return PriceFacts(
            order=self.order, line_id=self.wish.line_id, now=self.now, **asdict(earlier(self.before, self.wish.line_id))
        )

    def repair_facts(self) -> RepairFacts:
        return RepairFacts(order=self.order, line_id=self.wish.line_id, symptom=self.wish.description, now=self.now)


DECIDE: dict[CaseType, Callable[[Rules, Matter], Verdict]] = {
    CaseType.RETURN_REFUND: lambda rules, matter: decide_return(rules, matter.return_facts()),
    CaseType.REFUND_ONLY: lambda rules, matter: decide_refund_only(rules, matter.return_facts()),
    CaseType.INTERCEPT: lambda rules, matter: _judge_intercept(rules, matter),
    CaseType.EXCHANGE: lambda rules, matter: decide_exchange(rules, matter.return_facts()),
    CaseType.RESEND: lambda rules, matter: decide_exchange(rules, matter.return_facts()),
    CaseType.REPAIR: lambda rules, matter: decide_repair(rules, matter.repair_facts()),
    CaseType.PRICE_PROTECTION: lambda rules, matter: decide_price_protection(rules, matter.price_facts()),
}


def _judge_intercept(rules: Rules, matter: Matter) -> Verdict:
    """Only what is under way can be called back."""
    if matter.order.status is OrderStatus.SHIPPED:
        return decide_refund_only(rules, matter.return_facts())
    return decide_cancel(rules, Facts(order=matter.order, now=matter.now))


def judge(rules: Rules, matter: Matter) -> Verdict:
    """The verdict on the shop's facts; what the caller's verdict said is not even looked at."""
    try:
        verdict = DECIDE[matter.wish.type](rules, matter)
    except PolicyError as error:
        if error.status_code >= 500:
            raise
        raise CaseInvalid from error
    if matter.wish.type in FOLLOWS_CHECK and verdict.decision is Decision.ALLOWED:
        return verdict.model_copy(update={"decision": Decision.NEEDS_PERSON})
    return verdict


def reviewed_refund(matter: Matter) -> list[RefundLine]:
    """What goes back, line by line, once a person has approved what the rules left open."""
    return refund_after_review(matter.return_facts())


def is_settled_by_review(case_type: CaseType) -> bool:
    """Does the approval of a person bring the amount? A price difference is the rule's alone."""
    return case_type in PAYS_BACK - {CaseType.PRICE_PROTECTION}


def wish_of(case: Case) -> NewCase:
    """The wish a case was opened for."""
    return NewCase(
        type=case.type,
        order_number=case.order_number,
        line_id=case.line_id,
        quantity=case.quantity,
        reason=case.reason,
        description=case.description,
    )
