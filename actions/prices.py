"""Answers about money before any case: price drops of an order, the shopper's membership."""

from actions.base import OrderAction, ShopAction
from actions.cards import goods_text, moment, yuan
from actions.choices import choice, order_card, person
from actions.turn import Events, Turn, set_slots
from actions.wording import MEMBER_LEVELS, TICKET_SUBJECTS
from contracts.bot_output import Choice, TicketCard
from contracts.shop import NewTicket, Order, OrderStatus, TicketKind


class ActionCheckPriceDrop(OrderAction):
    """Tells what the shop's own prices say; whether and what is paid back is a person's to confirm."""

    action_name = "action_check_price_drop"
    intents = ("price_protect",)
    none_response = "utter_price_protect"

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    def prefers(self, order: Order, intent: str) -> bool:
        return bool(order.price_drops)

    async def _report(self, turn: Turn, order: Order) -> Events:
        wish = NewTicket(
            kind=TicketKind.OTHER,
            subject=TICKET_SUBJECTS["price_protect"],
            description="；".join(_drops(order)),
            order_number=order.order_number,
        )
        ticket = await turn.shop.open_ticket(wish, "price_protect")
        turn.say(
            "utter_price_reported",
            cards=[TicketCard(ticket=ticket)],
            choices=[person()],
            ticket_id=ticket.ticket_id,
            deadline=moment(ticket.deadline_at),
        )
        return turn.note("opened_ticket", ticket_id=ticket.ticket_id)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if turn.message.choice == "report":
            return await self._report(turn, order)
        fallen = [line for line in order.lines if line.line_id in order.price_drops]
        other = choice(intent, title="other_order", choice="other")
        if not fallen:
            turn.say("utter_price_unchanged", cards=[order_card(order)], choices=[other, person()])
            return turn.note("looked_up_prices", order_number=order.order_number)
        line = fallen[0]
        turn.say(
            "utter_price_fallen",
            cards=[order_card(order)],
            choices=[_report(intent, order), person(), other],
            goods=goods_text(line),
            bought=yuan(line.unit_price),
            now=yuan(order.price_drops[line.line_id]),
            less=yuan(line.unit_price - order.price_drops[line.line_id]),
            pieces=str(line.quantity),
            placed=moment(order.placed_at),
        )
        noted = turn.note("looked_up_prices", order_number=order.order_number)
        return [*noted, *set_slots(handoff_reason="policy_needs_person")]


def _drops(order: Order) -> list[str]:
    """The facts for the colleague who decides: goods, pieces, price then and now."""
    return [
        f"{goods_text(line)} x{line.quantity} {yuan(line.unit_price)} → {yuan(order.price_drops[line.line_id])}"
        for line in order.lines
        if line.line_id in order.price_drops
    ]


def _report(intent: str, order: Order) -> Choice:
    return choice(intent, title="report_price", primary=True, order_number=order.order_number, choice="report")


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
