"""Answers to questions, out of the rules that decide: in general where nothing is known, exact where goods are.

One rule text answers and one decider decides, both on the same parameters: they cannot contradict each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.verdict import Verdict
from policy.before_signing import decide_cancel
from policy.calendar import legal_day
from policy.damages import decide_damages
from policy.deposits import decide_deposit
from policy.errors import FactsDoNotFit
from policy.exchanges import decide_exchange
from policy.facts import (
    DamagesFacts,
    DepositFacts,
    Facts,
    GiftFacts,
    InsuranceFacts,
    InvoiceFacts,
    ParcelFacts,
    PriceFacts,
    RefundFacts,
    RepairFacts,
    RestoreFacts,
    ReturnFacts,
    ShippingFacts,
)
from policy.freight_insurance import decide_freight_insurance
from policy.gifts import decide_gift
from policy.invoices import decide_invoice
from policy.late_shipping import decide_late_shipping
from policy.order_changes import decide_restore
from policy.parcels import decide_parcel
from policy.price_protection import decide_price_protection
from policy.refund_only import decide_refund_only
from policy.refund_time import decide_refund_time
from policy.repairs import decide_repair
from policy.returns import decide_return
from policy.rules import Rule, Rules
from policy.topics import Topic

DECIDERS: dict[str, tuple[type[Facts], Callable[[Rules, Any], Verdict]]] = {
    "before_signing": (Facts, decide_cancel),
    "order_change": (RestoreFacts, decide_restore),
    "seven_day_return": (ReturnFacts, decide_return),
    "quality_return": (ReturnFacts, decide_return),
    "exchange": (ReturnFacts, decide_exchange),
    "refund_only": (ReturnFacts, decide_refund_only),
    "repair": (RepairFacts, decide_repair),
    "late_shipping": (ShippingFacts, decide_late_shipping),
    "price_protection": (PriceFacts, decide_price_protection),
    "freight_insurance": (InsuranceFacts, decide_freight_insurance),
    "refund_time": (RefundFacts, decide_refund_time),
    "parcel": (ParcelFacts, decide_parcel),
    "invoice": (InvoiceFacts, decide_invoice),
    "gift": (GiftFacts, decide_gift),
    "deposit": (DepositFacts, decide_deposit),
    "damages": (DamagesFacts, decide_damages),
}


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A rule that an answer rests on, as a person may look it up."""

    rule_id: str
    rule_version: str
    title: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`text` for the shopper; `verdict` is set where the answer is about goods that are known."""

    topic: str
    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict | None = None

    @property
    def rule_id(self) -> str:
        return self.citations[0].rule_id

    @property
    def source(self) -> str:
        return "；".join(dict.fromkeys(each.source for each in self.citations))


def answer_question(rules: Rules, topic: str, facts: Facts | None = None, *, now: datetime | None = None) -> Answer:
    """The answer to a topic of `topics.yml`: the verdict's own words where `facts` are known, else the rules'.

    now: the day of whose orders a general answer speaks, by default the newest versions.
    Raises UnknownTopic, and FactsDoNotFit for facts of another kind of question.
    """
    known = rules.topic(topic)
    return _answer_in_general(rules, known, now) if facts is None else _answer_by_verdict(rules, known, facts)


def _answer_in_general(rules: Rules, topic: Topic, now: datetime | None) -> Answer:
    day = legal_day(now) if now else date.max
    cited = [rules.versions_of(name).on(day) for name in topic.rules]
    return Answer(
        topic=topic.name,
        text="".join(general_answer(rule, topic.name) for rule in cited),
        citations=tuple(_cite(rule) for rule in cited),
    )


def general_answer(rule: Rule[Any], topic: str) -> str:
    """What one rule says to a topic under its own parameters."""
    text: str = rule.answers[rule.parameters.answer_key(topic)]
    return text.format(**rule.parameters.spoken())


def _answer_by_verdict(rules: Rules, topic: Topic, facts: Facts) -> Answer:
    wanted, decide = DECIDERS[topic.rules[0]]
    if not isinstance(facts, wanted):
        raise FactsDoNotFit(topic.name, wanted.__name__, type(facts).__name__)
    verdict = decide(rules, facts)
    rule = rules.versions_of(verdict.rule_id).in_force(facts.order.placed_at)
    return Answer(topic=topic.name, text=verdict.explanation, citations=(_cite(rule),), verdict=verdict)


def _cite(rule: Rule[Any]) -> Citation:
    return Citation(rule_id=rule.id, rule_version=rule.version, title=rule.title, source=rule.source)
