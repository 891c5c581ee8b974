"""How a visitor who is not signed in proves an order: its number and the last four digits of its phone."""

import re
from dataclasses import dataclass, replace

import structlog

from actions.base import ShopAction
from actions.choices import choice, person
from actions.errors import OrderNotFound, ShopRefused, ShopUnavailable
from actions.message import Message, is_stop, order_number_in, phone_last4_in
from actions.turn import Events, Turn, set_slots
from contracts.shop import OrderProof

log = structlog.get_logger()

FORM = "order_proof_form"
NUMBER, LAST4 = "proof_order_number", "phone_last4"
LONG_NUMBER = re.compile(r"(?<![\dA-Za-z])(?!1[3-9]\d{9}(?!\d))\d{6}-?\d{4,24}(?!\d)")  # a mobile number is none
ASKS_BACK = re.compile(r"什么|哪里|哪儿|怎么(?:找|看|查)|在哪|没有|不知道|找不到|忘|不记得|为啥|为什么")
PROOF_QUESTIONS = frozenset(
    {"utter_request_proof_order_number", "utter_request_proof_again", "utter_request_phone_last4"}
)


@dataclass(frozen=True)
class Proof:
    order_number: str | None = None
    last4: str | None = None


class ValidateOrderProofForm(ShopAction):
    """The form's whole step, like `validate_aftersale_form`: hears, looks up, asks."""

    action_name = "validate_order_proof_form"

    async def answer(self, turn: Turn, intent: str) -> Events:
        known = Proof(turn.slot(NUMBER), turn.slot(LAST4))
        is_start = turn.happened_in_turn("active_loop", name=FORM)
        if is_start and PROOF_QUESTIONS & set(turn.responses_in_turn):
            return _open(known, LAST4 if known.order_number else NUMBER)  # Rasa runs a form twice after a followup
        if is_start:
            return await _serve(turn, hear_proof(turn.message, known))
        if turn.happened_in_turn("action_execution_rejected", name=FORM):
            return _ask_again(turn, known)
        if is_stop(turn.message) or (turn.message.intent == "deny" and not _asks_back(turn)):
            turn.say("utter_proof_stopped")
            return _ended("stopped")
        heard = hear_proof(turn.message, known)
        is_repeat = turn.message.choice in ("again", "retry")
        if heard == known and not is_repeat and _asks_back(turn):
            turn.say("utter_explain_phone_last4" if known.order_number else "utter_explain_order_number")
            return _open(known, LAST4 if known.order_number else NUMBER)
        if heard == known and not is_repeat and intent == turn.slot("pending_intent"):
            return _ask_again(turn, known)
        if heard == known and not is_repeat:
            return set_slots(requested_slot=turn.slot("requested_slot"))
        return await _serve(turn, heard)


def hear_proof(message: Message, known: Proof) -> Proof:
    number = order_number_in(message)
    if number is None and (match := LONG_NUMBER.search(message.text)):
        number = match[0]
    proof = replace(known, order_number=number or known.order_number)
    return replace(proof, last4=phone_last4_in(message) or proof.last4)


def _asks_back(turn: Turn) -> bool:
    """ "什么是订单号", "我没有订单号": about the question itself, not about something else."""
    about_it = "单号" in turn.message.text or "尾号" in turn.message.text or "后四位" in turn.message.text
    is_free = turn.message.is_free_text or turn.message.intent in ("not_understood", "deny")
    return bool(ASKS_BACK.search(turn.message.text)) and (about_it or is_free)


def _ask_again(turn: Turn, known: Proof) -> Events:
    """After a digression: the open question in short, unless the digression's answer has just put it."""
    if not PROOF_QUESTIONS & set(turn.responses_in_turn):
        response = "utter_request_phone_last4" if known.order_number else "utter_request_proof_again"
        turn.say(response, number=known.order_number or "")
    return _open(known, LAST4 if known.order_number else NUMBER)


async def _serve(turn: Turn, proof: Proof) -> Events:
    if proof.order_number is None:
        turn.say("utter_request_order_number_too" if proof.last4 else "utter_request_proof_order_number")
        return _open(proof, NUMBER)
    if proof.last4 is None:
        turn.say("utter_request_phone_last4", number=proof.order_number)
        return _open(proof, LAST4)
    return await _look_up(turn, OrderProof(order_number=proof.order_number, phone_last4=proof.last4))


async def _look_up(turn: Turn, proof: OrderProof) -> Events:
    try:
        order = await turn.shop.prove_order(proof)
    except OrderNotFound:
        again = choice("inform", title="again", primary=True, choice="again")
        turn.say("utter_proof_failed", choices=[again, person()])
        return _open(Proof(), NUMBER)
    except ShopRefused as error:
        log.info("proof.refused", sender_id=turn.tracker.sender_id, code=error.code)
        turn.say("utter_proof_limited", choices=[person(primary=True)])
        return _ended("stopped")
    except ShopUnavailable as error:
        log.warning("proof.shop_unavailable", sender_id=turn.tracker.sender_id, cause=str(error))
        retry = choice("affirm", title="retry", primary=True, choice="retry")
        turn.say("utter_shop_unavailable", choices=[retry, person()])
        return _open(Proof(proof.order_number, proof.phone_last4), LAST4)
    proved = [*(turn.slot("proved_orders") or []), order.order_number]
    return [*set_slots(proved_orders=proved, order_number=order.order_number), *_ended("proved")]


def _open(proof: Proof, asked: str) -> Events:
    slots = {NUMBER: proof.order_number, LAST4: proof.last4}
    return set_slots(**slots, asked_for=asked, requested_slot=asked)


def _ended(how: str) -> Events:
    return set_slots(proof_order_number=None, phone_last4=None, asked_for=how, requested_slot=None)
