"""Answers that are the same for everybody and need no order. Said twice in a row, they are no answer: then a person."""

import re

from actions.base import ShopAction
from actions.choices import order_card, person
from actions.goods_named import narrow_orders
from actions.misses import is_enough
from actions.page_answers import help_for
from actions.person_request import request_person
from actions.rule_answers import say_rule
from actions.turn import Events, Turn, set_slots
from contracts.shop import HelpEntry, Order, OrderStatus

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
PAYS_STILL = re.compile(
    r"(?:还|再|继续|接着|现在|补).{0,3}(?:付|支付)|忘.{0,3}付|没(?:来得及)?付(?!成功)|怎么付款?(?:啊|呢|吗)?$"
)
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
        if intent == "account_issue" and turn.message.emergency:
            return request_person(turn, "emergency", response="utter_handoff_requested", priority="emergency")
        if intent == "payment_issue" and (waiting := await _awaits_payment(turn)):
            turn.say("utter_order_awaits_payment", cards=[order_card(waiting)], choices=[person()])
            return set_slots(order_number=waiting.order_number)
        if intent in HELPED and await say_help(turn, turn.message.text):
            return []
        return say_in_general(turn, ANSWERS[intent])


async def _awaits_payment(turn: Turn) -> Order | None:
    """The order that is to be paid still, where that is what is asked about."""
    if not turn.is_signed_in or not PAYS_STILL.search(turn.message.text):
        return None
    waiting = [order for order in await turn.shop.orders() if order.status is OrderStatus.PENDING_PAYMENT]
    named = narrow_orders(turn.message, waiting)
    return named[0] if len(named) == 1 else None


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
