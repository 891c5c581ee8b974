"""Answers about an order's invoice. A wish to have one or to change one is collected here and done by a colleague."""

from typing import Any

from actions.base import OrderAction
from actions.cards import moment
from actions.choices import choice, order_card, person
from actions.turn import Events, Turn, set_slots
from actions.wording import SUMMARY_ROWS, TICKET_SUBJECTS
from contracts.bot_output import Choice, SummaryCard, TicketCard
from contracts.shop import InvoiceStatus, NewTicket, Order, OrderStatus, TicketKind

TITLE_LENGTH = 100
DETAILS = ("invoice_title", "tax_number", "email")
RESPONSES = {
    ("invoice_apply", InvoiceStatus.REQUESTED): "utter_invoice_apply_requested",
    ("invoice_apply", InvoiceStatus.ISSUED): "utter_invoice_apply_issued",
    ("invoice_change", InvoiceStatus.NONE): "utter_invoice_change_none",
    ("invoice_progress", InvoiceStatus.NONE): "utter_invoice_progress_none",
    ("invoice_progress", InvoiceStatus.REQUESTED): "utter_invoice_progress_requested",
    ("invoice_progress", InvoiceStatus.ISSUED): "utter_invoice_progress_issued",
}
QUESTIONS = {
    ("invoice_apply", InvoiceStatus.NONE): "utter_request_invoice_title",
    ("invoice_change", InvoiceStatus.REQUESTED): "utter_request_invoice_change",
    ("invoice_change", InvoiceStatus.ISSUED): "utter_request_invoice_reissue",
}
OF_AN_INVOICE = frozenset({"invoice_change", "invoice_progress"})


class ActionShowInvoice(OrderAction):
    action_name = "action_show_invoice"
    intents = ("invoice_apply", "invoice_change", "invoice_progress")
    none_response = "utter_no_order_for_invoice"

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    def prefers(self, order: Order, intent: str) -> bool:
        return intent in OF_AN_INVOICE and order.invoice.status is not InvoiceStatus.NONE

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if intent == "invoice_change" and order.invoice.status is InvoiceStatus.NONE and _details(turn):
            intent = "invoice_apply"  # nothing to change yet: what was said is for a first one
        question = QUESTIONS.get((intent, order.invoice.status))
        details = _details(turn)
        if turn.message.choice == "report":
            return await _report(turn, order, intent, details)
        if question and details:
            return _confirm(turn, order, intent, details)
        if question:
            turn.say(question, cards=[order_card(order)], choices=_ways(intent), **_words(order))
            return set_slots(pending_intent=intent)
        return _tell(turn, order, intent)


def _tell(turn: Turn, order: Order, intent: str) -> Events:
    is_issued = (intent, order.invoice.status) == ("invoice_progress", InvoiceStatus.ISSUED)
    is_online = is_issued and not order.invoice.email  # nobody left an address to send it to
    turn.say(
        "utter_invoice_progress_issued_online" if is_online else RESPONSES[intent, order.invoice.status],
        cards=[order_card(order)],
        choices=[*_next(order, intent), *_ways(intent)],
        **_words(order),
    )
    return [*turn.note("looked_up_invoice", order_number=order.order_number), *set_slots(handoff_reason="other")]


def _confirm(turn: Turn, order: Order, intent: str, details: dict[str, str]) -> Events:
    """What will be handed on, before it is."""
    rows = [(SUMMARY_ROWS[name], value) for name, value in details.items()]
    shown = [*rows, (SUMMARY_ROWS["order_number"], order.order_number)]
    agree = choice(intent, title="report_invoice", primary=True, order_number=order.order_number, choice="report")
    turn.say(
        "utter_confirm_invoice",
        cards=[SummaryCard(title=TICKET_SUBJECTS[intent], rows=shown)],
        choices=[agree, person()],
    )
    return set_slots(**details, pending_intent=intent)


async def _report(turn: Turn, order: Order, intent: str, details: dict[str, str]) -> Events:
    said = "；".join(f"{SUMMARY_ROWS[name]}：{value}" for name, value in details.items())
    subject = TICKET_SUBJECTS[intent]
    wish = NewTicket(kind=TicketKind.OTHER, subject=subject, description=said, order_number=order.order_number)
    ticket = await turn.shop.open_ticket(wish, intent, said)
    turn.say(
        "utter_invoice_reported",
        cards=[TicketCard(ticket=ticket)],
        choices=[person()],
        ticket_id=ticket.ticket_id,
        deadline=moment(ticket.deadline_at),
    )
    return [*turn.note("opened_ticket", ticket_id=ticket.ticket_id), *set_slots(**dict.fromkeys(DETAILS))]


def _details(turn: Turn) -> dict[str, str]:
    """Title, tax number and address as far as they were said, now or before."""
    said = {name: turn.message.entity(name) or turn.slot(name) for name in DETAILS}
    was_asked = any(turn.has_just_said(question) for question in QUESTIONS.values())
    if was_asked and turn.message.is_free_text and not any(said.values()):
        said["invoice_title"] = turn.message.text[:TITLE_LENGTH]  # whatever answers the question is the title
    return {name: str(value) for name, value in said.items() if value}


def _next(order: Order, intent: str) -> list[Choice]:
    """Without an invoice the next step is one; with one that is wrong, its change."""
    if order.invoice.status is InvoiceStatus.NONE:
        return [choice("invoice_apply", primary=True, order_number=order.order_number)]
    return [choice("invoice_change", order_number=order.order_number)] if intent == "invoice_apply" else []


def _ways(intent: str) -> list[Choice]:
    return [person(), choice(intent, title="other_order", choice="other")]


def _words(order: Order) -> dict[str, Any]:
    invoice = order.invoice
    return {
        "kind": invoice.kind,
        "title": invoice.title,
        "email": _masked(invoice.email),
        "issued_at": moment(invoice.issued_at) if invoice.issued_at else "",
    }


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else email
