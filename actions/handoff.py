"""Asking for a person. The bridge reads the request from the reply and changes the owner; an action never does."""

import re

from actions.base import ShopAction
from actions.choices import START_INTENTS
from actions.message import case_type_in
from actions.person_request import Priority, request_person
from actions.resume import take_up
from actions.turn import Events, Turn, set_slots


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


THREATENS = re.compile(
    r"12315|12345|投诉|举报|平台|介入|工商|市监|市场监督|消协|曝光|媒体|记者|起诉|法院|律师|告你|上网|差评|退一赔|赔"
)
ESCALATIONS = {
    "complaint_compensation": "utter_complaint_compensation",
    "complaint_platform": "utter_complaint_platform",
}


class ActionEscalateComplaint(ShopAction):
    """Compensation and outside bodies are never negotiated by a machine."""

    action_name = "action_escalate_complaint"
    intents = tuple(ESCALATIONS)

    async def answer(self, turn: Turn, intent: str) -> Events:
        wish = START_INTENTS.get(case_type) if (case_type := case_type_in(turn.message.text)) else None
        if intent == "complaint_platform" and wish and not THREATENS.search(turn.message.text) and not turn.active_form:
            return await take_up(turn, wish)  # who quotes the law for a repair wants the repair
        return request_person(turn, "complaint", response=ESCALATIONS[intent], priority="high")


ANGRY = 0.5


class ActionCalmAbuse(ShopAction):
    action_name = "action_calm_abuse"
    intents = ("abuse",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        """Real anger gets a person at once; a rough word alone, first an ear and the way to one."""
        if turn.message.anger >= ANGRY or turn.times_said("abuse") > 1:
            return request_person(turn, "abuse", priority="high")
        turn.say("utter_abuse")
        return set_slots(handoff_reason="abuse")
