"""An order's invoice: asked for, changed, sent again, looked up. The rules say what is possible, the shop does it."""

import re
from typing import Any

from actions.base import OrderAction
from actions.cards import moment
from actions.choices import agree, choice, not_now, order_card, other_order, person
from actions.turn import Events, Turn, set_slots
from actions.wording import INTENT_TITLES, SUMMARY_ROWS
from contracts.bot_output import Choice, SummaryCard
from contracts.shop import InvoiceResend, InvoiceStatus, InvoiceWish, Order, OrderStatus
from contracts.verdict import Decision
from policy import InvoiceFacts, decide_invoice
from policy import InvoiceWish as Concern

TITLE_LENGTH = 100
DETAILS = ("invoice_title", "tax_number", "email")
SPECIAL = re.compile(r"专票|专用发票|增值税专用")
COMPANY = re.compile(r"公司|集团|企业|工厂|事务所|合作社|研究院|大学|学院|医院|中心$|银行")
TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}")
LIKE_TAX_NUMBER = re.compile(r"(?<![0-9A-Za-z@.])[0-9A-Za-z]{10,24}(?![0-9A-Za-z@.])")
FOR_COMPANY = re.compile(r"(?:开|要|给|是|我?们?)*(?:公司|企业|单位)(?:的|抬头|名义|发票)*[吧呀啊哈]?")
FOR_ONESELF = re.compile(r"(?:开|要|给|是|我)*(?:个人|私人|自己)(?:的|抬头|名义|发票)*[吧呀啊哈]?(?:就行|就好)?")
ONESELF = "个人"
EMAIL = re.compile(r"[^@\s]{1,40}@[^@\s]{1,50}\.[^@\s]{2,10}")
AGAIN = re.compile(r"没(?:有)?收到|重(?:新)?发|再发|补发|发(?:我|到|给)?(?:一下)?邮箱|找不到")
CONCERNS = {
    "invoice_apply": Concern.APPLY,
    "invoice_change": Concern.CHANGE,
    "invoice_progress": Concern.PROGRESS,
}
QUESTIONS = {
    InvoiceStatus.NONE: "utter_request_invoice_title",
    InvoiceStatus.REQUESTED: "utter_request_invoice_change",
    InvoiceStatus.ISSUED: "utter_request_invoice_reissue",
}
TITLE_QUESTIONS = (*QUESTIONS.values(), "utter_request_company", "utter_request_company_details")
PROGRESS = {
    InvoiceStatus.NONE: "utter_invoice_none",
    InvoiceStatus.REQUESTED: "utter_invoice_under_way",
    InvoiceStatus.ISSUED: "utter_invoice_issued",
}


class ActionShowInvoice(OrderAction):
    action_name = "action_show_invoice"
    intents = ("invoice_apply", "invoice_change", "invoice_progress")
    none_response = "utter_no_order_for_invoice"

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    def prefers(self, order: Order, intent: str) -> bool:
        return intent != "invoice_apply" and order.invoice.status is not InvoiceStatus.NONE

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        wants_again = turn.message.choice == "resend" or bool(AGAIN.search(turn.message.text))
        if order.invoice.status is InvoiceStatus.ISSUED and (wants_again or turn.has_just_said("utter_request_email")):
            return await _resend(turn, order, intent)
        details = _details(turn)
        if intent == "invoice_progress" and not details:
            return _tell(turn, order, intent)
        concern = Concern.APPLY if order.invoice.status is InvoiceStatus.NONE else Concern.CHANGE
        if intent == "invoice_apply" and order.invoice.status is not InvoiceStatus.NONE and not details:
            concern = Concern.APPLY  # there is one: the rule says so, and what can be done with it
        refusal = _refusal(turn, order, concern)
        if refusal:
            return _say_refused(turn, order, intent, refusal)
        return await _go_on(turn, order, intent, details)


def _refusal(turn: Turn, order: Order, concern: Concern) -> str:
    """The rule's words where the wish cannot simply be done; empty where it can."""
    is_special = bool(SPECIAL.search(turn.message.text))
    facts = InvoiceFacts(order=order, now=turn.now, wish=concern, is_special=is_special)
    verdict = decide_invoice(turn.services.rules, facts)
    return "" if verdict.decision is Decision.ALLOWED else verdict.explanation


def _say_refused(turn: Turn, order: Order, intent: str, explanation: str) -> Events:
    known: dict[str, Any] = {"order_number": order.order_number}
    change = [choice("invoice_change", **known)] if order.invoice.status is not InvoiceStatus.NONE else []
    again = [_send(order)] if order.invoice.status is InvoiceStatus.ISSUED else []
    turn.say(
        "utter_invoice_refused",
        cards=[order_card(order)],
        choices=[*again, *change, person(primary=not again), other_order(intent)],
        explanation=explanation,
        **_words(order),
    )
    return set_slots(handoff_reason="policy_needs_person", pending_intent=None)


async def _go_on(turn: Turn, order: Order, intent: str, details: dict[str, str]) -> Events:
    """Ask for the title, then for a company's tax number, then show it all, then do it."""
    kept = set_slots(**details, pending_intent=intent)
    if "invoice_title" not in details and FOR_COMPANY.fullmatch(turn.message.text.strip()):
        turn.say("utter_request_company_details", choices=[person()])
        return kept
    if "invoice_title" not in details and "tax_number" not in details:
        question = QUESTIONS[order.invoice.status]
        turn.say(question, cards=[order_card(order)], choices=[person(), other_order(intent)], **_words(order))
        return kept
    if "invoice_title" not in details:
        turn.say("utter_request_company", choices=[person()])
        return kept
    if COMPANY.search(details["invoice_title"]) and "tax_number" not in details:
        return [*kept, *_ask_tax_number(turn, details["invoice_title"])]
    is_agreed = turn.message.choice == "confirm"
    if is_agreed and turn.message.entity("version") == str(order.version):
        return await _request(turn, order, details)
    if is_agreed:
        turn.say("utter_order_changed_since")
    rows = [(SUMMARY_ROWS[name], value) for name, value in details.items()]
    card = SummaryCard(title=INTENT_TITLES[intent], rows=[*rows, (SUMMARY_ROWS["order_number"], order.order_number)])
    turn.say("utter_confirm_invoice", cards=[card], choices=[agree(intent, "confirm_invoice", order), not_now()])
    return kept


def _ask_tax_number(turn: Turn, title: str) -> Events:
    """One whose check digit is wrong is shown to be looked at; sent a second time it is taken as it is."""
    said = _found(LIKE_TAX_NUMBER, turn.message.text)
    if said:
        turn.say("utter_tax_number_doubtful", number=said.upper(), count=str(len(said)), choices=[person()])
        return set_slots(doubtful_tax_number=said.upper())
    turn.say("utter_request_tax_number", title=title, choices=[person()])
    return []


async def _request(turn: Turn, order: Order, details: dict[str, str]) -> Events:
    wish = InvoiceWish(
        version=order.version,
        title=details["invoice_title"][:TITLE_LENGTH],
        tax_number=details.get("tax_number", ""),
        email=details.get("email", ""),
    )
    changed = await turn.shop.request_invoice(order.order_number, wish)
    known: dict[str, Any] = {"order_number": order.order_number}
    choices = [choice("invoice_progress", **known), person()]
    response = "utter_invoice_to_email" if changed.invoice.email else "utter_invoice_to_order"
    turn.say(response, cards=[order_card(changed)], choices=choices, **_words(changed))
    noted = turn.note("asked_for_invoice", **known)
    return [*noted, *set_slots(**dict.fromkeys(DETAILS), doubtful_tax_number=None, pending_intent=None)]


async def _resend(turn: Turn, order: Order, intent: str) -> Events:
    """To the address that is named, else to the one it went to; without any it is asked for."""
    said = turn.message.entity("email") or _found(EMAIL, turn.message.text)
    if not said and not order.invoice.email:
        turn.say("utter_request_email", choices=[person()])
        return set_slots(pending_intent=intent)
    sent = await turn.shop.resend_invoice(order.order_number, InvoiceResend(version=order.version, email=said))
    turn.say("utter_invoice_sent", cards=[order_card(sent)], choices=[person()], **_words(sent))
    noted = turn.note("sent_invoice", order_number=order.order_number)
    return [*noted, *set_slots(email=None, pending_intent=None)]


def _tell(turn: Turn, order: Order, intent: str) -> Events:
    known: dict[str, Any] = {"order_number": order.order_number}
    next_step = {
        InvoiceStatus.NONE: choice("invoice_apply", primary=True, **known),
        InvoiceStatus.REQUESTED: choice("invoice_change", **known),
        InvoiceStatus.ISSUED: _send(order),
    }
    choices = [next_step[order.invoice.status], person(), other_order(intent)]
    turn.say(_progress(order), cards=[order_card(order)], choices=choices, **_words(order))
    return [*turn.note("looked_up_invoice", **known), *set_slots(handoff_reason="other")]


def _progress(order: Order) -> str:
    if order.invoice.status is InvoiceStatus.REQUESTED and order.invoice.due_at is None:
        return "utter_invoice_under_way_open"
    return PROGRESS[order.invoice.status]


def _details(turn: Turn) -> dict[str, str]:
    """Title, tax number and address as far as they were said, now or before; only what a shop can take."""
    said = {name: str(turn.message.entity(name) or turn.slot(name) or "") for name in DETAILS}
    said["tax_number"] = _found(TAX_NUMBER, said["tax_number"].upper()) or _insisted_on(turn)
    said["email"] = _found(EMAIL, said["email"])
    was_asked = any(turn.has_just_said(question) for question in TITLE_QUESTIONS)
    if was_asked and turn.message.is_free_text and not said["invoice_title"] and not turn.message.entity("tax_number"):
        said["invoice_title"] = _title_in(turn.message.text)
    said["invoice_title"] = said["invoice_title"][:TITLE_LENGTH]
    return {name: value for name, value in said.items() if value}


def _title_in(text: str) -> str:
    """Whatever answers the question is the title; "公司的" only says what kind is wanted."""
    if FOR_ONESELF.fullmatch(text.strip()):
        return ONESELF
    return "" if FOR_COMPANY.fullmatch(text.strip()) else text


def _insisted_on(turn: Turn) -> str:
    """The doubtful number, sent once more: old ones have no check digit."""
    doubted = str(turn.slot("doubtful_tax_number") or "")
    said = _found(LIKE_TAX_NUMBER, turn.message.text).upper()
    return doubted if doubted and said == doubted and TAX_NUMBER.fullmatch(doubted) else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0] if match else ""


def _send(order: Order) -> Choice:
    known: dict[str, Any] = {"order_number": order.order_number, "choice": "resend"}
    return choice("invoice_progress", title="resend_invoice", primary=True, **known)


def _words(order: Order) -> dict[str, Any]:
    invoice = order.invoice
    return {
        "kind": invoice.kind,
        "title": invoice.title,
        "email": _masked(invoice.email),
        "issued_at": moment(invoice.issued_at) if invoice.issued_at else "",
        "due": moment(invoice.due_at) if invoice.due_at else "",
    }


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else email
