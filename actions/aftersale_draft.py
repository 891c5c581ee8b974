"""What is known so far of a wish for return, exchange, repair, refund or resend, and how a message changes it. Pure.

Rule 1. A message that says nothing about the wish is a digression: `hear` answers None and others answer it.
Rule 2. Changing the goods forgets what belonged to the old ones; changing the service forgets only the agreement.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from actions.message import (
    TOO_HARD,
    WANTS_A_PERSON,
    Message,
    case_type_in,
    is_stop,
    order_number_in,
    quantity_in,
    reason_in,
    says_something,
    wanted_option_in,
    wants_another,
    words_for_goods,
)
from actions.short_answers import agrees_to
from actions.wording import CHOICE_TITLES
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
NAMES_A_SERVICE = {"hold_on", "aftersale_modify", "aftersale_cancel", "deny", "inform", "nlu_fallback", "affirm"}
CORRECTS = {*NAMES_A_SERVICE, *STARTS, "order_change_items", "hold_on"}
SHORT = 10  # letters of a bare answer
ASKS = re.compile(r"[吗呢么?？]|谁|怎么|多久|什么|哪")
BARE_SIZE = re.compile(
    r"(?:那|就|要|换|改|成|还是|给我)*\s*(?P<size>\d{2,3}(?:\.5)?|[xX]*[sSmMlL])\s*(?:码|号)?(?:的|吧|呗)*"
)
SIZE_WORDS = re.compile(r"^[\da-zA-Z.\s]+$|[码号大小]")


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
    """`rejected` is the order that was the wrong one."""

    draft: Draft
    mood: Mood = Mood.GO_ON
    rejected: str | None = None


def start(message: Message, draft: Draft, set_aside: dict[str, Any] | None = None) -> Heard:
    """The first message of a form: a new wish, unless another action has prepared the draft already.

    `set_aside` are the slots of a wish given up before: what it said of goods and reason still holds.
    """
    if message.intent not in STARTS:
        return Heard(replace(draft, asked=None))
    is_pressed = bool(message.choice or message.entity("line_id") or message.entity("case_reason"))
    # A button's title is not the shopper's words; those were kept when the button was offered.
    said = draft.description if is_pressed else message.text[:DESCRIPTION_LENGTH]
    fresh = Draft(case_type=_named_service(message) or STARTS[message.intent], description=said)
    facts = _with_goods(fresh, message)
    facts = replace(facts, reason=reason_in(message), quantity=quantity_in(message), wanted=_wanted(facts, message))
    return Heard(_with_old_facts(_with_size_reason(facts), message, set_aside or {}))


def _with_old_facts(draft: Draft, message: Message, set_aside: dict[str, Any]) -> Draft:
    """Goods and reason of the wish before, where this one names none of its own."""
    old = draft_of(set_aside)
    if not set_aside or draft.order_number or words_for_goods(message):
        return draft
    draft = replace(draft, order_number=old.order_number, line_id=old.line_id)
    return draft if draft.reason else replace(draft, reason=old.reason)


def hear(message: Message, draft: Draft) -> Heard | None:
    """What a later message of the form changes; None where it is about something else."""
    if message.choice == "retry":
        return Heard(draft, Mood.CONFIRM if draft.asked is Ask.CONFIRM else Mood.GO_ON)
    if is_stop(message):
        return Heard(draft, Mood.STOP)
    if message.intent in WANTS_A_PERSON or _cannot_do_it(message):
        return None
    if draft.asked is Ask.CONFIRM and not message.choice and agrees_to(message.text, draft.case_type):
        return Heard(draft, Mood.CONFIRM)
    if message.intent == "order_cancel" and draft.case_type is CaseType.REFUND_ONLY:
        return Heard(draft)  # "不想要了" is the very wish under discussion
    if _only_names_goods(message, draft):
        return Heard(replace(draft, order_number=None, line_id=None, quantity=None), Mood.CHOOSE_AGAIN)
    changed = _with_facts(draft, message)
    if changed != draft or message.intent in STARTS or message.intent in QUALITY_REASONS:
        return Heard(changed)
    if _means_other_goods(message, draft):
        return Heard(choose_again(draft), Mood.CHOOSE_AGAIN, rejected=draft.order_number)
    return _hear_yes_or_no(message, draft)


def choose_again(draft: Draft) -> Draft:
    """Other goods: the service and the reason stay, the goods are open."""
    return replace(draft, order_number=None, line_id=None, quantity=None, asked=Ask.ORDER)


def _means_other_goods(message: Message, draft: Draft) -> bool:
    if message.intent != "deny" and not message.is_free_text and not message.choice:
        return False
    corrects = draft.asked is Ask.CONFIRM or message.intent == "deny"  # "不对，是面膜"
    return (corrects and bool(words_for_goods(message))) or wants_another(message)


def _only_names_goods(message: Message, draft: Draft) -> bool:
    """ "白的衣服", where the reason was asked: which goods are meant, and no reason."""
    if draft.asked is not Ask.REASON or not message.is_free_text or len(message.text) > SHORT:
        return False
    is_option = draft.case_type is not CaseType.EXCHANGE and wanted_option_in(message) is not None
    names_goods = bool(words_for_goods(message)) or is_option
    return names_goods and reason_in(message) is None and case_type_in(message.text) is None


def _cannot_do_it(message: Message) -> bool:
    """ "我不会弄": help comes first, then the question again."""
    return message.intent == "deny" and bool(TOO_HARD.search(message.text))


def _hear_yes_or_no(message: Message, draft: Draft) -> Heard | None:
    if message.intent == "affirm":  # typed, it was no plain yes: the question comes again
        is_pressed = message.text == CHOICE_TITLES["confirm"]
        return Heard(draft, Mood.CONFIRM if is_pressed and draft.asked is Ask.CONFIRM else Mood.GO_ON)
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
    if quantity := _quantity(draft, message):
        draft = replace(draft, quantity=quantity)
    return _with_size_reason(_with_wanted(draft, message))


def _quantity(draft: Draft, message: Message) -> int | None:
    """Pieces, where they are asked for or corrected ("不对，退两件")."""
    if draft.asked is Ask.QUANTITY:
        return quantity_in(message) or _bare_number(message)
    says_reason = message.entity("reason") or message.entity("line_id")  # "少了一件" counts what is missing
    return quantity_in(message) if message.intent in CORRECTS and not says_reason else None


def _with_wanted(draft: Draft, message: Message) -> Draft:
    """The option to exchange for: asked for, or said beside the wish ("换成XL吧")."""
    if draft.case_type is not CaseType.EXCHANGE or message.choice or message.entity("line_id"):
        return draft
    wanted = wanted_option_in(message) if message.intent in CORRECTS else None
    if draft.asked is Ask.WANTED and message.is_free_text:
        wanted = wanted or message.text[:50]
    elif wanted is None and draft.asked is Ask.CONFIRM and message.is_free_text:
        match = BARE_SIZE.fullmatch(message.text.strip())
        wanted = match["size"] if match else None
    return replace(draft, wanted=wanted) if wanted else draft


def _with_size_reason(draft: Draft) -> Draft:
    """Who names another size or colour has said why: nobody is asked twice."""
    if draft.case_type is not CaseType.EXCHANGE or draft.reason or not draft.wanted:
        return draft
    return replace(draft, reason=CaseReason.SIZE if SIZE_WORDS.search(draft.wanted) else CaseReason.NO_REASON)


def _named_service(message: Message) -> CaseType | None:
    """What the words name, where they refuse something else first ("不是退货，是换货")."""
    return case_type_in(message.text) if "不是" in message.text or "不要" in message.text else None


def _with_service(draft: Draft, message: Message) -> Draft:
    named = _named_service(message) or STARTS.get(message.intent)
    if named is None and message.intent in NAMES_A_SERVICE and not message.choice:  # "选错了，换一件" is a button
        named = case_type_in(message.text)
    if message.choice == "resend":
        named = CaseType.RESEND
    return replace(draft, case_type=named) if named else draft


def _with_goods(draft: Draft, message: Message) -> Draft:
    number, line_id = order_number_in(message), message.entity("line_id")
    if number and number != draft.order_number:
        draft = replace(draft, order_number=number, line_id=None, quantity=None)
    return replace(draft, line_id=line_id) if line_id else draft


def _reason(draft: Draft, message: Message) -> CaseReason | None:
    if message.intent in QUALITY_REASONS:
        return reason_in(message) or QUALITY_REASONS[message.intent]
    if message.entity("case_reason"):
        return reason_in(message)
    if draft.asked is not Ask.REASON:
        says = message.intent in CORRECTS and message.entity("reason")
        return reason_in(message) if says else None
    if not message.is_free_text or not says_something(message.text):
        is_answer = message.intent in CORRECTS or _is_bare_reason(message)
        return reason_in(message) if is_answer else None
    if _wanted(draft, message) and reason_in(message) is None:
        return None  # "42码": an option, from which the reason follows
    otherwise = CaseReason.QUALITY if draft.case_type is CaseType.REPAIR else CaseReason.OTHER
    return reason_in(message) or otherwise


def _is_bare_reason(message: Message) -> bool:
    """ "发货太慢" answers the question, whatever else it may be elsewhere."""
    return bool(message.entity("reason")) and len(message.text) <= SHORT and not ASKS.search(message.text)


def _description(draft: Draft, message: Message) -> str:
    if message.entity("case_reason"):
        return draft.description  # a button's title adds nothing to what the shopper wrote
    return "；".join(filter(None, [draft.description, message.text]))[:DESCRIPTION_LENGTH]


def _wanted(draft: Draft, message: Message) -> str | None:
    return wanted_option_in(message) if draft.case_type is CaseType.EXCHANGE else None


def _bare_number(message: Message) -> int | None:
    text = message.text.strip()
    return int(text) if text.isdecimal() and 0 < len(text) < 4 else None
