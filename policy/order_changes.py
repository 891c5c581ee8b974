"""What may still be undone or changed about an order itself: a cancellation taken back, another number of pieces."""

from datetime import timedelta

from contracts.shop import OrderStatus
from contracts.verdict import Decision, Verdict
from policy.calendar import instant_in_chinese, legal_day
from policy.facts import QuantityFacts, RestoreFacts
from policy.parameters import OrderChangeParameters
from policy.refunds import ZERO, cents
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict


def decide_restore(rules: Rules, facts: RestoreFacts) -> Verdict:
    """The verdict on taking a cancellation back. Money that is on its way back is never called back."""
    rule, order = rules.order_change.in_force(facts.order.placed_at), facts.order
    if order.status is not OrderStatus.CANCELLED:
        return refuse(rule, facts, "not_cancelled")
    if facts.is_paid_back or order.paid_at is not None:
        return refuse(rule, facts, "money_back", "reorder")
    if order.cancelled_at is None:
        return ask_person(rule, facts, "restore_unknown", "reorder")
    if facts.now - order.cancelled_at > timedelta(hours=rule.parameters.restore_hours):
        when = instant_in_chinese(order.cancelled_at, seen_from=legal_day(facts.now))
        return refuse(rule, facts, "restore_too_late", "reorder", words={"until": when})
    return verdict(rule, facts, Decision.ALLOWED, "restorable")


def decide_quantity(rules: Rules, facts: QuantityFacts) -> Verdict:
    """The verdict on another number of pieces of one line."""
    rule, order = rules.order_change.in_force(facts.order.placed_at), facts.order
    if facts.wanted == facts.line.quantity:
        return refuse(rule, facts, "quantity_same", words={"what": str(facts.wanted)})
    if order.status is OrderStatus.PAID:
        return _judge_paid(rule, facts)
    if order.status is not OrderStatus.PENDING_PAYMENT:
        return refuse(rule, facts, "quantity_over", "return")
    if facts.wanted < facts.line.quantity and order.coupon + order.points_discount > ZERO:
        return refuse(rule, facts, "quantity_coupon", "cancel")
    total = cents(order.paid_total + facts.line.unit_price * (facts.wanted - facts.line.quantity))
    return verdict(rule, facts, Decision.ALLOWED, "quantity_allowed", words={"amount": str(total)})


def _judge_paid(rule: Rule[OrderChangeParameters], facts: QuantityFacts) -> Verdict:
    if facts.is_being_refunded:
        return refuse(rule, facts, "quantity_refunding")
    if facts.wanted > facts.line.quantity:
        return refuse(rule, facts, "quantity_more", "reorder")
    return refuse(rule, facts, "quantity_fewer", "refund_only", words={"what": str(facts.line.quantity - facts.wanted)})
