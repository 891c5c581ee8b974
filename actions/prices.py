"""Answers about money before any case: price drops of an order, the shopper's membership."""

from actions.base import OrderAction, ShopAction
from actions.cards import goods_text, yuan
from actions.choices import choice, order_card, person
from actions.turn import Events, Turn, set_slots
from actions.wording import MEMBER_LEVELS
from contracts.shop import Order, OrderStatus


class ActionCheckPriceDrop(OrderAction):
    """Tells what the shop's own prices say; whether and what is paid back is a person's to confirm."""

    action_name = "action_check_price_drop"
    intents = ("price_protect",)
    none_response = "utter_price_protect"

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        fallen = [line for line in order.lines if line.line_id in order.price_drops]
        other = choice(intent, title="other_order", choice="other")
        if not fallen:
            turn.say("utter_price_unchanged", cards=[order_card(order)], choices=[other, person()])
            return turn.note("looked_up_prices", order_number=order.order_number)
        line = fallen[0]
        turn.say(
            "utter_price_fallen",
            cards=[order_card(order)],
            choices=[person(primary=True), other],
            goods=goods_text(line),
            bought=yuan(line.unit_price),
            now=yuan(order.price_drops[line.line_id]),
        )
        noted = turn.note("looked_up_prices", order_number=order.order_number)
        return [*noted, *set_slots(handoff_reason="policy_needs_person")]


class ActionShowMembership(ShopAction):
    action_name = "action_show_membership"
    intents = ("member_points",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if not turn.is_signed_in:
            turn.say("utter_member_points")
            return []
        shopper = await turn.shop.shopper()
        turn.say("utter_membership", level=MEMBER_LEVELS[shopper.level.value], points=str(shopper.points))
        return []
