"""Gifts: the shop answers for them as for goods; they go back with the goods or are deducted as marked."""

from contracts.shop import CaseReason, OrderStatus
from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_never_bought
from policy.facts import GiftConcern, GiftFacts, ReturnFacts
from policy.parameters import GiftParameters
from policy.refunds import cents
from policy.returns import decide_return
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict

AS_RETURN = {GiftConcern.FAULTY: CaseReason.QUALITY, GiftConcern.ALONE: CaseReason.NO_REASON}
UNDER_WAY = frozenset({OrderStatus.PAID, OrderStatus.SHIPPED})


def decide_gift(rules: Rules, facts: GiftFacts) -> Verdict:
    """The verdict on a gift. A faulty one, or one sent back alone, is decided where returns are."""
    early = judge_never_bought(rules, facts)
    if early:
        return early
    rule = rules.gift.in_force(facts.order.placed_at)
    if not facts.line.is_gift:
        return refuse(rule, facts, "not_a_gift", "return")
    if facts.concern in AS_RETURN:
        reason = AS_RETURN[facts.concern]
        return decide_return(rules, ReturnFacts(order=facts.order, line_id=facts.line_id, reason=reason, now=facts.now))
    if facts.concern is GiftConcern.KEPT:
        return _judge_kept(rule, facts)
    if facts.order.status in UNDER_WAY:
        return refuse(rule, facts, "not_arrived", "track")
    return ask_person(rule, facts, "missing", "resend")


def _judge_kept(rule: Rule[GiftParameters], facts: GiftFacts) -> Verdict:
    """Only a price that stood on the page when the order was placed may be deducted."""
    marked = facts.line.unit_price * facts.line.quantity
    amount = cents(marked * rule.parameters.marked_price_percent / 100)
    sentence = "deducted" if amount > 0 else "nothing_marked"
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        sentence,
        ways=("return",),
        words={"amount": str(amount)},
        found={"赠品标明价格": f"{marked:.2f}元"},
    )
