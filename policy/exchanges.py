"""May these goods be changed for others? By the shop's promise without a fault, by law with one."""

from datetime import date, datetime

from contracts.shop import CaseReason
from contracts.verdict import Decision, FreightPayer, Verdict
from policy.before_signing import judge_before_signing
from policy.calendar import last_day_of_window, legal_day
from policy.facts import NO_REASON_CLASS, ReturnFacts
from policy.parameters import ExchangeParameters
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict


def decide_exchange(rules: Rules, facts: ReturnFacts) -> Verdict:
    """The verdict on changing goods for the same or another option. No money moves, so no refund lines."""
    early = judge_before_signing(rules, facts)
    if early or facts.order.signed_at is None:
        return early or ask_person(rules.before_signing.in_force(facts.order.placed_at), facts, "signing_unknown")
    rule = rules.exchange.in_force(facts.order.placed_at)
    if facts.reason is CaseReason.NOT_RECEIVED:
        return ask_person(rule, facts, "not_received")
    if facts.reason is CaseReason.OTHER:
        return ask_person(rule, facts, "unclear")
    if facts.reason in NO_REASON_CLASS:
        return _exchange_without_fault(rule, facts, facts.order.signed_at)
    return _exchange_fault(rule, facts, facts.order.signed_at)


def _exchange_without_fault(rule: Rule[ExchangeParameters], facts: ReturnFacts, signed_at: datetime) -> Verdict:
    last_day = last_day_of_window(signed_at, rule.parameters.no_reason_days)
    if facts.line.category in rule.parameters.made_for_one:
        what = {"what": rule.parameters.made_for_one[facts.line.category]}
        return refuse(rule, facts, "excluded", "quality", words=what)
    if legal_day(facts.now) > last_day:
        return refuse(rule, facts, "too_late", "quality", last_day=last_day)
    if facts.is_intact is False:
        return ask_person(rule, facts, "not_intact", last_day=last_day)
    return _allow(rule, facts, "allowed", last_day, FreightPayer.SHOPPER)


def _exchange_fault(rule: Rule[ExchangeParameters], facts: ReturnFacts, signed_at: datetime) -> Verdict:
    last_day = last_day_of_window(signed_at, rule.parameters.fault_days)
    if legal_day(facts.now) <= last_day:
        return _allow(rule, facts, "allowed_fault", last_day, rule.parameters.fault_freight_payer)
    if facts.reason is CaseReason.QUALITY and facts.line.warranty_months:
        return refuse(rule, facts, "too_late_fault", "repair", last_day=last_day)
    return ask_person(rule, facts, "past_all", last_day=last_day)


def _allow(
    rule: Rule[ExchangeParameters], facts: ReturnFacts, sentence: str, last_day: date, payer: FreightPayer
) -> Verdict:
    return verdict(rule, facts, Decision.ALLOWED, sentence, ways=("return",), last_day=last_day, freight_payer=payer)
