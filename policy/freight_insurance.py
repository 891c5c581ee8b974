"""What the return freight insurance pays, and until when it can be claimed. The insurer's money, not the shop's."""

from datetime import datetime

from contracts.verdict import Decision, Verdict
from policy.calendar import hours_since, last_day_of_window, legal_day
from policy.facts import SHOP_FAULTS, InsuranceFacts
from policy.parameters import FreightInsuranceParameters
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict
from policy.wording import CASE_TYPES


def decide_freight_insurance(rules: Rules, facts: InsuranceFacts) -> Verdict:
    """ALLOWED where the insurance covers this return; what it pays is a band, never a promise of the shop."""
    rule = rules.freight_insurance.in_force(facts.order.placed_at)
    if facts.reason in SHOP_FAULTS:
        return refuse(rule, facts, "shop_pays", "return")
    if not facts.order.freight_insurance:
        return refuse(rule, facts, "not_insured")
    if facts.case_type not in rule.parameters.covered_types:
        return refuse(rule, facts, "not_covered", words={"what": CASE_TYPES[facts.case_type]})
    if facts.confirmed_at is None:
        return verdict(rule, facts, Decision.ALLOWED, "after_return", found=_band(rule))
    return _judge_claim(rule, facts, facts.confirmed_at)


def _judge_claim(rule: Rule[FreightInsuranceParameters], facts: InsuranceFacts, confirmed_at: datetime) -> Verdict:
    last_day = last_day_of_window(confirmed_at, rule.parameters.claim_days)
    if legal_day(facts.now) > last_day:
        return ask_person(rule, facts, "too_late", last_day=last_day)
    is_overdue = hours_since(confirmed_at, facts.now) >= rule.parameters.payout_hours
    sentence, ways = ("overdue", ("person",)) if is_overdue else ("claim", ())
    return verdict(rule, facts, Decision.ALLOWED, sentence, ways=ways, last_day=last_day, found=_band(rule))


def _band(rule: Rule[FreightInsuranceParameters]) -> dict[str, str]:
    return {"赔付区间": f"{rule.parameters.band_least}至{rule.parameters.band_most}元"}
