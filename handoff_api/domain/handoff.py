"""What a person is told when a conversation comes to them, so that the shopper repeats nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.bot_output import HandoffRequest
from contracts.events import HandoffPackage, Signal
from handoff_api import lines
from handoff_api.domain.rules import Priority, Rules
from handoff_api.domain.story import Heard, Story

_ORDER: tuple[Priority, ...] = ("normal", "high", "emergency")
_WISH = "human_request"


def stronger(one: Priority, other: Priority) -> Priority:
    return max(one, other, key=_ORDER.index)


def build_package(
    request: HandoffRequest, story: Story, rules: Rules, *, now: datetime, signals: Sequence[Signal] = ()
) -> HandoffPackage:
    """The request's own slots win over the tracker's. `signals` are what else speaks for a person."""
    reason = rules.reason(request.reason)
    known: dict[str, Any] = {**story.slots, **request.slots}
    order_number = request.order_number or known.get("order_number")
    tried, promised = story.done(request.tried), story.promised(now=now)
    return HandoffPackage(
        reason=request.reason,
        reason_text=reason.text,
        evidence=_evidence(request, reason.text),
        wanted=story.wanted,
        signals=_signals(request, reason.text, story, signals),
        mood=story.mood,
        promised=promised,
        opening_line=_opening_line(request.reason, story.wanted),
        priority=stronger(reason.priority, request.priority),
        skill=request.skill if request.skill != "general" else reason.skill,
        summary=[_wanted_line(story), _about_line(story, order_number), _done_line(request, tried, promised)],
        slots=known,
        tried=tried,
        verdicts=[verdict.model_dump(mode="json") for verdict in request.verdicts] or _last_verdict(known),
        order_number=order_number,
        requested_at=now,
    )


def _evidence(request: HandoffRequest, reason_text: str) -> str:
    """Without the reason's own words: they stand beside it."""
    return request.evidence.removeprefix(reason_text).lstrip("：: ")


def _signals(request: HandoffRequest, reason_text: str, story: Story, others: Sequence[Signal]) -> list[Signal]:
    """The deciding one first, with the score of what was said where it was said."""
    own = next((signal for signal in others if signal.trigger == request.reason), None)
    rest = [signal for signal in others if signal.trigger != request.reason]
    return [own or _deciding(request, reason_text, story), *rest]


def _deciding(request: HandoffRequest, reason_text: str, story: Story) -> Signal:
    evidence = _evidence(request, reason_text)
    text = f"{reason_text}：{evidence}" if evidence else reason_text
    said = _said_for(request.reason, story)
    if said is None or said.reading is None:
        return Signal(trigger=request.reason, text=text)
    score = float(story.misses) if request.reason == "not_understood_twice" else said.reading.confidence
    return Signal(trigger=request.reason, text=text, score=round(score, 3), event_id=said.event_id, at=said.at)


def _said_for(reason: str, story: Story) -> Heard | None:
    """The message that decided: the wish itself, else the last one that was read; none where no message did."""
    read = [heard for heard in reversed(story.heard) if heard.reading]
    if reason == "asked_for_person":
        return next((heard for heard in read[:1] if heard.reading and heard.reading.intent == _WISH), None)
    is_said = reason in ("complaint", "abuse", "not_understood_twice")
    return read[0] if read and is_said else None


def _wanted_line(story: Story) -> str:
    return f"诉求：{story.wanted}" if story.wanted else "诉求：顾客还没有说明，请先询问"


def _about_line(story: Story, order_number: str | None) -> str:
    about = story.about(order_number)
    return f"涉及：{about}" if about else "涉及：还没有确认是哪个订单"


def _done_line(request: HandoffRequest, tried: Sequence[str], promised: Sequence[str]) -> str:
    done = [*tried, *(verdict.explanation for verdict in request.verdicts if not _is_told(verdict.explanation, tried))]
    said = f"已处理：{'；'.join(done)}" if done else "已处理：智能客服还没有做过处理"
    return f"{said}。已答应：{'；'.join(promised)}" if promised else said


def _is_told(explanation: str, tried: Sequence[str]) -> bool:
    return any(explanation in step for step in tried)


def _last_verdict(slots: dict[str, Any]) -> list[dict[str, Any]]:
    last = slots.get("last_verdict")
    return [last] if isinstance(last, dict) else []


def _opening_line(reason: str, wanted: str) -> str:
    first = lines.FIRST_WORDS.get(reason, lines.FIRST_WORDS["other"])
    about = lines.SEEN.format(wanted=wanted.partition("；后来说：")[0]) if wanted else lines.ASK
    return f"{first}{about}"
