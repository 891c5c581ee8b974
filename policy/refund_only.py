"""Money back without goods back: plain before shipping, a person's decision afterwards."""

from contracts.shop import CaseReason, OrderStatus
from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_before_signing
from policy.facts import NO_REASON_CLASS, ReturnFacts
from policy.late_shipping import ship_by
from policy.parameters import RefundOnlyParameters
from policy.refunds import refund_lines
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict


def decide_refund_only(rules: Rules, facts: ReturnFacts) -> Verdict:
    """The verdict on a refund without sending anything back. After shipping the engine never promises one."""
    rule = rules.refund_only.in_force(facts.order.placed_at)
    if facts.order.status is OrderStatus.PAID:
        return _refund_unshipped(rules, rule, facts)
    if facts.order.status is OrderStatus.SHIPPED:
        return ask_person(rule, facts, "in_transit")
    early = judge_before_signing(rules, facts)
    if early:
        return early
    if facts.reason is CaseReason.NOT_RECEIVED:
        return ask_person(rule, facts, "not_received")
    if facts.reason in NO_REASON_CLASS:
        return refuse(rule, facts, "send_back", "return")
    return ask_person(rule, facts, "fault", "return", "exchange")


def _refund_unshipped(rules: Rules, rule: Rule[RefundOnlyParameters], facts: ReturnFacts) -> Verdict:
    is_late = facts.now > ship_by(rules.late_shipping.in_force(facts.order.placed_at).parameters, facts.order)
    made_to_order = rule.parameters.made_to_order.get(facts.line.category)
    if made_to_order and not is_late:
        return ask_person(rule, facts, "made_to_order", words={"what": made_to_order})
    sentence = "late" if is_late else "not_shipped"
    lines = refund_lines(facts, with_freight=True)  # nothing was carried, so no freight is kept
    return verdict(rule, facts, Decision.ALLOWED, sentence, refund_lines=lines)
