"""What a shop promises beyond the law: better parameters of a rule, from one day of ordering to another.

A promise never edits a rule. It makes a further version of it, so that an order keeps what was promised on its day.
"""

from datetime import date, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from policy.errors import RuleFileInvalid
from policy.law import Law
from policy.parameters import Parameters
from policy.rules import Rule, Rules, Versions


class Promise(BaseModel):
    """`parameters`: only what changes; in a table of classes a null takes the class out. `until`: the last day of
    ordering, none for a promise without an end. `title`: what the shop calls it, said beside the law's article."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: str
    label: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
    effective_from: date
    until: date | None = None
    title: Annotated[str, Field(min_length=4)]
    parameters: Annotated[dict[str, Any], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until and self.until < self.effective_from:
            raise ValueError("until: must not be before effective_from")
        return self

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.until is None or day <= self.until)


class ShopPromises(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    shop_id: str
    name: str
    promises: list[Promise] = []


def read_promises(content: Any, file: str) -> ShopPromises:
    try:
        promises = ShopPromises.model_validate(content)
    except ValidationError as error:
        raise _invalid(file, error) from None
    for index, promise in enumerate(promises.promises):
        if promise.rule not in Rules.names():
            raise RuleFileInvalid(file, f"promises.{index}.rule: there is no rule {promise.rule}")
    return promises


def with_promises(rules: Rules, shop: ShopPromises, law: Law, *, file: str) -> Rules:
    """The rules as they stand in this shop. Raises RuleFileInvalid for what no shop may promise and RuleBelowLaw,
    naming `file`, the parameter and the article, for what is worse for the shopper than the law."""
    changed = {}
    for name in {promise.rule for promise in shop.promises}:
        mine = [promise for promise in shop.promises if promise.rule == name]
        changed[name] = _promised(rules.versions_of(name), mine, law, file)
    return rules.model_copy(update=changed)


def _promised(versions: Versions[Any], promises: list[Promise], law: Law, file: str) -> Versions[Any]:
    begun = [rule.effective_from for rule in versions.versions]
    ends = [promise.until + timedelta(days=1) for promise in promises if promise.until]
    days = sorted({*begun, *ends, *(promise.effective_from for promise in promises)})
    made = [_on(day, versions, promises, file) for day in days if day >= min(begun)]
    for rule in made:
        law.check(rule.id, rule.parameters, file=file)
    return versions.model_copy(update={"versions": made})


def _on(day: date, versions: Versions[Any], promises: list[Promise], file: str) -> Rule[Any]:
    rule = versions.on(day)
    for promise in promises:
        if promise.holds_on(day):
            rule = _bettered(rule, promise, file)
    return rule.model_copy(update={"effective_from": day})


def _bettered(rule: Rule[Any], promise: Promise, file: str) -> Rule[Any]:
    kind: type[Parameters] = type(rule.parameters)
    foreign = set(promise.parameters) - kind.PROMISABLE
    if foreign:
        raise RuleFileInvalid(file, f"{promise.label}: {', '.join(sorted(foreign))} is nothing a shop can promise")
    merged = _merged(rule.parameters.model_dump(), promise.parameters)
    try:
        parameters = kind.model_validate(merged)
    except ValidationError as error:
        raise _invalid(file, error, promise.label) from None
    return rule.model_copy(
        update={
            "version": f"{rule.version}+{promise.label}",
            "source": f"{rule.source}；本店承诺：{promise.title}",
            "parameters": parameters,
        }
    )


def _merged(before: dict[str, Any], promised: dict[str, Any]) -> dict[str, Any]:
    merged = dict(before)
    for name, value in promised.items():
        table = before.get(name)
        if isinstance(table, dict) and isinstance(value, dict):
            value = {key: each for key, each in (table | value).items() if each is not None}
        merged[name] = value
    return merged


def _invalid(file: str, error: ValidationError, label: str = "") -> RuleFileInvalid:
    first = error.errors()[0]
    path = ".".join(str(part) for part in [*([label] if label else []), *first["loc"]])
    return RuleFileInvalid(file, f"{path or 'file'}: {first['msg']}")
