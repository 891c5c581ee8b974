"""Answers about an order itself: its state and its freight."""

from actions.base import OrderAction
from actions.cards import goods_text, status_text, yuan
from actions.choices import choice, order_card, other_order
from actions.resume import AFTERSALE_FORM, take_up
from actions.turn import Events, Turn
from contracts.bot_output import Choice
from contracts.shop import Order, OrderStatus

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
            status=status_text(order),
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
            response,
            cards=[order_card(order)],
            choices=[other_order("logistics_freight_fee")],
            freight=yuan(order.freight),
        )
        return []


def _next_steps(order: Order) -> list[Choice]:
    number = order.order_number
    steps = {
        OrderStatus.PAID: ["logistics_urge_ship", "refund_apply"],
        OrderStatus.SHIPPED: ["logistics_track"],
        OrderStatus.SIGNED: ["return_apply", "exchange_apply"],
        OrderStatus.COMPLETED: ["repair_apply", "invoice_progress"],
    }
    return [
        *[choice(intent, order_number=number) for intent in steps.get(order.status, [])],
        other_order("order_status"),
    ]
