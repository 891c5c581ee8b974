"""It got cheaper: is the difference paid, and how much of it? A promise of the shop, kept to the cent."""

from datetime import date
from decimal import Decimal

from contracts.verdict import Decision, RefundLine, Verdict
from policy.before_signing import judge_never_bought
from policy.calendar import last_day_of_window, legal_day
from policy.facts import PriceFacts
from policy.parameters import PriceProtectionParameters
from policy.refunds import ZERO, cents, left_to_refund, share
from policy.rules import Rule, Rules
from policy.verdicts import refuse, verdict


def decide_price_protection(rules: Rules, facts: PriceFacts) -> Verdict:
    """ALLOWED with the difference as its refund line; the same option only, and only kinds of price that count."""
    early = judge_never_bought(rules, facts)
    if early:
        return early
    rule = rules.price_protection.in_force(facts.order.placed_at)
    if not rule.parameters.window_days:
        return refuse(rule, facts, "not_promised", "return")
    last_day = last_day_of_window(facts.order.paid_at or facts.order.placed_at, rule.parameters.window_days)
    if legal_day(facts.now) > last_day:
        return refuse(rule, facts, "too_late", last_day=last_day)
    return _judge_goods(rule, facts) or _judge_price(rule, facts) or _judge_difference(rule, facts, last_day)


def _judge_goods(rule: Rule[PriceProtectionParameters], facts: PriceFacts) -> Verdict | None:
    excluded = rule.parameters.excluded_classes.get(facts.line.category)
    if facts.line.is_gift:
        return refuse(rule, facts, "gift")
    if excluded:
        return refuse(rule, facts, "excluded_class", words={"what": excluded})
    return None if facts.kept > 0 else refuse(rule, facts, "returned")


def _judge_price(rule: Rule[PriceProtectionParameters], facts: PriceFacts) -> Verdict | None:
    excluded = rule.parameters.excluded_prices.get(facts.price_kind)
    if facts.current_price is None:
        return refuse(rule, facts, "no_drop")
    if facts.sku_now not in ("", facts.line.sku_id):
        return refuse(rule, facts, "other_sku")
    return refuse(rule, facts, "excluded_price", words={"what": excluded}) if excluded else None


def _judge_difference(rule: Rule[PriceProtectionParameters], facts: PriceFacts, last_day: date) -> Verdict:
    amount = price_difference(facts)
    if amount <= 0:
        return refuse(rule, facts, "not_below_paid", last_day=last_day)
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        "allowed",
        ways=("person",),
        last_day=last_day,
        refund_lines=[RefundLine(label="价保差额", amount=amount)],
        words={"amount": str(amount)},
    )


def price_difference(facts: PriceFacts) -> Decimal:
    """What was paid for the pieces still kept, less what they cost today and what was already made good."""
    line, price = facts.line, facts.current_price
    if price is None:
        return ZERO
    paid = share(line.paid, facts.kept, line.quantity)
    difference = cents(paid - max(price, ZERO) * facts.kept - facts.protected_before)
    return max(ZERO, min(difference, left_to_refund(facts.order, facts.refunded_before)))
