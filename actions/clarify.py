"""When the bot did not understand: it offers what it may have been, then a person. Never a third guess."""

from actions.base import ShopAction
from actions.choices import choice, person
from actions.handoff import request_person
from actions.resume import take_up
from actions.turn import Events, Turn
from actions.wording import INTENT_TITLES
from contracts.bot_output import Choice

GUESSES = 3
PATIENCE = 2  # misses in a row; then a person
NEVER_GUESSED = {
    *("greet", "goodbye", "thank", "affirm", "deny", "human_request", "bot_challenge", "chitchat", "abuse"),
    *("hold_on", "inform", "not_understood", "out_of_scope", "nlu_fallback"),
}


class ActionClarify(ShopAction):
    action_name = "action_clarify"
    intents = ("nlu_fallback",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        waiting = turn.slot("pending_intent")
        if waiting and turn.names_an_order and not turn.active_form:
            return await take_up(turn, waiting)
        if turn.misses_in_a_row >= PATIENCE:
            return request_person(turn, "not_understood_twice", response="utter_handoff_not_understood")
        if turn.active_form:
            turn.say("utter_not_caught_in_form")  # the form repeats its question itself
            return turn.note("asked_again")
        _ask_what_was_meant(turn)
        return turn.note("asked_again")


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
