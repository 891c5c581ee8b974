"""When the bot did not understand: it offers what it may have been, then a person. Never a third guess."""

import re

from actions.base import ShopAction
from actions.cases import SENT
from actions.choices import choice, person
from actions.message import ordinal_in
from actions.open_questions import is_answer_in_words
from actions.other_orders import go_on_with_other_order, names_known_order
from actions.person_request import request_person
from actions.resume import take_up
from actions.turn import Events, Turn
from actions.wording import INTENT_TITLES
from contracts.bot_output import Choice

SHORTEST = 2  # letters of a button's title that are enough to mean it
ASKS_WHAT_YOU_DO = re.compile(r"能干(?:什么|啥|嘛)|会(?:干|做)?(?:什么|啥)|能做(?:什么|啥)|有(?:什么|啥)功能|怎么用你")
GUESSES = 3
PATIENCE = 2  # misses in a row; then a person
NEVER_GUESSED = {
    *("greet", "goodbye", "thank", "affirm", "deny", "human_request", "bot_challenge", "chitchat", "abuse"),
    *("hold_on", "inform", "not_understood", "out_of_scope", "nlu_fallback", "quality_safety"),
}


class ActionClarify(ShopAction):
    action_name = "action_clarify"
    intents = ("nlu_fallback",)

    async def _take_by_context(self, turn: Turn) -> Events | None:
        """What the words mean after what was just said: an order that was asked for, a button, another order."""
        waiting = turn.slot("pending_intent")
        if waiting and (is_answer_in_words(turn) or turn.names_an_order or await names_known_order(turn)):
            return await take_up(turn, waiting)
        if SENT.search(turn.message.text) and turn.is_signed_in:
            return await take_up(turn, "return_shipping")
        meant = offered_meant(turn)
        if meant:
            return await take_up(turn.as_if_pressed(meant), meant.intent)
        return await go_on_with_other_order(turn)

    async def answer(self, turn: Turn, intent: str) -> Events:
        taken = None if turn.active_form else await self._take_by_context(turn)
        if taken is not None:
            return taken
        if ASKS_WHAT_YOU_DO.search(turn.message.text):
            turn.say("utter_greet")
            return []
        if turn.misses_in_a_row >= PATIENCE:
            return request_person(turn, "not_understood_twice", response="utter_handoff_not_understood")
        if turn.active_form:
            turn.say("utter_not_caught_in_form")  # the form repeats its question itself
            return turn.note("asked_again")
        _ask_what_was_meant(turn)
        return turn.note("asked_again")


def _nth(turn: Turn, offered: list[Choice]) -> Choice | None:
    place = ordinal_in(turn.message.text)
    return offered[place] if place is not None and place < len(offered) else None


def offered_meant(turn: Turn) -> Choice | None:
    """The button just offered that these words come nearest to: by its title, or by what they may be read as."""
    said = turn.message.text.strip()
    offered = [c for c in turn.offered_choices if c.intent not in NEVER_GUESSED]
    if (nth := _nth(turn, offered)) is not None:
        return nth
    by_title = [c for c in offered if len(said) >= SHORTEST and (said in c.title or c.title in said)]
    by_reading = [c for c in offered if c.intent in turn.message.ranking[:2]]
    return next((found[0] for found in (by_title, by_reading) if len(found) == 1), None)


def _ask_what_was_meant(turn: Turn) -> None:
    guesses = guess_choices(turn.message.ranking)
    if not guesses:
        turn.say("utter_not_caught")
        return
    none = choice("deny", title="none_of_these", choice="none_of_these")
    turn.say("utter_ask_what_was_meant", choices=[*guesses, none, person()])


def guess_choices(ranking: tuple[str, ...]) -> list[Choice]:
    """The likeliest wishes, as buttons; a shopper's small talk is never one of them."""
    wishes = [intent for intent in ranking if intent in INTENT_TITLES and intent not in NEVER_GUESSED]
    return [choice(intent) for intent in wishes[:GUESSES]]
