"""What a colleague of the shop must do by hand: asked for completely, agreed to, registered with owner and deadline."""

import re
from datetime import timedelta
from typing import Any

from actions.base import OrderAction, ShopAction
from actions.cards import goods_text, moment, status_text, yuan
from actions.choices import agree, choice, not_now, order_card, other_order, person
from actions.forms import time_form
from actions.general_answers import say_help, say_in_general
from actions.turn import Events, Turn, set_slots
from actions.wording import INTENT_TITLES, MEMBER_LEVELS, SUMMARY_ROWS, TICKET_SUBJECTS
from contracts.bot_output import Card, SummaryCard, TicketCard
from contracts.shop import NewTicket, Order, OrderStatus, Ticket, TicketKind, TicketStatus
from policy.calendar import legal_day

WORDS_LENGTH = 60
BOOKABLE_DAYS = 30
GIVEN_BACK = re.compile(r"退|返|还(?:回|给|我|了)|没还|补(?:给|回)")
ASKS_TERMS = re.compile(
    r"会(?:不会)?.{0,3}(?:退|返|还)|能(?:不能)?.{0,2}(?:退|返)|怎么(?:退|返)|(?:退|返)不(?:退|返)|如果|要是"
)
OF_COUPON = re.compile(r"券|积分|红包|优惠")
DELETE = re.compile(r"删|清除|清空|注销|抹")
EXPORT = re.compile(r"导出|下载|拷贝|副本|复制一份|发我一份")
PRIVACY_QUESTIONS = {
    "privacy_export": "utter_confirm_privacy_export",
    "privacy_delete": "utter_confirm_privacy_delete",
}
LOOK = re.compile(r"查看|看看|看一下|查一下|收集了|有哪些|存了|知道我")


async def register(
    turn: Turn, kind: TicketKind, subject: str, *, description: str = "", order_number: str | None = None
) -> Events:
    """Open the ticket and say who has it until when."""
    wish = NewTicket(kind=kind, subject=subject, description=description, order_number=order_number)
    ticket = await turn.shop.open_ticket(wish, subject, description)
    _say_ticket(turn, ticket, "utter_request_registered")
    return [*turn.note("opened_ticket", ticket_id=ticket.ticket_id), *set_slots(pending_intent=None)]


async def open_ticket_about(turn: Turn, kind: TicketKind, order_number: str | None = None) -> Ticket | None:
    tickets = await turn.shop.tickets(order_number)
    return next((each for each in tickets if each.kind is kind and each.status is not TicketStatus.DONE), None)


def _say_ticket(turn: Turn, ticket: Ticket, response: str) -> None:
    turn.say(
        response,
        cards=[TicketCard(ticket=ticket)],
        choices=[person()],
        ticket_id=ticket.ticket_id,
        owner=ticket.owner,
        deadline=moment(ticket.deadline_at),
    )


def _confirm(turn: Turn, order: Order, intent: str, rows: dict[str, str], **known: Any) -> None:
    shown = [(SUMMARY_ROWS[name], value) for name, value in rows.items()]
    card = SummaryCard(title=INTENT_TITLES[intent], rows=[*shown, (SUMMARY_ROWS["order_number"], order.order_number)])
    yes = agree(intent, "confirm_request", order, **known)
    turn.say("utter_confirm_request", cards=[card], choices=[yes, not_now()])


class ActionArrangeInstallation(OrderAction):
    """When, then yes, then the dispatcher has it; one that is booked is shown, not booked twice."""

    action_name = "action_arrange_installation"
    intents = ("install_service",)
    none_response = "utter_no_order_to_install"

    def fits(self, order: Order) -> bool:
        return order.status in (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED)

    def prefers(self, order: Order, intent: str) -> bool:
        return any(line.category == "appliance" for line in order.lines)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        known = await open_ticket_about(turn, TicketKind.INSTALLATION, order.order_number)
        if known:
            _say_ticket(turn, known, "utter_request_known")
            return []
        wanted = _wanted_time(turn)
        if wanted is None:
            tomorrow = legal_day(turn.now) + timedelta(days=1)
            form = time_form(tomorrow, tomorrow + timedelta(days=BOOKABLE_DAYS))
            cards: list[Card] = [order_card(order), form]
            turn.say("utter_request_appointment", cards=cards, choices=[other_order(intent), person()])
            return set_slots(pending_intent=intent)
        if turn.message.choice == "confirm":
            said = f"{TICKET_SUBJECTS['installation']}：{wanted}"
            goods = goods_text(order.lines[0])
            number = order.order_number
            return await register(turn, TicketKind.INSTALLATION, said, description=goods, order_number=number)
        rows = {"goods": goods_text(order.lines[0]), "appointment": wanted}
        _confirm(turn, order, intent, rows, date_time=wanted)
        return set_slots(pending_intent=intent)


def _wanted_time(turn: Turn) -> str | None:
    """The day and hour in the shopper's own words: a person arranges it."""
    if turn.message.choice:
        return turn.message.entity("date_time")
    if turn.has_just_said("utter_request_appointment") and turn.message.is_free_text:
        return turn.message.text.strip()[:WORDS_LENGTH]
    return turn.message.entity("date_time") and turn.message.text.strip()[:WORDS_LENGTH]


class ActionCheckCoupon(OrderAction):
    """Coupon or points that should have come back with a refund; every other question about coupons is general."""

    action_name = "action_check_coupon"
    intents = ("coupon_issue",)

    def fits(self, order: Order) -> bool:
        return bool(order.coupon or order.points_discount)

    async def answer(self, turn: Turn, intent: str) -> Events:
        asks_terms = bool(ASKS_TERMS.search(turn.message.text))
        is_asked = not asks_terms and bool(GIVEN_BACK.search(turn.message.text) and OF_COUPON.search(turn.message.text))
        is_waiting = turn.slot("pending_intent") == intent
        if not (is_asked or is_waiting or turn.message.choice == "confirm"):
            if await say_help(turn, turn.message.text):
                return set_slots(pending_intent=None)
            return say_in_general(turn, "utter_coupon_issue")
        return await super().answer(turn, intent)

    def say_none(self, turn: Turn, intent: str) -> None:
        turn.say("utter_no_coupon_used", choices=[person()])

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if not self.fits(order):
            self.say_none(turn, intent)
            return []
        used = _used(order)
        if turn.message.choice == "confirm":
            subject = TICKET_SUBJECTS["coupon"]
            return await register(turn, TicketKind.COUPON, subject, description=used, order_number=order.order_number)
        _confirm(turn, order, intent, {"used": used, "state": status_text(order)})
        return []


def _used(order: Order) -> str:
    coupon = f"{order.coupon_title} {yuan(order.coupon)}" if order.coupon else ""
    points = f"积分抵扣 {yuan(order.points_discount)}" if order.points_discount else ""
    return "，".join(filter(None, [coupon, points]))


class ActionServePrivacy(ShopAction):
    """See, export, delete: the rights of a shopper on their data. What can be shown is shown at once, masked."""

    action_name = "action_serve_privacy"
    intents = ("privacy_request",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        wish = turn.message.entity("choice") if turn.message.choice else _privacy_wish(turn.message.text)
        if wish is None:
            turn.say("utter_privacy_request", choices=[*_privacy_choices(), person()])
            return []
        if not turn.is_signed_in:
            turn.say("utter_privacy_sign_in", choices=[person(primary=True)])
            return []
        if wish == "privacy_look":
            return await _show_data(turn)
        if wish in PRIVACY_QUESTIONS:
            yes = choice(intent, title="confirm_request", primary=True, choice=f"confirm_{wish}")
            turn.say(PRIVACY_QUESTIONS[wish], choices=[yes, not_now()])
            return []
        return await register(turn, TicketKind.PRIVACY, TICKET_SUBJECTS[wish.removeprefix("confirm_")])


def _privacy_wish(text: str) -> str | None:
    wishes = {"privacy_delete": DELETE, "privacy_export": EXPORT, "privacy_look": LOOK}
    return next((wish for wish, pattern in wishes.items() if pattern.search(text)), None)


def _privacy_choices() -> list[Any]:
    names = ("privacy_look", "privacy_export", "privacy_delete")
    return [choice("privacy_request", title=name, choice=name) for name in names]


async def _show_data(turn: Turn) -> Events:
    shopper, orders, cases = await turn.shop.shopper(), await turn.shop.orders(limit=100), await turn.shop.cases()
    rows = {
        "receiver": shopper.name,
        "phone": shopper.phone,
        "level": MEMBER_LEVELS[shopper.level.value],
        "points": str(shopper.points),
        "orders": str(len(orders)),
        "cases": str(len(cases)),
    }
    card = SummaryCard(title=INTENT_TITLES["privacy_request"], rows=[(SUMMARY_ROWS[k], v) for k, v in rows.items()])
    turn.say("utter_privacy_data", cards=[card], choices=[*_privacy_choices()[1:], person()])
    return []
