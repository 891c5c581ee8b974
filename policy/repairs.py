"""Is the repair free? The warranty runs from signing; what sounds like an accident or a danger goes to a person."""

import re
from collections.abc import Iterable
from datetime import datetime

from contracts.verdict import Decision, FreightPayer, Verdict
from policy.before_signing import judge_before_signing
from policy.calendar import last_day_of_months, last_day_of_window, legal_day
from policy.facts import RepairFacts
from policy.rules import RepairParameters, Rule, Rules
from policy.verdicts import ask_person, refuse, verdict


def decide_repair(rules: Rules, facts: RepairFacts) -> Verdict:
    """The verdict on a free repair. Words of danger come first: they need a person whatever the date says."""
    rule = rules.repair.in_force(facts.order.placed_at)
    if _mentions(facts.symptom, rule.parameters.danger_words, rule.parameters.negations):
        return ask_person(rule, facts, "danger")
    early = judge_before_signing(rules, facts)
    if early or facts.order.signed_at is None:
        return early or ask_person(rules.before_signing.in_force(facts.order.placed_at), facts, "signing_unknown")
    return _judge_warranty(rule, facts, facts.order.signed_at)


def _judge_warranty(rule: Rule[RepairParameters], facts: RepairFacts, signed_at: datetime) -> Verdict:
    months = max(facts.line.warranty_months, rule.parameters.warranty_months.get(facts.line.category, 0))
    if not months:
        return refuse(rule, facts, "no_warranty", *_other_ways(rule, facts, signed_at))
    last_day = last_day_of_months(signed_at, months)
    if legal_day(facts.now) > last_day:
        return refuse(rule, facts, "past_warranty", "paid_repair", last_day=last_day)
    if _mentions(facts.symptom, rule.parameters.misuse_words, rule.parameters.negations):
        return ask_person(rule, facts, "misuse", "paid_repair", last_day=last_day)
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        "allowed",
        ways=_other_ways(rule, facts, signed_at),
        last_day=last_day,
        freight_payer=FreightPayer.SHOP,
    )


def _other_ways(rule: Rule[RepairParameters], facts: RepairFacts, signed_at: datetime) -> list[str]:
    """What else the law leaves open for a performance fault: return in the first days, exchange a little longer."""
    today = legal_day(facts.now)
    windows = {"return": rule.parameters.return_days, "exchange": rule.parameters.exchange_days}
    return [way for way, days in windows.items() if today <= last_day_of_window(signed_at, days)]


def _mentions(symptom: str, words: Iterable[str], negations: Iterable[str]) -> bool:
    """Does the symptom name one of `words`, other than to deny it (没摔过)?"""
    denial = f"(?:{'|'.join(map(re.escape, negations))})"
    return any(word in re.sub(f"{denial}{re.escape(word)}", "", symptom) for word in words)
