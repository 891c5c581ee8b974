"""The shape of the rule files, and their loader.

A file holds the versions of one rule. Each version names the day from which orders placed fall under it; an order
keeps the version it was placed under for ever.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, ClassVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from contracts.shop import MemberLevel
from policy.calendar import legal_day
from policy.errors import NoRuleInForce, RuleFileInvalid

RULES_FOLDER = Path(__file__).parent / "rules"
PLACEHOLDERS = frozenset({"last_day", "exchange_day", "freight", "what", "days"})
Sentence = Annotated[str, Field(min_length=4)]
ClassNames = dict[str, str]  # product class → how a shopper calls it


class Parameters(BaseModel):
    """The numbers and classes of a rule. SENTENCES and WAYS are the texts its engine asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    SENTENCES: ClassVar[frozenset[str]] = frozenset()
    WAYS: ClassVar[frozenset[str]] = frozenset({"person"})


class BeforeSigningParameters(Parameters):
    SENTENCES = frozenset({"not_paid", "cancelled", "not_shipped", "in_transit", "signing_unknown"})
    WAYS = frozenset({"person", "cancel", "refund_only", "intercept", "return_later", "reorder"})


class SevenDayParameters(Parameters):
    """free_freight_levels: members whose return freight the shop has promised to bear."""

    SENTENCES = frozenset(
        {
            "allowed",
            "freight_shopper",
            "freight_insurance",
            "freight_level",
            "too_late",
            "excluded_by_law",
            "excluded_confirmed",
            "gift",
            "not_intact",
        }
    )
    WAYS = frozenset({"person", "quality", "exchange", "with_goods"})
    window_days: PositiveInt
    excluded_by_law: ClassNames
    excludable_if_confirmed: ClassNames
    free_freight_levels: list[MemberLevel] = []


class QualityParameters(Parameters):
    SENTENCES = frozenset(
        {
            "allowed",
            "allowed_wrong_item",
            "allowed_damaged",
            "allowed_missing_item",
            "allowed_not_as_described",
            "too_late_person",
            "too_late",
            "too_late_other",
            "gift",
            "unclear",
            "not_received",
        }
    )
    WAYS = frozenset({"person", "exchange", "repair"})
    window_days: PositiveInt


class ExchangeParameters(Parameters):
    """no_reason_days is the shop's promise, fault_days the law's; made_for_one cannot be exchanged without a fault."""

    SENTENCES = frozenset(
        {
            "allowed",
            "allowed_fault",
            "too_late",
            "too_late_fault",
            "past_all",
            "excluded",
            "not_intact",
            "unclear",
            "not_received",
        }
    )
    WAYS = frozenset({"person", "return", "repair", "quality"})
    no_reason_days: PositiveInt
    fault_days: PositiveInt
    made_for_one: ClassNames


class RefundOnlyParameters(Parameters):
    SENTENCES = frozenset({"not_shipped", "late", "made_to_order", "in_transit", "fault", "not_received", "send_back"})
    WAYS = frozenset({"person", "return", "exchange"})
    made_to_order: ClassNames


class RepairParameters(Parameters):
    """warranty_months: the least the law or the shop grants by product class; a longer promise of the line wins."""

    SENTENCES = frozenset({"allowed", "past_warranty", "no_warranty", "misuse", "danger"})
    WAYS = frozenset({"person", "return", "exchange", "paid_repair"})
    warranty_months: dict[str, PositiveInt]
    return_days: PositiveInt
    exchange_days: PositiveInt
    misuse_words: list[str]
    danger_words: list[str]
    negations: list[str]


class Rule[P: Parameters](BaseModel):
    """One version of a rule. `explanations` and `alternatives` are what the shopper reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    version: str
    effective_from: date
    title: str
    source: Annotated[str, Field(min_length=4)]
    parameters: P
    explanations: dict[str, Sentence]
    alternatives: dict[str, str]

    @model_validator(mode="after")
    def _texts_are_complete(self) -> "Rule[P]":
        _same_names("explanations", self.explanations, self.parameters.SENTENCES)
        _same_names("alternatives", self.alternatives, self.parameters.WAYS)
        for name, text in self.explanations.items():
            unknown = {field for _, field, _, _ in Formatter().parse(text) if field} - PLACEHOLDERS
            if unknown:
                raise ValueError(f"explanations.{name}: unknown placeholder {', '.join(sorted(unknown))}")
        return self


def _same_names(field: str, texts: Iterable[str], wanted: frozenset[str]) -> None:
    missing, surplus = wanted - set(texts), set(texts) - wanted
    if missing:
        raise ValueError(f"{field}: missing {', '.join(sorted(missing))}")
    if surplus:
        raise ValueError(f"{field}: unknown {', '.join(sorted(surplus))}")


class Versions[P: Parameters](BaseModel):
    """All versions of one rule, as a file holds them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    versions: Annotated[list[Rule[P]], Field(min_length=1)]

    def in_force(self, placed_at: datetime) -> Rule[P]:
        """The version an order placed at this instant falls under."""
        day = legal_day(placed_at)
        past = [rule for rule in self.versions if rule.effective_from <= day]
        if not past:
            raise NoRuleInForce(self.versions[0].id, day)
        return max(past, key=lambda rule: rule.effective_from)


class Rules(BaseModel):
    """Every rule of the shop; a field is a file of the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    before_signing: Versions[BeforeSigningParameters]
    seven_day_return: Versions[SevenDayParameters]
    quality_return: Versions[QualityParameters]
    exchange: Versions[ExchangeParameters]
    refund_only: Versions[RefundOnlyParameters]
    repair: Versions[RepairParameters]


def load_rules(folder: Path = RULES_FOLDER) -> Rules:
    """Read and check all rule files. Raises RuleFileInvalid with the file and the field at fault."""
    content = {name: _read(folder, f"{name}.yml") for name in Rules.model_fields}
    try:
        rules = Rules.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        file, *path = (str(part) for part in first["loc"])
        raise RuleFileInvalid(f"{file}.yml", f"{'.'.join(path) or 'file'}: {first['msg']}") from None
    for name in Rules.model_fields:
        _check_versions(name, getattr(rules, name))
    return rules


def _read(folder: Path, file: str) -> Any:
    try:
        return yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RuleFileInvalid(file, "the file is missing") from None
    except yaml.YAMLError as error:
        raise RuleFileInvalid(file, f"not readable as YAML: {error}") from None


def _check_versions(name: str, file: Versions[Any]) -> None:
    for index, rule in enumerate(file.versions):
        if rule.id != name:
            raise RuleFileInvalid(f"{name}.yml", f"versions.{index}.id: must be {name}, is {rule.id}")
    days = [rule.effective_from for rule in file.versions]
    if len(set(days)) < len(days):
        raise RuleFileInvalid(f"{name}.yml", "versions: two versions have the same effective_from")
