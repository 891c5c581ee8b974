"""The frame of every action: run it, and say one honest line when the shop does not answer."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import misses, results, second_wishes
from actions.choices import choice, order_card, person, retry
from actions.errors import ShopSaidNo, ShopUnavailable
from actions.open_questions import is_answer_in_words
from actions.orders_search import Search, find_order, fits_any, in_state, pick_order
from actions.other_orders import go_on_with_other_order
from actions.person_request import hand_over_identity_data
from actions.resume import AFTERSALE_FORM, take_up
from actions.rule_questions import answer_about_rules
from actions.services import Services
from actions.short_questions import meant_by_topic
from actions.turn import Events, Turn, set_slots
from contracts.bot_output import Choice, OrderCard
from contracts.shop import Order

log = structlog.get_logger()
SHOWN_ORDERS = 5
SHORTEST_WISH = 4  # "赶紧的" in a form is no wish of its own
VALIDATES = "validate_"
OF_THE_FORM = frozenset({"order_number", "line_id"})  # a digression looks at other goods; the form keeps its own


class ShopAction(Action, ABC):  # type: ignore[misc]  # rasa-sdk is not typed
    """`intents` are those whose rule names this action: it can answer them again later ("好的", an order chosen)."""

    action_name: ClassVar[str]
    intents: ClassVar[tuple[str, ...]] = ()
    is_about_goods: ClassVar[bool] = False
    """Can be asked again of other goods ("枕头呢")."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def name(self) -> str:
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = Turn(dispatcher, tracker, self.services)
        if turn.message.identity_data:
            return self._refuse_identity_data(turn)
        events = _without_the_forms(turn, self.name(), await self._answer_message(turn))
        if second_wishes.is_digression(events):
            return events
        return [*events, *misses.count(turn), *results.note(turn), *await second_wishes.follow_up(turn, events)]

    def _refuse_identity_data(self, turn: Turn) -> Events:
        """A form takes nothing of it; the action that comes after it hands over."""
        if self.name().startswith(VALIDATES):
            return set_slots(requested_slot=turn.slot("requested_slot"))
        return hand_over_identity_data(turn)

    async def _answer_message(self, turn: Turn) -> Events:
        """A button's title that was typed is answered by whoever answers the button, whatever rule it came by."""
        intent = turn.message.intent
        is_open = not turn.is_typed_choice and not is_answer_in_words(turn)
        if is_open and not turn.active_form:
            taken = answer_about_rules(turn) or await self._take_pointing(turn)
            if taken is not None:
                return taken
        meant = meant_by_topic(turn) if is_open and not self.name().startswith(VALIDATES) else None
        if meant and meant not in self.intents:
            return await take_up(turn, meant)
        is_others = turn.is_typed_choice and self.intents and intent not in self.intents
        return await (take_up(turn, intent) if is_others else self.answer_safely(turn, intent))

    @staticmethod
    async def _take_pointing(turn: Turn) -> Events | None:
        try:
            return await go_on_with_other_order(turn)
        except (ShopUnavailable, ShopSaidNo):
            return None  # whoever answers the message says so

    async def answer_safely(self, turn: Turn, intent: str) -> Events:
        try:
            return await self.answer(turn, intent)
        except ShopUnavailable as error:
            log.warning(
                "action.shop_unavailable", action=self.name(), sender_id=turn.tracker.sender_id, cause=str(error)
            )
            return self.say_unavailable(turn, intent)
        except ShopSaidNo as error:
            log.info("action.shop_refused", action=self.name(), sender_id=turn.tracker.sender_id, code=error.code)
            turn.say("utter_shop_refused", explanation=error.message, choices=[person(primary=True)])
            return set_slots(handoff_reason="other")

    def say_unavailable(self, turn: Turn, intent: str) -> Events:
        known = {k: v for k in ("order_number", "case_id", "product") if (v := turn.message.entity(k))}
        turn.say("utter_shop_unavailable", choices=[retry(intent, **known), person()])
        return [*set_slots(handoff_reason="shop_unavailable"), *turn.note("shop_unavailable")]

    @abstractmethod
    async def answer(self, turn: Turn, intent: str) -> Events:
        """Answer `intent`, which is the message's own, or one taken up again."""


class OrderAction(ShopAction):
    """An answer about one order: finds which, and asks where there are several."""

    none_response: ClassVar[str] = "utter_no_fitting_order"
    is_about_goods = True

    def fits(self, order: Order) -> bool:
        return fits_any(order)

    def prefers(self, order: Order, intent: str) -> bool:
        """Where the shopper names none: is this the kind of order somebody who asks this means?"""
        return False

    async def answer(self, turn: Turn, intent: str) -> Events:
        search = await find_order(turn, self.fits)
        order = search.order or self._picked(turn, search, intent) or self._preferred(turn, search, intent)
        if order is None:
            return self._say_which_order(turn, search, intent)
        events = await self.answer_about(turn, order, intent)
        return [*set_slots(order_number=order.order_number, pending_intent=None), *events]

    def say_none(self, turn: Turn, intent: str) -> None:
        turn.say(self.none_response)

    def _say_which_order(self, turn: Turn, search: Search, intent: str) -> Events:
        """Ask for the order, or say why there is none. The wish waits in `pending_intent`."""
        if search.needs_proof:
            return begin_proof(intent)
        if turn.active_form and len(turn.message.text) <= SHORTEST_WISH:
            turn.say("utter_almost_done")
            return []
        if turn.active_form:
            turn.say("utter_which_order_later")  # the form is about to ask its own question
            return second_wishes.keep(turn, intent)
        if search.unknown_number:
            turn.say("utter_order_not_found", number=search.unknown_number, choices=_after_unknown(search, intent))
        elif search.unknown_goods and search.candidates:
            cards = order_cards(search.candidates, intent)
            turn.say("utter_goods_not_found", goods=search.unknown_goods, cards=cards, choices=[person()])
        elif search.candidates:
            turn.say("utter_ask_which_order", cards=order_cards(search.candidates, intent), choices=[person()])
        else:
            self.say_none(turn, intent)
        return set_slots(pending_intent=intent)

    def _preferred(self, turn: Turn, search: Search, intent: str) -> Order | None:
        liked = in_state(turn.message.text, search.candidates) or [
            order for order in search.candidates if self.prefers(order, intent)
        ]
        is_open = turn.message.choice == "other" or search.unknown_number
        return liked[0] if len(liked) == 1 and not is_open else None

    @staticmethod
    def _picked(turn: Turn, search: Search, intent: str) -> Order | None:
        """The order a free answer means, after the bot asked which."""
        if turn.slot("pending_intent") != intent or not turn.message.is_free_text:
            return None
        return pick_order(turn.message.text, search.candidates)

    @abstractmethod
    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events: ...


def _without_the_forms(turn: Turn, name: str, events: Events) -> Events:
    """A look at another order in the middle of a form must not become the form's order."""
    if turn.active_form != AFTERSALE_FORM or name.startswith(VALIDATES) or any(e["event"] != "slot" for e in events):
        return events
    return [event for event in events if event["name"] not in OF_THE_FORM]


def begin_proof(intent: str) -> Events:
    return [*set_slots(pending_intent=intent), {"event": "followup", "name": "order_proof_form"}]


def order_cards(orders: list[Order], intent: str) -> list[OrderCard]:
    return [order_card(order, intent=intent) for order in orders[:SHOWN_ORDERS]]


def _after_unknown(search: Search, intent: str) -> list[Choice]:
    mine = [choice(intent, title="other_order", choice="other")] if search.candidates else []
    return [*mine, person()]
