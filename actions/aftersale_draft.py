"""What is known so far of a wish for return, exchange, repair, refund or resend, and how a message changes it. Pure.

Rule 1. A message that says nothing about the wish is a digression: `hear` answers None and others answer it.
Rule 2. Changing the goods forgets what belonged to the old ones; changing the service forgets only the agreement.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from actions.message import (
    Message,
    case_type_in,
    is_stop,
    quantity_in,
    reason_in,
    says_something,
    wanted_option_in,
    wants_another,
    words_for_goods,
)
from contracts.shop import CaseReason, CaseType

DESCRIPTION_LENGTH = 300

STARTS = {
    "return_apply": CaseType.RETURN_REFUND,
    "exchange_apply": CaseType.EXCHANGE,
    "repair_apply": CaseType.REPAIR,
    "refund_apply": CaseType.REFUND_ONLY,
}
QUALITY_REASONS = {
    "quality_defect": CaseReason.QUALITY,
    "quality_damaged": CaseReason.DAMAGED,
    "quality_wrong_item": CaseReason.WRONG_ITEM,
    "quality_missing_item": CaseReason.MISSING_ITEM,
    "quality_not_as_described": CaseReason.NOT_AS_DESCRIBED,
}
NAMES_A_SERVICE = {"aftersale_modify", "deny", "inform", "nlu_fallback", "affirm"}


class Ask(StrEnum):
    """The questions of the form, in their order; the names are its slots."""

    ORDER = "order_number"
    LINE = "line_id"
    QUANTITY = "case_quantity"
    REASON = "case_reason"
    WANTED = "wanted_option"
    CONFIRM = "is_confirmed"


class Mood(StrEnum):
    """What a message does beside adding facts."""

    GO_ON = "go_on"
    STOP = "stop"
    CHOOSE_AGAIN = "choose_again"
    NONE_OF_THESE = "none_of_these"
    CHANGE_SOMETHING = "change_something"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Draft:
    case_type: CaseType = CaseType.RETURN_REFUND
    order_number: str | None = None
    line_id: str | None = None
    quantity: int | None = None
    reason: CaseReason | None = None
    wanted: str | None = None
    description: str = ""
    asked: Ask | None = None

    def to_slots(self) -> dict[str, Any]:
        return {
            "case_type": self.case_type.value,
            "order_number": self.order_number,
            "line_id": self.line_id,
            "case_quantity": self.quantity,
            "case_reason": self.reason.value if self.reason else None,
            "wanted_option": self.wanted,
            "description": self.description,
        }


def draft_of(slots: dict[str, Any]) -> Draft:
    reason, asked = slots.get("case_reason"), slots.get("requested_slot")
    return Draft(
        case_type=CaseType(slots.get("case_type") or CaseType.RETURN_REFUND),
        order_number=slots.get("order_number"),
        line_id=slots.get("line_id"),
        quantity=slots.get("case_quantity"),
        reason=CaseReason(reason) if reason else None,
        wanted=slots.get("wanted_option"),
        description=slots.get("description") or "",
        asked=Ask(asked) if asked in set(Ask) else None,
    )


@dataclass(frozen=True)
class Heard:
    draft: Draft
    mood: Mood = Mood.GO_ON


def start(message: Message, draft: Draft) -> Heard:
    """The first message of a form: a new wish, unless another action has prepared the draft already."""
    if message.intent not in STARTS:
        return Heard(replace(draft, asked=None))
    is_pressed = bool(message.choice or message.entity("line_id") or message.entity("case_reason"))
    # A button's title is not the shopper's words; those were kept when the button was offered.
    said = draft.description if is_pressed else message.text[:DESCRIPTION_LENGTH]
    fresh = Draft(case_type=STARTS[message.intent], description=said)
    facts = _with_goods(fresh, message)
    return Heard(
        replace(facts, reason=reason_in(message), quantity=quantity_in(message), wanted=_wanted(facts, message))
    )


def hear(message: Message, draft: Draft) -> Heard | None:
    """What a later message of the form changes; None where it is about something else."""
    if message.choice == "retry":
        return Heard(draft, Mood.CONFIRM if draft.asked is Ask.CONFIRM else Mood.GO_ON)
    if is_stop(message):
        return Heard(draft, Mood.STOP)
    changed = _with_facts(draft, message)
    if changed != draft or message.intent in STARTS or message.intent in QUALITY_REASONS:
        return Heard(changed)
    if _means_other_goods(message, draft):
        return Heard(choose_again(draft), Mood.CHOOSE_AGAIN)
    return _hear_yes_or_no(message, draft)


def choose_again(draft: Draft) -> Draft:
    """Other goods: the service and the reason stay, the goods are open."""
    return replace(draft, order_number=None, line_id=None, quantity=None, asked=Ask.ORDER)


def _means_other_goods(message: Message, draft: Draft) -> bool:
    if message.intent != "deny" and not message.is_free_text and not message.choice:
        return False
    corrects = draft.asked is Ask.CONFIRM and bool(words_for_goods(message))  # "不对，是面膜"
    return corrects or wants_another(message)


def _hear_yes_or_no(message: Message, draft: Draft) -> Heard | None:
    if message.intent == "affirm":
        return Heard(draft, Mood.CONFIRM if draft.asked is Ask.CONFIRM else Mood.GO_ON)
    if message.intent != "deny":
        return None
    if draft.asked is Ask.CONFIRM:
        return Heard(draft, Mood.CHANGE_SOMETHING)
    return Heard(draft, Mood.NONE_OF_THESE if draft.asked in (Ask.ORDER, Ask.LINE) else Mood.GO_ON)


def _with_facts(draft: Draft, message: Message) -> Draft:
    draft = _with_goods(_with_service(draft, message), message)
    reason = _reason(draft, message)
    if reason and reason != draft.reason:
        draft = replace(draft, reason=reason, description=_description(draft, message))
    if draft.asked is Ask.QUANTITY and (quantity := quantity_in(message) or _bare_number(message)):
        draft = replace(draft, quantity=quantity)
    if draft.asked is Ask.WANTED and message.is_free_text:
        draft = replace(draft, wanted=wanted_option_in(message) or message.text[:50])
    return draft


def _with_service(draft: Draft, message: Message) -> Draft:
    named = STARTS.get(message.intent)
    if named is None and message.intent in NAMES_A_SERVICE:
        named = case_type_in(message.text)
    if message.choice == "resend":
        named = CaseType.RESEND
    return replace(draft, case_type=named) if named else draft


def _with_goods(draft: Draft, message: Message) -> Draft:
    number, line_id = message.entity("order_number"), message.entity("line_id")
    if number and number != draft.order_number:
        draft = replace(draft, order_number=number, line_id=None, quantity=None)
    return replace(draft, line_id=line_id) if line_id else draft


def _reason(draft: Draft, message: Message) -> CaseReason | None:
    if message.intent in QUALITY_REASONS:
        return reason_in(message) or QUALITY_REASONS[message.intent]
    if message.entity("case_reason"):
        return reason_in(message)
    if draft.asked is not Ask.REASON or not message.is_free_text or not says_something(message.text):
        return None
    otherwise = CaseReason.QUALITY if draft.case_type is CaseType.REPAIR else CaseReason.OTHER
    return reason_in(message) or otherwise


def _description(draft: Draft, message: Message) -> str:
    if message.entity("case_reason"):
        return draft.description  # a button's title adds nothing to what the shopper wrote
    return "；".join(filter(None, [draft.description, message.text]))[:DESCRIPTION_LENGTH]


def _wanted(draft: Draft, message: Message) -> str | None:
    return wanted_option_in(message) if draft.case_type is CaseType.EXCHANGE else None


def _bare_number(message: Message) -> int | None:
    text = message.text.strip()
    return int(text) if text.isdecimal() and 0 < len(text) < 4 else None
