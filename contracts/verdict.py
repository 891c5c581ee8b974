"""A decision of the policy engine, as it travels: to the shopper's card, the case and the agent's package."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from contracts.wire import WireModel


class Decision(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"


class FreightPayer(StrEnum):
    SHOPPER = "shopper"
    SHOP = "shop"


class Fact(WireModel):
    """One fact the decision rests on, ready to be read by a person: `签收日期` = `2026-11-18`."""

    name: str
    value: str


class RefundLine(WireModel):
    """One line of the money: `label` in Chinese, `amount` in yuan with two decimals, negative for a deduction."""

    label: str
    amount: Decimal


class Verdict(WireModel):
    """What was decided, by which rule, on which facts.

    rule_id, rule_version, source: the rule as it stands in `policy/rules/`, its source cited by article;
    last_day: the last legal day (Asia/Shanghai) on which the shopper may act, None where no window applies;
    explanation: one or two Chinese sentences a shopper understands.
    """

    decision: Decision
    rule_id: str
    rule_version: str
    source: str
    explanation: str
    facts: list[Fact] = []
    last_day: date | None = None
    freight_payer: FreightPayer | None = None
    refund_lines: list[RefundLine] = []
    refund_total: Decimal | None = None
    alternatives: list[str] = []
