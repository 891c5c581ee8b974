"""What speaks for a person although nobody has asked for one: watched after every turn, each with its evidence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from contracts.events import Signal
from contracts.verdict import Decision
from handoff_api.domain.rules import Triggers
from handoff_api.domain.story import FALLBACK, Heard, Story

LOOK_AT_ANSWERS = frozenset({"no_result"})
"""Triggers that hold only as long as the bot's own answers do not say otherwise."""
MOODS = {"annoyed": "不满", "angry": "愤怒", "desperate": "焦急"}


@dataclass(frozen=True)
class Watched:
    """One conversation as the triggers see it."""

    story: Story
    level: str
    is_elder: bool
    now: datetime


def found(watched: Watched, rules: Triggers) -> list[Signal]:
    """Everything that holds, the strongest first."""
    return [signal for watch in _WATCHES for signal in watch(watched, rules)]


def _emotion(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    rule, latest = rules.emotion, _latest(watched, rules.emotion.times)
    moods = [heard.mood for heard in latest]
    is_so = len(latest) == rule.times and all(m in rule.moods and score >= rule.at_least for m, score in moods)
    if rule.active and is_so:
        mood, score = moods[-1]
        yield _signal("emotion", f"连续 {rule.times} 条消息情绪{MOODS.get(mood, mood)}", score, latest[-1])


def _high_value(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    amount = _amount(watched.story.slots.get("last_verdict"))
    if rules.high_value.active and amount is not None and amount >= rules.high_value.from_yuan:
        text = f"涉及退款 {amount} 元，达到 {rules.high_value.from_yuan} 元"
        yield _signal("high_value", text, float(amount))


def _policy(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    verdict = watched.story.slots.get("last_verdict") or {}
    if rules.policy.active and verdict.get("decision") == Decision.NEEDS_PERSON.value:
        yield _signal("policy_needs_person", f"规则 {verdict.get('rule_id', '')}：{verdict.get('explanation', '')}")


def _elder(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    rule, heard = rules.elder, watched.story.heard
    told = next((each for each in heard if any(word in each.text for word in rule.words)), None)
    if not rule.active or not (watched.is_elder or told):
        return
    text = f"顾客说：“{told.quote}”" if told else "会员资料标明为年长顾客"
    if told or watched.story.misses >= rule.misses:
        yield _signal("elder", text, heard=told)


def _vip(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    is_vip = watched.level in rules.vip.levels
    misses = watched.story.misses
    if rules.vip.active and is_vip and misses >= rules.vip.misses:
        yield _signal("vip", f"重要会员，智能客服没有听懂 {misses} 次", float(misses))


def _low_confidence(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    rule, latest = rules.low_confidence, _latest(watched, rules.low_confidence.times)
    scores = [_confidence(heard) for heard in latest]
    if watched.story.is_understood:
        return
    if rule.active and len(scores) == rule.times and all(score < rule.below for score in scores):
        text = f"连续 {rule.times} 条消息的把握都低于 {rule.below:.0%}"
        yield _signal("low_confidence", text, min(scores), latest[-1])


def _no_result(watched: Watched, rules: Triggers) -> Iterator[Signal]:
    rule, story = rules.no_result, watched.story
    told_at = story.result_at
    about = [heard for heard in story.heard if heard.has_substance and (told_at is None or heard.at > told_at)]
    if not rule.active or len(about) < rule.messages or story.is_in_form:
        return
    passed_s = _active_s([*(heard.at for heard in about), watched.now], rule.pause_s)
    if passed_s >= rule.after_s:
        yield _signal("no_result", f"{passed_s / 60:.0f} 分钟、{len(about)} 条消息后仍没有结果", passed_s, about[0])


_WATCHES: tuple[Callable[[Watched, Triggers], Iterator[Signal]], ...] = (
    _emotion,
    _elder,
    _high_value,
    _policy,
    _vip,
    _low_confidence,
    _no_result,
)


def _active_s(moments: Sequence[datetime], pause_s: float) -> float:
    """How long was talked from the first of these moments to the last, pauses left out."""
    gaps = ((later - earlier).total_seconds() for earlier, later in pairwise(moments))
    return sum(min(gap, pause_s) for gap in gaps)


def _latest(watched: Watched, count: int) -> list[Heard]:
    return [heard for heard in watched.story.heard if heard.reading][-count:]


def _confidence(heard: Heard) -> float:
    """A miss is as unsure as can be; what a form asked for is as sure as can be."""
    reading = heard.reading
    if heard.is_answer:
        return 1.0
    return 0.0 if reading is None or reading.intent == FALLBACK else reading.confidence


def _amount(verdict: Any) -> Decimal | None:
    try:
        return Decimal(str(verdict["refund_total"])) if verdict and verdict.get("refund_total") else None
    except (InvalidOperation, TypeError):
        return None


def _signal(trigger: str, text: str, score: float | None = None, heard: Heard | None = None) -> Signal:
    return Signal(
        trigger=trigger,
        text=text,
        score=None if score is None else round(score, 3),
        event_id=heard.event_id if heard else None,
        at=heard.at if heard else None,
    )
