"""Taking a wish up again: after an order was named or proved, or when "好的" means the offered button."""

from dataclasses import replace

from actions.aftersale_draft import STARTS, Draft, start
from actions.turn import Events, Turn, set_slots

AFTERSALE_FORM = "aftersale_form"


async def take_up(turn: Turn, intent: str) -> Events:
    """Answer `intent` now, as if the shopper had just said it."""
    if intent in STARTS:
        return begin_aftersale(turn, intent)
    action = turn.services.answers.get(intent)
    if action is not None:
        return await action.answer_safely(turn, intent)
    turn.say(f"utter_{intent}")
    return set_slots(pending_intent=None)


def begin_aftersale(turn: Turn, intent: str, *, order_number: str | None = None) -> Events:
    """Start the form for a wish that is not the latest message's own."""
    if turn.message.intent == intent:
        draft = start(turn.message, Draft()).draft
        draft = replace(draft, order_number=draft.order_number or order_number)
    else:
        draft = Draft(case_type=STARTS[intent], order_number=turn.message.entity("order_number"))
    return [*set_slots(**draft.to_slots()), begin_form(AFTERSALE_FORM)]


def begin_form(name: str) -> dict[str, str]:
    return {"event": "followup", "name": name}
