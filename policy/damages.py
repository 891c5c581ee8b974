"""Claims above the price. The law's measure is told, the case is neither admitted nor denied: a person looks."""

from contracts.verdict import Verdict
from policy.facts import DamagesFacts
from policy.rules import Rules
from policy.verdicts import ask_person


def decide_damages(rules: Rules, facts: DamagesFacts) -> Verdict:
    """Always NEEDS_PERSON, with the evidence to keep and the measure the law sets."""
    rule = rules.damages.in_force(facts.order.placed_at)
    return ask_person(rule, facts, facts.ground.value, "person", "platform")
