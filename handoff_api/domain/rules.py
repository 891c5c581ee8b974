"""The rules of the handoff as values: the form of `handoff_api/handoff.yml`. A word that is not known is a mistake."""

from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

Priority = Literal["normal", "high", "emergency"]
Strategy = Literal["least_loaded", "longest_idle", "round_robin", "skill_first"]


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Reason(Rule):
    """`text` is what the agent reads; `priority` the least this reason deserves; `skill` who is best at it."""

    text: str
    priority: Priority = "normal"
    skill: str = "general"


class Switch(Rule):
    active: bool = True


class LowConfidence(Switch):
    below: float = 0.35
    times: int = 2


class Emotion(Switch):
    moods: list[str] = ["angry", "desperate"]
    at_least: float = Field(default=0.75, alias="from")
    times: int = 2


class HighValue(Switch):
    from_yuan: int = 3000


class Vip(Switch):
    levels: list[str] = ["diamond"]
    misses: int = 1


class Elder(Switch):
    misses: int = 1
    words: list[str] = []


class NoResult(Switch):
    """After so many seconds of talk since anything was told. A pause counts for `pause_s` at most: who reads, types or
    waits for an answer is talking, who went away is not."""

    after_s: int = 180
    messages: int = 3
    pause_s: int = 60


class Triggers(Rule):
    low_confidence: LowConfidence = LowConfidence()
    emotion: Emotion = Emotion()
    high_value: HighValue = HighValue()
    policy: Switch = Switch()
    vip: Vip = Vip()
    elder: Elder = Elder()
    no_result: NoResult = NoResult()


class Order(Rule):
    """Minutes a conversation is put earlier than it came."""

    priority_min: dict[Priority, int] = {"normal": 0, "high": 3, "emergency": 60}
    level_min: dict[str, int] = {}
    elder_min: int = 0

    def boost(self, priority: str, level: str, *, is_elder: bool) -> timedelta:
        by_priority = next((minutes for name, minutes in self.priority_min.items() if name == priority), 0)
        return timedelta(minutes=by_priority + self.level_min.get(level, 0) + (self.elder_min if is_elder else 0))


class Routing(Rule):
    strategy: Strategy = "least_loaded"
    assignment: Literal["offer", "direct"] = "offer"
    sticky_h: int = 24
    sticky_wait_s: int = 15
    overflow_s: int = 60
    misses_until_away: Annotated[int, Field(ge=1)] = 3
    most_waiting: Annotated[int, Field(ge=1)] = 500
    weight: dict[Priority, Annotated[int, Field(ge=1)]] = {}
    level: dict[str, int] = {}

    def weight_of(self, priority: str) -> int:
        return next((weight for name, weight in self.weight.items() if name == priority), 1)


class Span(Rule):
    """From `start` to `end` of one day; `24:00` is its end."""

    start: time
    end: time
    is_to_midnight: bool = False

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.start >= self.end:
            raise ValueError("a span of the day ends after it begins")
        return self

    def holds(self, moment: time) -> bool:
        return self.start <= moment and (self.is_to_midnight or moment < self.end)

    def __str__(self) -> str:
        return f"{self.start:%-H:%M}–{'24:00' if self.is_to_midnight else f'{self.end:%-H:%M}'}"


def _span(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    start, _, end = value.partition("-")
    is_to_midnight = end.strip() == "24:00"
    return {"start": start.strip(), "end": "23:59" if is_to_midnight else end.strip(), "is_to_midnight": is_to_midnight}


def _as_written(span: Span) -> str:
    """The way the file writes it."""
    return f"{span.start:%H:%M}-{'24:00' if span.is_to_midnight else f'{span.end:%H:%M}'}"


Times = Annotated[Span, BeforeValidator(_span), PlainSerializer(_as_written, when_used="json")]


class Week(Rule):
    workdays: list[Times] = []
    rest_days: list[Times] = []


class Hours(Week):
    """`groups` have hours of their own; `holidays` by name, where they differ from other rest days."""

    workdays: list[Times] = [Span(start=time(9), end=time(21))]
    rest_days: list[Times] = [Span(start=time(9), end=time(21))]
    holidays: dict[str, list[Times]] = {}
    groups: dict[str, Week] = {}


class Days(Rule):
    first: date = Field(alias="from")
    last: date = Field(alias="until")


class Calendar(Rule):
    """Legal holidays by name, and the weekend days that are worked for them."""

    holidays: dict[str, list[Days]] = {}
    worked: list[date] = []

    def holiday(self, day: date) -> str:
        """Its name; empty on any other day."""
        spans = ((name, span) for name, spans in self.holidays.items() for span in spans)
        return next((name for name, span in spans if span.first <= day <= span.last), "")


class Callback(Rule):
    slot_min: Annotated[int, Field(ge=15, le=240)] = 60
    ahead_min: Annotated[int, Field(ge=0)] = 30
    offered: Annotated[int, Field(ge=1, le=12)] = 4


class Deadline(Rule):
    within_s: int
    warn_s: int

    @model_validator(mode="after")
    def _warned_before(self) -> Self:
        if not 0 < self.warn_s < self.within_s:
            raise ValueError("a warning comes before its deadline")
        return self


class Sla(Rule):
    clock: Times = Span(start=time(8), end=time(23))
    first_response: Deadline = Deadline(within_s=180, warn_s=120)
    response: Deadline = Deadline(within_s=180, warn_s=120)
    resolution: Deadline = Deadline(within_s=86_400, warn_s=72_000)


class Rules(Rule):
    reasons: dict[str, Reason]
    triggers: Triggers = Triggers()
    order: Order = Order()
    routing: Routing = Routing()
    hours: Hours = Hours()
    callback: Callback = Callback()
    sla: Sla = Sla()
    calendar: Calendar = Calendar()

    @model_validator(mode="after")
    def _has_a_reason_for_the_rest(self) -> Self:
        if "other" not in self.reasons:
            raise ValueError("the reason `other` stands for every word that is not listed")
        return self

    def reason(self, word: str) -> Reason:
        """An unlisted word is no mistake worth losing a handoff for."""
        return self.reasons.get(word, self.reasons["other"])
