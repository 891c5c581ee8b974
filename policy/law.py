"""The least the law grants, parameter by parameter, with its article. No rule and no promise may go below it."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from policy.errors import RuleBelowLaw
from policy.parameters import Parameters, in_words

Number = Decimal | int


class Limit(BaseModel):
    """What one parameter must keep to; exactly one of the conditions is set.

    least, most: bounds of a number; each_most: a bound of every number of a table; within: the only classes that may
    be named; covers: a table's least number for each class; must_be: the only value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: str
    parameter: str
    article: Annotated[str, Field(min_length=4)]
    least: Decimal | None = None
    most: Decimal | None = None
    each_most: int | None = None
    within: list[str] | None = None
    covers: dict[str, int] | None = None
    must_be: str | None = None

    @model_validator(mode="after")
    def _has_one_condition(self) -> "Limit":
        if len(self._conditions()) != 1:
            raise ValueError(f"{self.rule}.{self.parameter}: exactly one condition is needed")
        return self

    def holds(self, value: Any) -> bool:
        """Is `value` at least as good for the shopper as this limit demands?"""
        if self.least is not None or self.most is not None:
            return _is_between(value, self.least, self.most)
        if self.each_most is not None:
            return all(each <= self.each_most for each in value.values())
        if self.within is not None:
            return set(value) <= set(self.within)
        if self.covers is not None:
            return _covers(value, self.covers)
        return bool(value == self.must_be)

    def in_words(self) -> str:
        """`least 7`: for the error and the page."""
        name, value = self._conditions().popitem()
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {least}" for key, least in value.items())
        shown = ", ".join(value) if isinstance(value, list) else in_words(value)
        return f"{name.replace('_', ' ')} {shown}"

    def _conditions(self) -> dict[str, Any]:
        named = self.model_dump(exclude={"rule", "parameter", "article"}, exclude_none=True)
        return dict(named)


def _is_between(value: Number, least: Number | None, most: Number | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _covers(value: Mapping[str, int], least: Mapping[str, int]) -> bool:
    return all(value.get(each, 0) >= months for each, months in least.items())


class Law(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    limits: list[Limit]

    def of(self, rule: str) -> list[Limit]:
        return [limit for limit in self.limits if limit.rule == rule]

    def check(self, rule: str, parameters: Parameters, *, file: str) -> None:
        """Raises RuleBelowLaw, naming `file`, the parameter and the article."""
        for limit in self.of(rule):
            if not limit.holds(_plain(getattr(parameters, limit.parameter))):
                raise RuleBelowLaw(file, f"{rule}.{limit.parameter}", limit.article, limit.in_words())


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value
