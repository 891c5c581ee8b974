"""Asking for a person. The bridge reads the request from the reply and changes the owner; an action never does."""

from actions.base import ShopAction
from actions.person_request import Priority, request_person
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
