"""Answers that are the same for everybody and need no order. Said twice in a row, they are no answer: then a person."""

from actions.base import ShopAction
from actions.choices import person
from actions.misses import is_enough
from actions.page_answers import help_for
from actions.person_request import request_person
from actions.rule_answers import say_rule
from actions.turn import Events, Turn, set_slots
from contracts.shop import HelpEntry

ANSWERS = {
    "order_place_help": "utter_order_place_help",
    "payment_issue": "utter_payment_issue",
    "repair_site": "utter_repair_site",
    "promotion_info": "utter_promotion_info",
    "review_manage": "utter_review_manage",
    "account_issue": "utter_account_issue",
    "out_of_scope": "utter_out_of_scope",
}
HELPED = frozenset(ANSWERS) - {"out_of_scope"}
BY_RULE = ("quality_counterfeit",)


class ActionAnswerInGeneral(ShopAction):
    """One response for each intent."""

    action_name = "action_answer_in_general"
    intents = (*ANSWERS, *BY_RULE)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if intent in BY_RULE:
            say_rule(turn, intent)
            return set_slots(handoff_reason="other")
        if intent == "out_of_scope" and is_enough(turn):
            return request_person(turn, "not_understood_twice", response="utter_handoff_not_understood")
        if intent in HELPED and await say_help(turn, turn.message.text):
            return []
        return say_in_general(turn, ANSWERS[intent])


async def say_help(turn: Turn, question: str) -> bool:
    """Answer from the shop's help pages, naming them; False where they say nothing on it, or have just said it."""
    found = help_for(question, await turn.shop.find_help(question))
    if found is None or _has_just_told(turn, found):
        return False
    turn.say("utter_help", answer=found.answer, question=found.question, choices=[person()])
    return True


def _has_just_told(turn: Turn, entry: HelpEntry) -> bool:
    said = " ".join(str(event.get("text") or "") for event in turn.last_bot_messages)
    return turn.has_just_said("utter_help") and entry.question in said


def say_in_general(turn: Turn, response: str) -> Events:
    if turn.has_just_said(response):
        turn.say("utter_no_more_known", choices=[person(primary=True)])
        return set_slots(handoff_reason="other")
    turn.say(response)
    return []
