"""May these goods go back for the money? Seven days without a reason, and faults the shop answers for.

Rule 1. Quality is never judged worse than no reason at all.
Rule 2. A day more never turns a no into a yes.
Rule 3. Whatever is refused names the way to a person.
"""

from datetime import date, datetime

from contracts.shop import CaseReason, ReturnTerms
from contracts.verdict import Decision, FreightPayer, Verdict
from policy.before_signing import judge_before_signing
from policy.calendar import last_day_of_window, legal_day
from policy.facts import NO_REASON_CLASS, ReturnFacts
from policy.parameters import SevenDayParameters
from policy.refunds import refund_lines
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict

FAULT_SENTENCES = {
    CaseReason.QUALITY: "allowed",
    CaseReason.DAMAGED: "allowed_damaged",
    CaseReason.WRONG_ITEM: "allowed_wrong_item",
    CaseReason.MISSING_ITEM: "allowed_missing_item",
    CaseReason.NOT_AS_DESCRIBED: "allowed_not_as_described",
}


def decide_return(rules: Rules, facts: ReturnFacts) -> Verdict:
    """The verdict on sending goods back for a refund. Raises PolicyError where the question makes no sense."""
    early = judge_before_signing(rules, facts)
    if early or facts.order.signed_at is None:
        return early or ask_person(rules.before_signing.in_force(facts.order.placed_at), facts, "signing_unknown")
    if facts.reason in NO_REASON_CLASS:
        return _decide_without_reason(rules, facts, facts.order.signed_at)
    return _decide_fault(rules, facts, facts.order.signed_at)


def _decide_without_reason(rules: Rules, facts: ReturnFacts, signed_at: datetime) -> Verdict:
    rule = rules.seven_day_return.in_force(facts.order.placed_at)
    last_day = last_day_of_window(signed_at, rule.parameters.window_days)
    if facts.line.is_gift:
        return refuse(rule, facts, "gift", "with_goods")
    excluded = _judge_exclusion(rule, facts)
    if excluded:
        return excluded
    if legal_day(facts.now) > last_day:
        return refuse(rule, facts, "too_late", "quality", last_day=last_day)
    if facts.is_intact is False:
        return ask_person(rule, facts, "not_intact", "quality", last_day=last_day)
    return _allow_without_reason(rule, facts, last_day)


def _allow_without_reason(rule: Rule[SevenDayParameters], facts: ReturnFacts, last_day: date) -> Verdict:
    payer, freight = FreightPayer.SHOPPER, "freight_shopper"
    if rule.parameters.freight_payer is FreightPayer.SHOP:
        payer, freight = FreightPayer.SHOP, "freight_shop"
    elif facts.member_level in rule.parameters.free_freight_levels:
        payer, freight = FreightPayer.SHOP, "freight_level"
    elif facts.order.freight_insurance:
        freight = "freight_insurance"  # the insurer pays a fixed band afterwards: the shopper lays it out
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        "allowed",
        ways=("exchange",),
        last_day=last_day,
        freight_payer=payer,
        words={"freight": rule.explanations[freight]},
        refund_lines=refund_lines(facts, with_freight=False),
    )


def _judge_exclusion(rule: Rule[SevenDayParameters], facts: ReturnFacts) -> Verdict | None:
    """An exclusion holds only for a class the rule names; a shop cannot add to the law's list."""
    by_terms = {
        ReturnTerms.EXCLUDED_BY_LAW: ("excluded_by_law", rule.parameters.excluded_by_law),
        ReturnTerms.EXCLUDED_CONFIRMED: (
            "excluded_confirmed",
            rule.parameters.excluded_by_law | rule.parameters.excludable_if_confirmed,
        ),
    }
    if facts.line.return_terms not in by_terms:
        return None
    sentence, classes = by_terms[facts.line.return_terms]
    if facts.line.category not in classes:
        return None
    is_by_seal = facts.line.category in rule.parameters.unsealed_classes
    if is_by_seal and facts.is_unsealed is False:
        return None
    if is_by_seal and facts.is_unsealed is None:
        sentence = "excluded_once_unsealed"
    return refuse(rule, facts, sentence, "quality", words={"what": classes[facts.line.category]})


def _decide_fault(rules: Rules, facts: ReturnFacts, signed_at: datetime) -> Verdict:
    rule = rules.quality_return.in_force(facts.order.placed_at)
    last_day = last_day_of_window(signed_at, rule.parameters.window_days)
    if facts.reason is CaseReason.NOT_RECEIVED:
        return ask_person(rule, facts, "not_received")
    if facts.reason is CaseReason.OTHER:
        return ask_person(rule, facts, "unclear")
    if facts.line.is_gift:
        return ask_person(rule, facts, "gift", "exchange")
    if legal_day(facts.now) > last_day:
        return _fault_too_late(rules, facts, last_day)
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        FAULT_SENTENCES[facts.reason],
        ways=("exchange",),
        last_day=last_day,
        freight_payer=rule.parameters.freight_payer,
        refund_lines=refund_lines(facts, with_freight=True),
    )


def _fault_too_late(rules: Rules, facts: ReturnFacts, last_day: date) -> Verdict:
    """Quality goes on as exchange or repair; what arrived wrong, damaged or incomplete needs evidence and a person."""
    rule = rules.quality_return.in_force(facts.order.placed_at)
    if facts.reason is not CaseReason.QUALITY:
        return ask_person(rule, facts, "too_late_other", last_day=last_day)
    ways = ["exchange"] if _may_still_exchange(rules, facts) else []
    if facts.line.warranty_months or facts.line.category in _warranty_classes(rules, facts):
        ways.append("repair")
    return refuse(rule, facts, "too_late" if ways else "too_late_person", *ways, last_day=last_day)


def _may_still_exchange(rules: Rules, facts: ReturnFacts) -> bool:
    if facts.order.signed_at is None:
        return False
    days = rules.exchange.in_force(facts.order.placed_at).parameters.fault_days
    return legal_day(facts.now) <= last_day_of_window(facts.order.signed_at, days)


def _warranty_classes(rules: Rules, facts: ReturnFacts) -> dict[str, int]:
    return rules.repair.in_force(facts.order.placed_at).parameters.warranty_months
