"""Answers about an order itself: its state, its freight, and changes that only a person can make."""

from typing import Any

from actions.base import OrderAction
from actions.cards import goods_text, moment, status_text, yuan
from actions.choices import choice, order_card, person, start_choice
from actions.message import words_for_goods
from actions.resume import AFTERSALE_FORM, take_up
from actions.turn import Events, Turn
from actions.wording import TICKET_SUBJECTS
from contracts.bot_output import Choice, TicketCard
from contracts.shop import CaseType, NewTicket, Order, OrderStatus, TicketKind

NOT_LEFT = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID})
OPEN = frozenset({*NOT_LEFT, OrderStatus.SHIPPED})
STATUS_RESPONSES = {
    OrderStatus.PENDING_PAYMENT: "utter_order_pending_payment",
    OrderStatus.PAID: "utter_order_paid",
    OrderStatus.SHIPPED: "utter_order_shipped",
    OrderStatus.SIGNED: "utter_order_signed",
    OrderStatus.COMPLETED: "utter_order_completed",
    OrderStatus.CANCELLED: "utter_order_cancelled",
}
CHANGE_RESPONSES = {
    ("cancel", "unpaid"): "utter_cancel_unpaid",
    ("cancel", "unshipped"): "utter_cancel_unshipped",
    ("cancel", "under_way"): "utter_cancel_under_way",
    ("cancel", "over"): "utter_cancel_over",
    ("change_address", "unshipped"): "utter_change_address_unshipped",
    ("change_address", "under_way"): "utter_change_address_under_way",
    ("change_address", "over"): "utter_change_address_over",
    ("change_items", "unshipped"): "utter_change_items_unshipped",
    ("change_items", "under_way"): "utter_change_items_under_way",
    ("change_items", "over"): "utter_change_items_over",
}
ORDER_CHANGES = {
    "order_cancel": "cancel",
    "order_restore": "restore",
    "order_change_address": "change_address",
    "order_change_items": "change_items",
}


class ActionShowOrder(OrderAction):
    action_name = "action_show_order"
    intents = ("order_status",)
    none_response = "utter_no_orders"

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        turn.say(
            STATUS_RESPONSES[order.status],
            cards=[order_card(order)],
            choices=_next_steps(order),
            goods=goods_text(order.lines[0]),
            ship_by=moment(order.ship_by) if order.ship_by else "",
        )
        return turn.note("looked_up_order", order_number=order.order_number, status=status_text(order))


class ActionTellFreight(OrderAction):
    action_name = "action_tell_freight"
    intents = ("logistics_freight_fee",)
    none_response = "utter_logistics_freight_fee"

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.active_form == AFTERSALE_FORM:  # "要钱不" there is about the way back
            return await take_up(turn, "return_freight")
        return await super().answer(turn, intent)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        response = "utter_freight_paid" if order.freight else "utter_freight_free"
        turn.say(
            response, cards=[order_card(order)], choices=[_other("logistics_freight_fee")], freight=yuan(order.freight)
        )
        return []


class ActionChangeOrder(OrderAction):
    """The shop has no way to change an order by itself yet: say what is possible, and pass the wish on when asked."""

    action_name = "action_change_order"
    intents = tuple(ORDER_CHANGES)

    def fits(self, order: Order) -> bool:
        return order.status in OPEN

    async def answer(self, turn: Turn, intent: str) -> Events:
        if intent == "order_restore" and not turn.message.entity("order_number"):
            turn.say("utter_order_restore", choices=[choice("order_status"), person(primary=True)])
            return []
        return await super().answer(turn, intent)

    def say_none(self, turn: Turn, intent: str) -> None:
        if intent != "order_cancel":
            return super().say_none(turn, intent)
        goods: list[str] = words_for_goods(turn.message)
        known: dict[str, Any] = {"product": goods[0]} if goods else {}
        return turn.say("utter_nothing_to_cancel", choices=[choice("return_apply", **known), person()])

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        change = ORDER_CHANGES[intent]
        if turn.message.choice == "report":
            return await self._report(turn, order, change)
        stage = _stage(order)
        turn.say(
            CHANGE_RESPONSES.get((change, stage)) or CHANGE_RESPONSES.get((change, "unshipped"), "utter_order_restore"),
            cards=[order_card(order)],
            choices=_change_choices(intent, order, stage),
        )
        return turn.note("looked_up_order", order_number=order.order_number, status=status_text(order))

    async def _report(self, turn: Turn, order: Order, change: str) -> Events:
        wish = NewTicket(
            kind=TicketKind.OTHER,
            subject=TICKET_SUBJECTS[change],
            description=turn.substance,
            order_number=order.order_number,
        )
        ticket = await turn.shop.open_ticket(wish, change)
        turn.say(
            "utter_order_change_reported",
            cards=[TicketCard(ticket=ticket)],
            choices=[person()],
            ticket_id=ticket.ticket_id,
            deadline=moment(ticket.deadline_at),
        )
        return turn.note("opened_ticket", ticket_id=ticket.ticket_id)


def _stage(order: Order) -> str:
    """How far the goods are, as the answers to a change distinguish it."""
    if order.status is OrderStatus.PENDING_PAYMENT:
        return "unpaid"
    if order.status is OrderStatus.PAID:
        return "unshipped"
    return "under_way" if order.status is OrderStatus.SHIPPED else "over"


def _change_choices(intent: str, order: Order, stage: str) -> list[Choice]:
    number = order.order_number
    report = choice(intent, title="report_order", primary=True, order_number=number, choice="report")
    if stage == "unpaid" and intent == "order_cancel":
        return [_other(intent), person()]
    if stage == "unshipped" and intent == "order_cancel":
        return [start_choice(CaseType.REFUND_ONLY, primary=True, order_number=number), _other(intent), person()]
    if stage in ("unpaid", "unshipped"):
        return [report, _other(intent), person()]
    if stage == "over":
        return [start_choice(CaseType.RETURN_REFUND, order_number=number), _other(intent), person()]
    return [person(primary=True), _other(intent)]


def _next_steps(order: Order) -> list[Choice]:
    number = order.order_number
    steps = {
        OrderStatus.PAID: ["logistics_urge_ship", "refund_apply"],
        OrderStatus.SHIPPED: ["logistics_track"],
        OrderStatus.SIGNED: ["return_apply", "exchange_apply"],
        OrderStatus.COMPLETED: ["repair_apply", "invoice_progress"],
    }
    return [*[choice(intent, order_number=number) for intent in steps.get(order.status, [])], _other("order_status")]


def _other(intent: str) -> Choice:
    return choice(intent, title="other_order", choice="other")
