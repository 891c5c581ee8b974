"""The shape of the rule files, and their loader.

A file holds the versions of one rule. Each version names the day from which orders placed fall under it; an order
keeps the version it was placed under for ever. A shop's promises make further versions of the same rules, and none,
written here or promised there, may be worse for the shopper than `law.yml` allows.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policy.calendar import legal_day
from policy.errors import NoRuleInForce, RuleFileInvalid, UnknownTopic
from policy.law import Law
from policy.parameters import (
    BeforeSigningParameters,
    DamagesParameters,
    DepositParameters,
    ExchangeParameters,
    FreightInsuranceParameters,
    GiftParameters,
    InvoiceParameters,
    LateShippingParameters,
    OrderChangeParameters,
    Parameters,
    ParcelParameters,
    PriceProtectionParameters,
    QualityParameters,
    RefundOnlyParameters,
    RefundTimeParameters,
    RepairParameters,
    SevenDayParameters,
)
from policy.topics import Topic, Topics

FOLDER = Path(__file__).parent
RULES_FOLDER = FOLDER / "rules"
PLACEHOLDERS = frozenset({"last_day", "freight", "what", "days", "amount", "until", "hours"})
Sentence = Annotated[str, Field(min_length=4)]


class Rule[P: Parameters](BaseModel):
    """One version of a rule. `explanations`, `alternatives` and `answers` are what the shopper reads; the last are
    said of no order in particular, by topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    version: str
    effective_from: date
    title: str
    source: Annotated[str, Field(min_length=4)]
    parameters: P
    explanations: dict[str, Sentence]
    alternatives: dict[str, str]
    answers: dict[str, Sentence]

    @model_validator(mode="after")
    def _texts_are_complete(self) -> "Rule[P]":
        own = frozenset(type(self.parameters).model_fields)
        _same_names("explanations", self.explanations, self.parameters.SENTENCES)
        _same_names("alternatives", self.alternatives, self.parameters.WAYS)
        _same_names("answers", self.answers, self.parameters.ANSWERS)
        _known_placeholders("explanations", self.explanations, PLACEHOLDERS | own)
        _known_placeholders("answers", self.answers, own)
        return self


def _same_names(field: str, texts: Iterable[str], wanted: frozenset[str]) -> None:
    missing, surplus = wanted - set(texts), set(texts) - wanted
    if missing:
        raise ValueError(f"{field}: missing {', '.join(sorted(missing))}")
    if surplus:
        raise ValueError(f"{field}: unknown {', '.join(sorted(surplus))}")


def _known_placeholders(field: str, texts: dict[str, str], known: frozenset[str]) -> None:
    for name, text in texts.items():
        unknown = {each for _, each, _, _ in Formatter().parse(text) if each} - known
        if unknown:
            raise ValueError(f"{field}.{name}: unknown placeholder {', '.join(sorted(unknown))}")


class Versions[P: Parameters](BaseModel):
    """All versions of one rule, as a file holds them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    versions: Annotated[list[Rule[P]], Field(min_length=1)]

    def in_force(self, placed_at: datetime) -> Rule[P]:
        """The version an order placed at this instant falls under."""
        return self.on(legal_day(placed_at))

    def on(self, day: date) -> Rule[P]:
        past = [rule for rule in self.versions if rule.effective_from <= day]
        if not past:
            raise NoRuleInForce(self.versions[0].id, day)
        return max(past, key=lambda rule: rule.effective_from)


class Rules(BaseModel):
    """Every rule of the shop; a field is a file of the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    before_signing: Versions[BeforeSigningParameters]
    order_change: Versions[OrderChangeParameters]
    seven_day_return: Versions[SevenDayParameters]
    quality_return: Versions[QualityParameters]
    exchange: Versions[ExchangeParameters]
    refund_only: Versions[RefundOnlyParameters]
    repair: Versions[RepairParameters]
    late_shipping: Versions[LateShippingParameters]
    price_protection: Versions[PriceProtectionParameters]
    freight_insurance: Versions[FreightInsuranceParameters]
    refund_time: Versions[RefundTimeParameters]
    parcel: Versions[ParcelParameters]
    invoice: Versions[InvoiceParameters]
    gift: Versions[GiftParameters]
    deposit: Versions[DepositParameters]
    damages: Versions[DamagesParameters]
    topics: Topics

    @classmethod
    def names(cls) -> list[str]:
        """The rules, in the order in which they are read."""
        return [name for name in cls.model_fields if name != "topics"]

    def versions_of(self, name: str) -> Versions[Any]:
        found: Versions[Any] = getattr(self, name)
        return found

    def topic(self, name: str) -> Topic:
        """The topic of this name. Raises UnknownTopic."""
        for topic in self.topics.topics:
            if topic.name == name:
                return topic
        raise UnknownTopic(name)


def read_rules(folder: Path, topics: Path) -> Rules:
    """The rule files as they stand, checked against their own shape only; `load_rules` is what callers want."""
    content = {name: read_yaml(folder / f"{name}.yml") for name in Rules.names()}
    try:
        rules = Rules.model_validate(content | {"topics": read_yaml(topics)})
    except ValidationError as error:
        first = error.errors()[0]
        file, *path = (str(part) for part in first["loc"])
        raise RuleFileInvalid(f"{file}.yml", f"{'.'.join(path) or 'file'}: {first['msg']}") from None
    for name in Rules.names():
        _check_versions(name, rules.versions_of(name))
    _check_topics(rules, topics.name)
    return rules


def read_yaml(path: Path) -> Any:
    """The content of a rule file. Raises RuleFileInvalid for one that is missing or no YAML."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleFileInvalid(path.name, "the file is missing") from None
    except yaml.YAMLError as error:
        raise RuleFileInvalid(path.name, f"not readable as YAML: {error}") from None


def check_rules(rules: Rules, law: Law) -> None:
    """Raises RuleBelowLaw for the first version of a rule file that is worse for the shopper than the law."""
    for name in Rules.names():
        for rule in rules.versions_of(name).versions:
            law.check(name, rule.parameters, file=f"{name}.yml")


def _check_versions(name: str, file: Versions[Any]) -> None:
    for index, rule in enumerate(file.versions):
        if rule.id != name:
            raise RuleFileInvalid(f"{name}.yml", f"versions.{index}.id: must be {name}, is {rule.id}")
    days = [rule.effective_from for rule in file.versions]
    if len(set(days)) < len(days):
        raise RuleFileInvalid(f"{name}.yml", "versions: two versions have the same effective_from")


def _check_topics(rules: Rules, file: str) -> None:
    """Every topic has an answer in each rule it names."""
    for topic in rules.topics.topics:
        for name in topic.rules:
            if name not in Rules.names():
                raise RuleFileInvalid(file, f"{topic.name}: there is no rule {name}")
            if topic.name not in rules.versions_of(name).versions[0].answers:
                raise RuleFileInvalid(file, f"{topic.name}: {name}.yml has no answer of this name")
