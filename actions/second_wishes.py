"""The second of two requests in one message: kept in a slot while the first is served, offered when that one ends."""

import re
from typing import Any

from actions.aftersale_draft import STARTS
from actions.cards import goods_text
from actions.choices import choice
from actions.message import Message, Second, quantity_in, reason_in, words_for_goods
from actions.orders_search import find_order
from actions.resume import begin_aftersale
from actions.turn import Events, Turn, set_slots
from actions.verdicts import fits_service
from actions.wording import INTENT_TITLES, WISH_WORDS
from contracts.shop import OrderLine

SLOT = "second_intent"
TERMS = frozenset(
    {"return_freight", "return_policy", "return_shipping", "refund_destination", "refund_amount", "refund_progress"}
)  # asked beside a wish to send back: the wish itself comes next, unasked
PASSED_ON = ("order_number", "line_id", "product", "tracking_number", "case_reason", "quantity")
CLAUSES = re.compile(r"[，,。；;！!？?、\s]+|(?=还有|另外|顺便|再帮)")


def keep(turn: Turn, intent: str) -> Events:
    """Remember a wish that could not be served now, unless another waits already."""
    if turn.slot(SLOT) or intent not in INTENT_TITLES:
        return []
    return set_slots(**{SLOT: _as_slot(Second(intent, turn.message.text))})


def keep_rest(intent: str, order_number: str, rest: list[OrderLine]) -> Events:
    """The same wish for the other goods of an order, one after another ("整单都退了")."""
    then: dict[str, Any] | None = None
    for line in reversed(rest):
        goods = {"order_number": order_number, "line_id": line.line_id, "title": goods_text(line)}
        then = {"intent": intent, "text": "", **goods} | ({"then": then} if then else {})
    return set_slots(**{SLOT: then}) if then else []


async def follow_up(turn: Turn, events: Events) -> Events:
    """What becomes of a waiting wish after an action answered with `events`: kept, begun, or offered."""
    fresh = turn.message.second if not turn.happened_in_turn("slot", name=SLOT) else None
    waiting = _as_slot(fresh, _third(turn)) if fresh else turn.slot(SLOT)
    if not waiting or turn.is_handed_over:
        return []
    if waiting["intent"] == turn.message.intent:
        return set_slots(**{SLOT: waiting.get("then")})  # asked for again before it was offered: it is served now
    if not _is_over(turn, events):
        return set_slots(**{SLOT: waiting})
    done = set_slots(**{SLOT: waiting.get("then")})
    if fresh and turn.message.intent in TERMS and fresh.intent in STARTS:
        return [*done, *await _begin(turn.as_second(fresh), fresh.intent)]
    await _offer(turn, waiting, _after(turn, events).get("order_number"))
    return done


async def _begin(turn: Turn, intent: str) -> Events:
    """The form for a wish that is not the message's own, with the order its words name."""
    search = await find_order(turn, lambda order: fits_service(STARTS[intent], order))
    return begin_aftersale(turn, intent, order_number=search.order.order_number if search.order else None)


async def _offer(turn: Turn, waiting: dict[str, Any], order_number: str | None) -> None:
    """The order just served stands for goods that the wish does not name, its reason for the rest of the same wish."""
    intent = waiting["intent"]
    known = {name: value for name in PASSED_ON if (value := waiting.get(name))}
    if "line_id" in known and turn.slot("case_reason"):
        known["case_reason"] = turn.slot("case_reason")
    if intent in STARTS and "order_number" not in known:
        meant = await _order_of(turn, waiting) if "product" in known else order_number
        known |= {"order_number": meant} if meant else {}
    turn.say(
        "utter_ask_second_wish",
        wish=" ".join(filter(None, [INTENT_TITLES[intent], waiting.get("title")])),
        choices=[choice(intent, primary=True, **known), choice("deny", title="not_now", choice="stop")],
    )


async def _order_of(turn: Turn, waiting: dict[str, Any]) -> str | None:
    second = Second(waiting["intent"], waiting["text"], {"product": (waiting["product"],)})
    search = await find_order(turn.as_second(second), lambda order: fits_service(STARTS[second.intent], order))
    return search.order.order_number if search.order else None


def _is_over(turn: Turn, events: Events) -> bool:
    """Nothing is open: no form, no question, no order to be chosen, and nothing that comes next in this turn."""
    after = _after(turn, events)
    goes_on = turn.active_form or any(e["event"] == "followup" for e in events)
    return not goes_on and not turn.asks_already and not after.get("pending_intent")


def _after(turn: Turn, events: Events) -> dict[str, Any]:
    """The slots when this action is done."""
    slots: dict[str, Any] = turn.tracker.slots
    return slots | {e["name"]: e["value"] for e in events if e["event"] == "slot"}


def is_digression(events: Events) -> bool:
    """A form that does not take the message: one slot more would be an answer to Rasa."""
    return {e["name"] for e in events if e["event"] == "slot"} == {"requested_slot"}


def _as_slot(second: Second, then: dict[str, Any] | None = None) -> dict[str, Any]:
    message = Message(intent=second.intent, text=second.text, entities=second.entities)
    known = {name: values[0] for name, values in second.entities.items() if values and name in PASSED_ON}
    if second.intent in STARTS:
        reason, pieces, goods = reason_in(message), quantity_in(message), words_for_goods(message)
        said = {"case_reason": reason and reason.value, "quantity": pieces and str(pieces), "product": goods[:1]}
        known = {name: "".join(value) for name, value in said.items() if value} | known
    return {"intent": second.intent, "text": second.text, **known} | ({"then": then} if then else {})


def _third(turn: Turn) -> dict[str, Any] | None:
    """The reading finds two wishes; a clause that names a third one by its own word is no less a wish."""
    second = turn.message.second
    taken = {turn.message.intent, second.intent if second else ""}
    for clause in CLAUSES.split(turn.message.text):
        wish = next((name for name, words in WISH_WORDS.items() if words.search(clause)), None)
        if wish and wish not in taken:
            return _as_slot(Second(wish, clause))
    return None
