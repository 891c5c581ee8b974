"""Yes, no, bare facts and "what?": messages that mean something only after what the bot has just said."""

import re

from actions.aftersale_draft import DESCRIPTION_LENGTH, QUALITY_REASONS
from actions.aftersale_form import WAITING_STARTS
from actions.base import ShopAction
from actions.cases import SENT, known_cases
from actions.choices import START_INTENTS, choice, person, start_choice
from actions.clarify import ASKS_WHAT_YOU_DO, offered_meant
from actions.message import TOO_HARD, Message, case_type_in, order_number_in, reason_in, words_for_goods
from actions.open_questions import is_answer_in_words
from actions.other_orders import names_known_order, only_points
from actions.patience import REFUSES_RESULT, says_no_result
from actions.person_request import request_person
from actions.pictures import shows_something, take_pictures
from actions.resume import take_up
from actions.return_parcels import take_parcel_number
from actions.returns import goods_meant
from actions.rule_answers import say_topic
from actions.short_answers import is_plain_yes
from actions.turn import Events, Turn, custom_of, set_slots
from actions.wording import CHOICE_TITLES
from contracts.bot_output import Choice
from contracts.shop import CaseReason, CaseType

WISHES = {
    "logistics_urge_ship": re.compile(r"催.{0,3}发|快.{0,2}发货"),
    "logistics_when_ship": re.compile(r"(?:什么时候|几时|多久|啥时候|还不|没).{0,3}发"),
    "logistics_track": re.compile(r"到哪|物流|快递|包裹|送到|走到|派送|没到|到了[吗没]"),
    "invoice_apply": re.compile(r"发票|开票"),
    "order_cancel": re.compile(r"取消"),
}  # in their order
BRINGS_BACK = (CaseReason.SIZE, CaseReason.NO_REASON)
WITHOUT_WISH = frozenset({"affirm", "deny", "inform"})


class ActionAffirm(ShopAction):
    """ "好的" presses the one button the bot has put forward; a sentence that only sounds like a yes does not."""

    action_name = "action_affirm"
    intents = ("affirm",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        offered = turn.primary_choice
        if offered is None and turn.message.text == CHOICE_TITLES["confirm"]:
            turn.say("utter_nothing_to_confirm", choices=[choice("aftersale_progress"), person()])
            return []
        if offered is None and is_answer_in_words(turn):
            return await take_up(turn.quietly(), str(turn.slot("pending_intent")))  # what is asked for is still open
        if offered is None or offered.intent in WITHOUT_WISH or not is_plain_yes(turn.message.text):
            turn.say("utter_affirm")
            return []
        return await take_up(turn.as_if_pressed(offered), offered.intent)


class ActionGreet(ShopAction):
    action_name = "action_greet"
    intents = ("greet",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        turn.say("utter_greet")
        return []


class ActionDeny(ShopAction):
    action_name = "action_deny"
    intents = ("deny",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if says_no_result(turn):
            return request_person(turn, "other", response="utter_no_result")
        turn.say(_response_to_no(turn))
        is_refused = bool(REFUSES_RESULT.search(turn.message.text))
        reason = {"handoff_reason": "policy_needs_person"} if is_refused else {}
        return set_slots(pending_intent=None, **reason)


def _response_to_no(turn: Turn) -> str:
    """A no may mean the offer, the result, or that the shopper cannot do it."""
    if turn.message.choice == "none_of_these":
        return "utter_ask_in_other_words"
    if turn.message.choice:
        return "utter_deny"
    if REFUSES_RESULT.search(turn.message.text):
        return "utter_result_refused"
    return "utter_too_hard" if TOO_HARD.search(turn.message.text) else "utter_deny"


class ActionTakeInformation(ShopAction):
    """A bare fact: it completes the wish that waits for it, or names an order to look at."""

    action_name = "action_take_information"
    intents = ("inform",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form:
            turn.say("utter_not_caught_in_form")
            return []
        if shows_something(turn):
            may_look = turn.is_signed_in or turn.slot("proved_orders")
            return await take_pictures(turn, await known_cases(turn) if may_look else [])
        wish = _wish_completed(turn)
        if wish:
            return await take_up(turn, wish)
        if turn.message.entity("tracking_number"):
            return await _take_tracking_number(turn)
        meant = offered_meant(turn)
        if meant:
            return await take_up(turn.as_if_pressed(meant), meant.intent)
        if says_no_result(turn):
            return request_person(turn, "other", response="utter_no_result")
        if only_points(turn.message) and await names_known_order(turn):
            return await take_up(turn, "order_status")
        told = turn.services.rules.topics.named("return_policy", turn.message.text)
        if told and turn.topic == "return_policy":  # "穿过一次了" after "能退吗"
            say_topic(turn, told, [choice("return_apply")])
            return []
        return await _take_reason(turn)


async def _take_reason(turn: Turn) -> Events:
    """What is wrong with the goods, said as a fact ("鞋子有点挤脚"): the ways out."""
    reason = reason_in(turn.message)
    fault = next((intent for intent, known in QUALITY_REASONS.items() if known is reason), None)
    if fault:
        return await take_up(turn, fault)
    if reason not in BRINGS_BACK or not (words_for_goods(turn.message) or turn.slot("order_number")):
        turn.say("utter_inform")
        return []
    goods = await goods_meant(turn) | {"case_reason": reason.value}
    ways = [start_choice(way, **goods) for way in (CaseType.EXCHANGE, CaseType.RETURN_REFUND)]
    turn.say("utter_goods_do_not_suit", choices=[*ways, person()])
    return set_slots(description=turn.message.text[:DESCRIPTION_LENGTH])


def _wish_completed(turn: Turn) -> str | None:
    """The wish that this fact is for: the one that waits, or the one such a fact belongs to."""
    message, waiting = turn.message, turn.slot("pending_intent")
    if waiting:
        return str(waiting)
    if message.entity("tracking_number"):
        return None
    if order_number_in(message):
        return wish_beside_number(message)
    if message.entity("invoice_title") or message.entity("tax_number"):
        return "invoice_change" if turn.topic == "invoice_change" else "invoice_apply"
    return "return_shipping" if SENT.search(message.text) and turn.is_signed_in else None


def wish_beside_number(message: Message) -> str:
    """What is wanted of the order: a long number drowns the words beside it in the reading."""
    service = case_type_in(message.text)
    if service in START_INTENTS and service is not CaseType.RESEND:
        return START_INTENTS[service]
    return next((wish for wish, words in WISHES.items() if words.search(message.text)), "order_status")


async def _take_tracking_number(turn: Turn) -> Events:
    """A parcel sent back, where one is awaited; else one that is asked about."""
    if turn.is_signed_in or turn.slot("proved_orders"):
        taken = await take_parcel_number(turn, await known_cases(turn))
        if taken is not None:
            return taken
    return await take_up(turn, "logistics_track")


class ActionRepeatLast(ShopAction):
    """Says the last thing again, and puts a person beside it."""

    action_name = "action_repeat_last"
    intents = ("not_understood",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if says_no_result(turn):
            return request_person(turn, "other", response="utter_no_result")
        if turn.active_form:
            turn.say("utter_explain_again")
            return []
        if ASKS_WHAT_YOU_DO.search(turn.message.text):
            turn.say("utter_greet")
            return []
        said = [event for event in turn.last_bot_messages if event.get("text")]
        if not said:
            turn.say("utter_not_caught")
            return []
        custom = custom_of(said[-1])
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
