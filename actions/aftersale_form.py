"""The form of return, exchange, repair, refund and resend, at Rasa's edge.

The validator is the form's whole step: it hears, decides, asks. So a turn costs one call, and no question can be
asked that the facts have already answered. (rasa-sdk's FormValidationAction judges slot by slot and leaves the
asking to further calls; here what one slot means depends on the others.)

Rule 1. A digression sets no slot. Rasa then rejects the form, lets the digression's own rule answer, and calls the
        form again, which repeats its question.
Rule 2. A message the form has heard sets `asked_for`, so Rasa never takes it for a digression.
"""

import structlog

from actions.aftersale_desk import AftersaleDesk, Reply
from actions.aftersale_draft import ASKS, STARTS, Ask, Draft, Heard, draft_of, hear, start
from actions.base import ShopAction
from actions.choices import choice, person
from actions.errors import ShopSaidNo, ShopUnavailable
from actions.message import Message
from actions.pictures import is_bare_picture
from actions.rule_answers import question_of_rule, say_topic
from actions.rule_questions import answer_about_rules
from actions.turn import Events, Turn, set_slots

log = structlog.get_logger()

FORM = "aftersale_form"
FORM_SLOTS = ("case_type", "line_id", "case_quantity", "case_reason", "wanted_option", "description", "is_confirmed")
SET_ASIDE = ("order_number", "line_id", "case_reason")
WAITING_STARTS = {*STARTS, "quality_missing_item"}
ASKS_WITH_BUTTONS = ("utter_ask_", "utter_confirm_")
SILENCE = Message(intent="", text="")


class ValidateAftersaleForm(ShopAction):
    action_name = "validate_aftersale_form"

    async def answer(self, turn: Turn, intent: str) -> Events:
        draft = draft_of(turn.tracker.slots)
        is_beginning = turn.happened_in_turn("active_loop", name=FORM)
        if draft.asked and is_beginning and _has_asked(turn, draft.asked):
            return _digress(draft)
        told = answer_about_rules(turn) if is_beginning else None
        if told is not None:
            return [*told, *_events(Reply(draft))]
        return await self._serve_wish(turn, draft)

    @staticmethod
    async def _serve_wish(turn: Turn, draft: Draft) -> Events:
        is_repeating = turn.happened_in_turn("action_execution_rejected", name=FORM)
        if is_repeating and draft.asked and any(r.startswith(ASKS_WITH_BUTTONS) for r in turn.responses_in_turn):
            return _events(Reply(draft, draft.asked))  # the digression's answer asks something itself
        is_repeating = is_repeating or _is_answered_beside(turn, draft)
        message = SILENCE if is_repeating else turn.message
        heard = Heard(draft) if is_repeating else _heard(turn, message, draft)
        is_guess = heard is None and draft.asked in (Ask.ORDER, Ask.LINE) and message.is_free_text
        if heard is None and not is_guess:
            return _digress(draft)
        desk = AftersaleDesk(turn, heard or Heard(draft), message)
        reply = await _serve(turn, desk)
        return _digress(draft) if is_guess and reply.asked == draft.asked else _events(reply)


async def _serve(turn: Turn, desk: AftersaleDesk) -> Reply:
    """The desk's reply; when the shop does not answer, nothing is lost and the same question stays open."""
    try:
        return await desk.serve()
    except ShopUnavailable as error:
        log.warning("aftersale.shop_unavailable", sender_id=turn.tracker.sender_id, cause=str(error))
        retry = choice("affirm", title="retry", primary=True, choice="retry")
        if desk.message.intent:  # else the digression's answer has just said so
            turn.say("utter_shop_unavailable", choices=[retry, person()])
        noted = [*turn.note("shop_unavailable"), *set_slots(handoff_reason="shop_unavailable")]
        return Reply(desk.draft, desk.draft.asked or Ask.ORDER, noted)
    except ShopSaidNo as error:
        log.info("aftersale.shop_refused", sender_id=turn.tracker.sender_id, code=error.code)
        turn.say("utter_shop_refused", explanation=error.message, choices=[person(primary=True)])
        return Reply(desk.draft, events=set_slots(handoff_reason="other"))


class ActionFinishAftersale(ShopAction):
    """Clears the form's slots; the order and the case stay known. Sends a visitor to prove the order first."""

    action_name = "action_finish_aftersale"

    async def answer(self, turn: Turn, intent: str) -> Events:
        if not turn.is_signed_in and turn.slot("pending_intent") in WAITING_STARTS:
            return [{"event": "followup", "name": "order_proof_form"}]
        draft = draft_of(turn.tracker.slots)
        is_given_up = turn.has_said_now("utter_aftersale_stopped")
        kept = {name: value for name, value in draft.to_slots().items() if name in SET_ASIDE} if is_given_up else None
        return set_slots(**dict.fromkeys((*FORM_SLOTS, "asked_for", "pending_intent")), set_aside=kept)


def _is_answered_beside(turn: Turn, draft: Draft) -> bool:
    """A photo without a word, or a question about the rule in the words of the wish ("修不好怎么办"): answered, and the
    form's question comes again."""
    if is_bare_picture(turn):
        turn.say("utter_photo_kept")
        return True
    if not draft.asked or not ASKS.search(turn.message.text) or hear(turn.message, draft) != Heard(draft):
        return False
    topic = question_of_rule(turn)
    if topic:
        say_topic(turn, topic)
    return topic is not None


def _heard(turn: Turn, message: Message, draft: Draft) -> Heard | None:
    if turn.happened_in_turn("active_loop", name=FORM):
        return start(message, draft, turn.slot("set_aside"))
    return hear(message, draft)


def _has_asked(turn: Turn, asked: Ask) -> bool:
    """Rasa runs a form a second time in a turn that began it by a followup: the question stands already."""
    return turn.happened_in_turn("slot", name="asked_for", value=asked.value)


def _digress(draft: Draft) -> Events:
    return set_slots(requested_slot=draft.asked)


def _events(reply: Reply) -> Events:
    asked = reply.asked.value if reply.asked else None
    slots = reply.draft.to_slots() | {"asked_for": asked, "requested_slot": asked}
    return [*[event for event in reply.events if event["event"] == "slot"], *set_slots(**slots)]
