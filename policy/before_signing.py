"""What is said of an order whose goods have not been signed for: nothing to send back yet, but other ways are open."""

from contracts.shop import OrderStatus
from contracts.verdict import Verdict
from policy.facts import Facts
from policy.rules import Rules
from policy.verdicts import ask_person, refuse

BEFORE_SIGNING = {
    OrderStatus.PENDING_PAYMENT: ("not_paid", ("cancel",)),
    OrderStatus.CANCELLED: ("cancelled", ("reorder",)),
    OrderStatus.PAID: ("not_shipped", ("refund_only",)),
    OrderStatus.SHIPPED: ("in_transit", ("intercept", "return_later")),
}
NEVER_BOUGHT = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED})


def judge_before_signing(rules: Rules, facts: Facts) -> Verdict | None:
    """The verdict on an order without signed goods, None where they were signed for and the real rule decides."""
    rule = rules.before_signing.in_force(facts.order.placed_at)
    if facts.order.status in BEFORE_SIGNING:
        sentence, ways = BEFORE_SIGNING[facts.order.status]
        return refuse(rule, facts, sentence, *ways)
    if facts.order.signed_at is None:
        return ask_person(rule, facts, "signing_unknown")
    return None


def judge_never_bought(rules: Rules, facts: Facts) -> Verdict | None:
    """The verdict on an order that was not paid or was cancelled, None for any other."""
    return judge_before_signing(rules, facts) if facts.order.status in NEVER_BOUGHT else None


def decide_cancel(rules: Rules, facts: Facts) -> Verdict:
    """What may still be done with an order as a whole: cancel, refund, intercept, refuse the parcel, or return it."""
    return judge_before_signing(rules, facts) or refuse(
        rules.before_signing.in_force(facts.order.placed_at), facts, "signed", "return"
    )
