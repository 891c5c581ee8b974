"""Yes, no, bare facts and "what?": messages that mean something only after what the bot has just said."""

from typing import Any

from actions.aftersale_form import WAITING_STARTS
from actions.base import ShopAction
from actions.choices import person
from actions.resume import take_up
from actions.turn import Event, Events, Turn, set_slots
from contracts.bot_output import Choice

WITHOUT_WISH = frozenset({"affirm", "deny", "inform"})


class ActionAffirm(ShopAction):
    """ "好的" presses the one button the bot has put forward."""

    action_name = "action_affirm"
    intents = ("affirm",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        offered = offered_choice(turn)
        if offered is None or offered.intent in WITHOUT_WISH:
            turn.say("utter_affirm")
            return []
        return await take_up(turn.as_if_pressed(offered), offered.intent)


class ActionDeny(ShopAction):
    action_name = "action_deny"
    intents = ("deny",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        none_fits = turn.message.choice == "none_of_these"
        turn.say("utter_ask_in_other_words" if none_fits else "utter_deny")
        return set_slots(pending_intent=None)


class ActionTakeInformation(ShopAction):
    """A bare fact: it completes the wish that waits for it, or names an order to look at."""

    action_name = "action_take_information"
    intents = ("inform",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form:
            turn.say("utter_not_caught_in_form")
            return []
        waiting = turn.slot("pending_intent")
        if waiting:
            return await take_up(turn, waiting)
        if turn.message.entity("tracking_number"):
            return await take_up(turn, "logistics_track")
        if turn.message.entity("order_number"):
            return await take_up(turn, "order_status")
        turn.say("utter_inform")
        return []


class ActionRepeatLast(ShopAction):
    """Says the last thing again, and puts a person beside it."""

    action_name = "action_repeat_last"
    intents = ("not_understood",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form:
            turn.say("utter_explain_again")
            return []
        said = [event for event in turn.last_bot_messages if event.get("text")]
        if not said:
            turn.say("utter_not_caught")
            return []
        custom = _custom(said[-1])
        choices = [Choice.model_validate(c) for c in custom.get("choices", []) if c["intent"] != "human_request"]
        turn.say("utter_repeat_last", last=said[-1]["text"], choices=[*choices, person()])
        return []


class ActionResumeRequest(ShopAction):
    """After the order was proved: go on with what it was needed for."""

    action_name = "action_resume_request"

    async def answer(self, turn: Turn, intent: str) -> Events:
        waiting = turn.slot("pending_intent")
        proved = turn.slot("proved_orders")
        if not waiting or not proved or turn.slot("asked_for") == "stopped":
            return set_slots(pending_intent=None, asked_for=None)
        done = set_slots(pending_intent=None, asked_for=None)
        if waiting in WAITING_STARTS and turn.slot("case_type"):
            return [*done, {"event": "followup", "name": "aftersale_form"}]  # the draft is in its slots
        return [*done, *await take_up(turn.quietly(), waiting)]


def offered_choice(turn: Turn) -> Choice | None:
    """The button a plain yes stands for: the one shown as primary in the bot's latest messages."""
    for event in reversed(turn.last_bot_messages):
        for candidate in _custom(event).get("choices", []):
            if candidate.get("style") == "primary":
                return Choice.model_validate(candidate)
    return None


def _custom(event: Event) -> dict[str, Any]:
    return (event.get("data") or {}).get("custom") or {}
