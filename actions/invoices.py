"""Answers about an order's invoice. Issuing and changing one is a person's, with the order's facts at hand."""

from actions.base import OrderAction
from actions.cards import moment, status_text
from actions.choices import choice, order_card, person
from actions.turn import Events, Turn, set_slots
from contracts.shop import InvoiceStatus, Order, OrderStatus

RESPONSES = {
    ("invoice_apply", InvoiceStatus.NONE): "utter_invoice_apply_none",
    ("invoice_apply", InvoiceStatus.REQUESTED): "utter_invoice_apply_requested",
    ("invoice_apply", InvoiceStatus.ISSUED): "utter_invoice_apply_issued",
    ("invoice_change", InvoiceStatus.NONE): "utter_invoice_change_none",
    ("invoice_change", InvoiceStatus.REQUESTED): "utter_invoice_change_requested",
    ("invoice_change", InvoiceStatus.ISSUED): "utter_invoice_change_issued",
    ("invoice_progress", InvoiceStatus.NONE): "utter_invoice_progress_none",
    ("invoice_progress", InvoiceStatus.REQUESTED): "utter_invoice_progress_requested",
    ("invoice_progress", InvoiceStatus.ISSUED): "utter_invoice_progress_issued",
}


class ActionShowInvoice(OrderAction):
    action_name = "action_show_invoice"
    intents = ("invoice_apply", "invoice_change", "invoice_progress")
    none_response = "utter_no_order_for_invoice"

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        invoice = order.invoice
        is_issued = (intent, invoice.status) == ("invoice_progress", InvoiceStatus.ISSUED)
        is_online = is_issued and not invoice.email  # nobody left an address to send it to
        turn.say(
            "utter_invoice_progress_issued_online" if is_online else RESPONSES[intent, invoice.status],
            cards=[order_card(order)],
            choices=[person(primary=True), choice(intent, title="other_order", choice="other")],
            kind=invoice.kind,
            title=invoice.title,
            email=_masked(invoice.email),
            issued_at=moment(invoice.issued_at) if invoice.issued_at else "",
            status=status_text(order),
        )
        return [*turn.note("looked_up_invoice", order_number=order.order_number), *set_slots(handoff_reason="other")]


def _masked(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else email
