"""Is the repair free? The warranty runs from signing; what sounds like an accident or a danger goes to a person."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_before_signing
from policy.calendar import last_day_of_months, last_day_of_window, legal_day
from policy.facts import RepairFacts
from policy.parameters import RepairParameters
from policy.rules import Rule, Rules
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
    last_day = _last_day_of_warranty(rule.parameters, facts, signed_at)
    if last_day is None:
        return refuse(rule, facts, "no_warranty", *_other_ways(rule, facts, signed_at))
    if legal_day(facts.now) > last_day:
        return refuse(rule, facts, "past_warranty", "paid_repair", last_day=last_day)
    if _mentions(facts.symptom, rule.parameters.misuse_words, rule.parameters.negations):
        return ask_person(rule, facts, "misuse", "paid_repair", last_day=last_day)
    due = _exchange_due(rule.parameters, facts)
    if due:
        return ask_person(rule, facts, due, last_day=last_day)
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        "allowed",
        ways=_other_ways(rule, facts, signed_at),
        last_day=last_day,
        freight_payer=rule.parameters.freight_payer,
    )


def _last_day_of_warranty(parameters: RepairParameters, facts: RepairFacts, signed_at: datetime) -> date | None:
    """Days in repair do not count, and an exchange begins the period anew. None where nothing is granted."""
    category = facts.line.category
    months = max(facts.line.warranty_months, parameters.warranty_months.get(category, 0))
    if facts.is_main_part:
        months = max(months, parameters.main_part_months.get(category, 0))
    if not months:
        return None
    begin = max(signed_at, facts.replaced_at or signed_at)
    return last_day_of_months(begin, months) + timedelta(days=facts.past_repair_days)


def _exchange_due(parameters: RepairParameters, facts: RepairFacts) -> str | None:
    """The sentence for a repair that has failed too often or takes too long, None for any other."""
    if facts.failed_repairs >= parameters.failed_repairs:
        return "exchange_due"
    is_slow = facts.repair_days > parameters.repair_days or facts.parts_days > parameters.parts_days
    return "slow_due" if is_slow else None


def _other_ways(rule: Rule[RepairParameters], facts: RepairFacts, signed_at: datetime) -> list[str]:
    """What else the law leaves open for a performance fault: return in the first days, exchange a little longer."""
    today = legal_day(facts.now)
    windows = {"return": rule.parameters.return_days, "exchange": rule.parameters.exchange_days}
    return [way for way, days in windows.items() if today <= last_day_of_window(signed_at, days)]


def _mentions(symptom: str, words: Iterable[str], negations: Iterable[str]) -> bool:
    """Does the symptom name one of `words`, other than to deny it (没摔过)?"""
    denial = f"(?:{'|'.join(map(re.escape, negations))})"
    return any(word in re.sub(f"{denial}{re.escape(word)}", "", symptom) for word in words)
