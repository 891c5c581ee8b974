"""Answers about a parcel, from the shipment's own events. Nothing here guesses an arrival time."""

import re
from abc import abstractmethod
from datetime import timedelta
from typing import Any, ClassVar

from actions.base import OrderAction
from actions.cards import moment, shipment_text, status_text, with_latest_events
from actions.choices import choice, order_card, person
from actions.orders import OPEN
from actions.resume import take_up
from actions.turn import Events, Turn, set_slots
from actions.wording import TICKET_SUBJECTS
from contracts.bot_output import Choice, LogisticsCard, TicketCard
from contracts.shop import NewTicket, Order, OrderStatus, Shipment, ShipmentStatus, Ticket, TicketKind

SHOWN_PARCELS = 3
OF_A_CASE = re.compile(r"补发|补寄|换的|换货|换新|维修|修好|退款|退货")  # "补发的什么时候发" is no new order's parcel
OF_CASES = frozenset(
    {"refund_progress", "aftersale_progress", "refund_amount", "refund_destination"}
    | {"return_apply", "exchange_apply", "repair_apply", "refund_apply", "return_shipping"}
)
OF_A_PARCEL = re.compile(r"送|快递|物流|包裹|派|件|货|签收|到家")
QUIET_IS_STUCK = timedelta(hours=24)  # below this the hours say nothing to a shopper
NOT_SHIPPED = {
    "in_time": "utter_not_shipped",
    "late": "utter_not_shipped_late",
    "open": "utter_not_shipped_open",
}
SHIPPING_URGED = {
    "in_time": "utter_shipping_urged",
    "late": "utter_shipping_urged_late",
    "open": "utter_shipping_urged_open",
}
REPORTED = {
    "urge_delivery": "utter_parcel_reported_urge_delivery",
    "stuck": "utter_parcel_reported_stuck",
    "not_received": "utter_parcel_reported_not_received",
}


class ParcelAction(OrderAction):
    """An answer about a parcel under way. Not shipped yet, or there already, is said the same way everywhere."""

    none_response: ClassVar[str] = "utter_no_parcel_under_way"
    answers_signed: ClassVar[bool] = False

    def fits(self, order: Order) -> bool:
        return order.status in OPEN and order.status is not OrderStatus.PENDING_PAYMENT

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if not order.shipments:
            return say_not_shipped(turn, order)
        parcel = order.shipments[0]
        if parcel.status is ShipmentStatus.SIGNED and not self.answers_signed:
            return say_signed(turn, order, parcel)
        return await self.answer_parcel(turn, order, parcel, intent)

    @abstractmethod
    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events: ...


class ActionTrackParcel(ParcelAction):
    action_name = "action_track_parcel"
    intents = ("logistics_track",)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_latest", [_urge(order), _other(intent)])


class ActionTellArrival(ParcelAction):
    action_name = "action_tell_arrival"
    intents = ("logistics_arrival_time",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if _is_of_case(turn):
            return await take_up(turn, "aftersale_progress")
        return await super().answer(turn, intent)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        is_near = parcel.status is ShipmentStatus.OUT_FOR_DELIVERY
        response = "utter_parcel_arrives_today" if is_near else "utter_parcel_arrival_open"
        return say_parcel(turn, order, response, [_urge(order), _other(intent)])


class ActionCheckStuckParcel(ParcelAction):
    action_name = "action_check_stuck_parcel"
    intents = ("logistics_stuck",)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        if turn.message.choice == "report":
            return await report_parcel(turn, order, "stuck")
        known = (turn.slot("reported_parcels") or {}).get(order.order_number)
        if known:
            return await _say_known(turn, order, known)
        quiet = turn.now - parcel.events[0].at if parcel.events else timedelta()
        response = "utter_parcel_stuck" if quiet >= QUIET_IS_STUCK else "utter_parcel_moving"
        hours = str(int(quiet / timedelta(hours=1)))
        return say_parcel(turn, order, response, [_report(intent, order), person()], hours=hours)


class ActionUrgeDelivery(ParcelAction):
    action_name = "action_urge_delivery"
    intents = ("logistics_urge_delivery",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        """ "怎么这么慢" after a refund was looked at is about the refund."""
        if _is_of_case(turn):
            turn.say("utter_case_slow", choices=[person(primary=True), choice("aftersale_progress")])
            return set_slots(handoff_reason="other")
        return await super().answer(turn, intent)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return await report_parcel(turn, order, "urge_delivery")


class ActionCheckNotReceived(ParcelAction):
    action_name = "action_check_not_received"
    intents = ("logistics_not_received",)
    answers_signed = True

    def fits(self, order: Order) -> bool:
        return order.status in (OrderStatus.SHIPPED, OrderStatus.SIGNED)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        if turn.message.choice == "report":
            return await report_parcel(turn, order, "not_received")
        if parcel.status is not ShipmentStatus.SIGNED:
            return say_parcel(turn, order, "utter_parcel_not_signed_yet", [_urge(order), person()])
        choices = [_report(intent, order), person()]
        return say_parcel(turn, order, "utter_parcel_signed_not_received", choices, signed_by=parcel.signed_by)


class ActionArrangeDelivery(ParcelAction):
    action_name = "action_arrange_delivery"
    intents = ("logistics_delivery_arrangement",)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        response = "utter_parcel_call_carrier" if parcel.carrier_phone else "utter_parcel_arrange_by_person"
        if turn.has_just_said(response):
            turn.say("utter_parcel_arrange_again", choices=[person(primary=True), _other(intent)])
            return set_slots(handoff_reason="other")
        return say_parcel(turn, order, response, [person(), _other(intent)], phone=parcel.carrier_phone)


class ActionTellCarrier(ParcelAction):
    action_name = "action_tell_carrier"
    intents = ("logistics_carrier",)
    none_response = "utter_logistics_carrier"
    answers_signed = True

    async def answer(self, turn: Turn, intent: str) -> Events:
        if turn.message.entity("region") and not turn.message.entity("order_number"):
            turn.say("utter_delivers_there")
            return []
        return await super().answer(turn, intent)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if order.shipments or order.status is not OrderStatus.PAID:
            return await super().answer_about(turn, order, intent)
        response = "utter_carrier_open" if order.ship_by else "utter_logistics_carrier"
        turn.say(response, cards=[order_card(order)], choices=[_other(intent)], **_ship_words(order))
        return []

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_carrier", [_other(intent)])


class ActionExplainRefusal(ParcelAction):
    action_name = "action_explain_refusal"
    intents = ("logistics_refuse",)
    none_response = "utter_logistics_refuse"

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_refuse", [person(primary=True), _other(intent)])


class ActionTellShipDate(ParcelAction):
    action_name = "action_tell_ship_date"
    intents = ("logistics_when_ship",)
    none_response = "utter_no_order_to_ship"

    async def answer(self, turn: Turn, intent: str) -> Events:
        if _is_of_case(turn):
            return await take_up(turn, "aftersale_progress")
        return await super().answer(turn, intent)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_shipped", [_other(intent)])


class ActionUrgeShipping(ParcelAction):
    action_name = "action_urge_shipping"
    intents = ("logistics_urge_ship",)
    none_response = "utter_no_order_to_ship"

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if order.status is not OrderStatus.PAID:
            return await super().answer_about(turn, order, intent)
        ticket = await turn.shop.urge_shipping(order.order_number)
        turn.say(
            SHIPPING_URGED[_punctuality(turn, order)],
            cards=[TicketCard(ticket=ticket)],
            choices=[choice("refund_apply", order_number=order.order_number), person()],
            **_ship_words(order),
            **_ticket_words(ticket),
        )
        return turn.note("urged_shipping", order_number=order.order_number, ticket_id=ticket.ticket_id)

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_shipped", [_urge(order), _other(intent)])


def say_parcel(turn: Turn, order: Order, response: str, choices: list[Choice], **words: Any) -> Events:
    """The latest of the parcel in a sentence, and its card."""
    parcel = order.shipments[0]
    latest = parcel.events[0] if parcel.events else None
    turn.say(
        response if latest else "utter_parcel_no_events",
        cards=[
            LogisticsCard(order_number=order.order_number, shipment=with_latest_events(shipment))
            for shipment in order.shipments[:SHOWN_PARCELS]
        ],
        choices=choices,
        carrier=parcel.carrier_name,
        tracking_number=parcel.tracking_number,
        latest=latest.text if latest else "",
        when=moment(latest.at) if latest else "",
        **words,
    )
    status = shipment_text(parcel)
    return turn.note("looked_up_parcel", order_number=order.order_number, carrier=parcel.carrier_name, status=status)


def say_not_shipped(turn: Turn, order: Order) -> Events:
    if order.status is not OrderStatus.PAID:
        turn.say("utter_order_has_no_parcel", cards=[order_card(order)], choices=[person()], status=status_text(order))
        return []
    choices = [choice(i, order_number=order.order_number) for i in ("logistics_urge_ship", "refund_apply")]
    turn.say(
        NOT_SHIPPED[_punctuality(turn, order)],
        cards=[order_card(order)],
        choices=[*choices, _other("logistics_track")],
        **_ship_words(order),
    )
    return turn.note("looked_up_order", order_number=order.order_number, status=status_text(order))


def say_signed(turn: Turn, order: Order, parcel: Shipment) -> Events:
    signed_at = parcel.signed_at or order.signed_at
    choices = [choice("logistics_not_received", order_number=order.order_number), _other("logistics_track")]
    return say_parcel(
        turn,
        order,
        "utter_parcel_signed",
        choices,
        signed_at=moment(signed_at) if signed_at else "",
        signed_by=parcel.signed_by,
    )


async def report_parcel(turn: Turn, order: Order, why: str) -> Events:
    """One ticket for one order and cause, however often it is asked for."""
    subject = TICKET_SUBJECTS[why]
    ticket = await turn.shop.open_ticket(
        NewTicket(kind=TicketKind.LOGISTICS, subject=subject, order_number=order.order_number), why
    )
    reported = (turn.slot("reported_parcels") or {}) | {order.order_number: ticket.ticket_id}
    noted = [*turn.note("opened_ticket", ticket_id=ticket.ticket_id), *set_slots(reported_parcels=reported)]
    parcel = order.shipments[0]
    is_again = turn.has_just_said(REPORTED[why])
    turn.say(
        "utter_parcel_report_known" if is_again else REPORTED[why],
        cards=[
            LogisticsCard(order_number=order.order_number, shipment=with_latest_events(parcel)),
            TicketCard(ticket=ticket),
        ],
        choices=[person()],
        carrier=parcel.carrier_name,
        latest=parcel.events[0].text if parcel.events else shipment_text(parcel),
        **_ticket_words(ticket),
    )
    return noted


async def _say_known(turn: Turn, order: Order, ticket_id: str) -> Events:
    """Asked again about a parcel that a colleague is looking for."""
    ticket = await turn.shop.ticket(ticket_id)
    cards = [TicketCard(ticket=ticket)]
    turn.say("utter_parcel_report_known", cards=cards, choices=[person()], **_ticket_words(ticket))
    return []


def _is_of_case(turn: Turn) -> bool:
    """ "补发的什么时候发", or "要几天" right after a case was spoken of: no parcel to the shopper is meant."""
    if turn.active_form or turn.message.entity("order_number") or turn.message.entity("product"):
        return False
    follows = turn.has_just_said("utter_case_opened") or (turn.topic in OF_CASES and bool(turn.slot("case_id")))
    return bool(OF_A_CASE.search(turn.message.text)) or (follows and not OF_A_PARCEL.search(turn.message.text))


def _punctuality(turn: Turn, order: Order) -> str:
    """Late is said as late; without a promised instant none is named."""
    if order.ship_by is None:
        return "open"
    return "late" if turn.now > order.ship_by else "in_time"


def _ship_words(order: Order) -> dict[str, Any]:
    return {"ship_by": moment(order.ship_by) if order.ship_by else ""}


def _ticket_words(ticket: Ticket) -> dict[str, Any]:
    return {"ticket_id": ticket.ticket_id, "deadline": moment(ticket.deadline_at), "owner": ticket.owner}


def _urge(order: Order) -> Choice:
    return choice("logistics_urge_delivery", order_number=order.order_number)


def _report(intent: str, order: Order) -> Choice:
    return choice(intent, title="report_parcel", primary=True, order_number=order.order_number, choice="report")


def _other(intent: str) -> Choice:
    return choice(intent, title="other_order", choice="other")
