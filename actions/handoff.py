"""Asking for a person. The bridge reads the request from the reply and changes the owner; an action never does."""

from collections.abc import Iterable
from typing import Any, Literal

from rasa_sdk.events import ActiveLoop

from actions.base import ShopAction
from actions.turn import Events, Turn, set_slots
from actions.wording import CASE_TYPES, EVIDENCE, REASONS
from contracts.bot_output import HandoffRequest
from contracts.verdict import Verdict

EVIDENCE_LENGTH = 200
CAPABILITIES = {
    "order": ("order", "payment"),
    "logistics": ("logistics",),
    "aftersale": ("return", "refund", "aftersale", "exchange"),
    "repair": ("repair", "install"),
    "quality": ("quality",),
    "price": ("price", "coupon", "promotion", "member"),
    "invoice": ("invoice",),
    "complaint": ("complaint", "review"),
    "account": ("account", "privacy"),
    "product": ("product",),
}
SKILL_OF_PREFIX = {prefix: skill for skill, prefixes in CAPABILITIES.items() for prefix in prefixes}
PASSED_ON = ("order_number", "line_id", "case_id", "case_type", "case_reason", "wanted_option", "description")

type Priority = Literal["normal", "high", "emergency"]


class ActionRequestHandoff(ShopAction):
    """The shopper wants a person: in the same turn, without a word of persuasion."""

    action_name = "action_request_handoff"
    intents = ("human_request",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        reason = turn.offered_reason or "asked_for_person"
        priority: Priority = "high" if reason == "complaint" else "normal"
        return request_person(turn, reason, priority=priority)


class ActionRaiseEmergency(ShopAction):
    """Somebody or something was hurt: first what protects them, then a person, ahead of everybody."""

    action_name = "action_raise_emergency"
    intents = ("quality_safety",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        return request_person(turn, "emergency", response="utter_emergency", priority="emergency")


ESCALATIONS = {
    "complaint_compensation": "utter_complaint_compensation",
    "complaint_platform": "utter_complaint_platform",
}


class ActionEscalateComplaint(ShopAction):
    """Compensation and outside bodies are never negotiated by a machine."""

    action_name = "action_escalate_complaint"
    intents = tuple(ESCALATIONS)

    async def answer(self, turn: Turn, intent: str) -> Events:
        return request_person(turn, "complaint", response=ESCALATIONS[intent], priority="high")


class ActionCalmAbuse(ShopAction):
    action_name = "action_calm_abuse"
    intents = ("abuse",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.times_said("abuse") > 1:
            return request_person(turn, "abuse", priority="high")
        turn.say("utter_abuse")
        return set_slots(handoff_reason="abuse")


def request_person(
    turn: Turn, reason: str, *, response: str = "utter_handoff_requested", priority: Priority = "normal"
) -> Events:
    """Say one short line, hand over everything that is known, and leave any form."""
    request = HandoffRequest(
        reason=reason,
        evidence=EVIDENCE[reason].format(text=turn.substance[:EVIDENCE_LENGTH]),
        skill=skill_for(turn.intents_newest_first()),
        priority=priority,
        slots=_known(turn),
        tried=turn.slot("tried") or [],
        verdicts=_verdicts(turn),
        order_number=turn.slot("order_number") or turn.page_order_number,
    )
    turn.say(response, handoff=request)
    return [ActiveLoop(None), *set_slots(requested_slot=None, pending_intent=None, handoff_reason=None)]


def skill_for(intents: Iterable[str]) -> str:
    """The capability the conversation was last about; small talk and the request itself name none."""
    named = (SKILL_OF_PREFIX.get(intent.split("_")[0]) for intent in intents)
    return next((skill for skill in named if skill), "general")


def _known(turn: Turn) -> dict[str, Any]:
    """What the bot knows, codes put into words."""
    known = {name: turn.slot(name) for name in PASSED_ON if turn.slot(name)}
    tables = {"case_type": CASE_TYPES, "case_reason": REASONS}
    return {name: tables.get(name, {}).get(value, value) for name, value in known.items()}


def _verdicts(turn: Turn) -> list[Verdict]:
    last = turn.slot("last_verdict")
    return [Verdict.model_validate(last)] if last else []
