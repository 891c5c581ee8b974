"""The second of two requests in one message: kept in a slot while the first is served, offered when that one ends."""

from actions.aftersale_draft import STARTS
from actions.choices import choice
from actions.message import Second
from actions.orders_search import find_order
from actions.resume import begin_aftersale
from actions.turn import Events, Turn, set_slots
from actions.verdicts import fits_service
from actions.wording import INTENT_TITLES

SLOT = "second_intent"
TERMS = frozenset(
    {"return_freight", "return_policy", "return_shipping", "refund_destination", "refund_amount", "refund_progress"}
)  # asked beside a wish to send back: the wish itself comes next, unasked
PASSED_ON = ("order_number", "product", "tracking_number")


def keep(turn: Turn, intent: str) -> Events:
    """Remember a wish that could not be served now, unless another waits already."""
    if turn.slot(SLOT) or intent not in INTENT_TITLES:
        return []
    return set_slots(**{SLOT: _as_slot(Second(intent, turn.message.text))})


async def follow_up(turn: Turn, events: Events) -> Events:
    """What becomes of a waiting wish after an action answered with `events`: kept, begun, or offered."""
    fresh = turn.message.second if not turn.happened_in_turn("slot", name=SLOT) else None
    waiting = _as_slot(fresh) if fresh else turn.slot(SLOT)
    if not waiting or turn.is_handed_over:
        return []
    if waiting["intent"] == turn.message.intent:
        return set_slots(**{SLOT: None})  # asked for again before it was offered: it is served now
    if not _is_over(turn, events):
        return set_slots(**{SLOT: waiting})
    done = set_slots(**{SLOT: None})
    if fresh and turn.message.intent in TERMS and fresh.intent in STARTS:
        return [*done, *await _begin(turn.as_second(fresh), fresh.intent)]
    _offer(turn, waiting)
    return done


async def _begin(turn: Turn, intent: str) -> Events:
    """The form for a wish that is not the message's own, with the order its words name."""
    search = await find_order(turn, lambda order: fits_service(STARTS[intent], order))
    return begin_aftersale(turn, intent, order_number=search.order.order_number if search.order else None)


def _offer(turn: Turn, waiting: dict[str, str]) -> None:
    intent = waiting["intent"]
    known = {name: value for name in PASSED_ON if (value := waiting.get(name))}
    turn.say(
        "utter_ask_second_wish",
        wish=INTENT_TITLES[intent],
        choices=[choice(intent, primary=True, **known), choice("deny", title="not_now", choice="stop")],
    )


def _is_over(turn: Turn, events: Events) -> bool:
    """Nothing is open: no form, no question, no order to be chosen, and nothing that comes next in this turn."""
    after = turn.tracker.slots | {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    goes_on = turn.active_form or any(e["event"] == "followup" for e in events)
    return not goes_on and not turn.asks_already and not after.get("pending_intent")


def is_digression(events: Events) -> bool:
    """A form that does not take the message: one slot more would be an answer to Rasa."""
    return {e["name"] for e in events if e["event"] == "slot"} == {"requested_slot"}


def _as_slot(second: Second) -> dict[str, str]:
    known = {name: values[0] for name, values in second.entities.items() if values and name in PASSED_ON}
    return {"intent": second.intent, "text": second.text, **known}
