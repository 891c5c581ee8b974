"""Answers about a parcel, from the shipment's own events. Nothing here guesses an arrival time."""

import re
from abc import abstractmethod
from typing import Any, ClassVar

from actions.base import OrderAction
from actions.cards import moment, shipment_text, status_text, with_latest_events
from actions.choices import choice, order_card, person
from actions.general_answers import say_help
from actions.orders import OPEN
from actions.resume import take_up
from actions.rule_answers import say_rule
from actions.turn import Events, Turn, set_slots
from actions.wording import LATE_PROMISE, TICKET_SUBJECTS
from contracts.bot_output import Choice, LogisticsCard, TicketCard
from contracts.shop import NewTicket, Order, OrderStatus, Shipment, ShipmentStatus, Ticket, TicketKind
from contracts.verdict import Decision, Verdict
from policy import (
    ParcelFacts,
    ParcelTrouble,
    ShippingFacts,
    answer_question,
    decide_late_shipping,
    decide_parcel,
)

SHOWN_PARCELS = 3
OF_A_CASE = re.compile(r"补发|补寄|换的|换货|换新|维修|修好|退款|退货")  # "补发的什么时候发" is no new order's parcel
OF_CASES = frozenset(
    {"refund_progress", "aftersale_progress", "refund_amount", "refund_destination"}
    | {"return_apply", "exchange_apply", "repair_apply", "refund_apply", "return_shipping"}
)
OF_PRESALE = re.compile(r"预售|尾款")
OF_A_PARCEL = re.compile(r"送|快递|物流|包裹|派|件|货|签收|到家")
REPORTED = {
    "urge_delivery": "utter_parcel_reported_urge_delivery",
    "stuck": "utter_parcel_reported",
    "not_received": "utter_parcel_reported",
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
        return _say_judged(turn, order, parcel, ParcelTrouble.STUCK, intent)


class ActionUrgeDelivery(ParcelAction):
    action_name = "action_urge_delivery"
    intents = ("logistics_urge_delivery",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        """ "怎么这么慢" after a refund was looked at is about the refund."""
        if _is_of_case(turn):
            turn.say("utter_case_slow", choices=[person(primary=True), choice("aftersale_progress")])
            return set_slots(handoff_reason="other")
        return await super().answer(turn, intent)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        """ "催一下" before it was shipped is for the warehouse."""
        if not order.shipments and order.status is OrderStatus.PAID:
            return await take_up(turn, "logistics_urge_ship")
        return await super().answer_about(turn, order, intent)

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
        return _say_judged(turn, order, parcel, ParcelTrouble.NOT_RECEIVED, intent)


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
        verdict = _punctuality(turn, order)
        card = [order_card(order)]
        turn.say("utter_carrier_open", cards=card, choices=[_other(intent)], explanation=verdict.explanation)
        return []

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        return say_parcel(turn, order, "utter_parcel_carrier", [_other(intent)])


class ActionExplainRefusal(ParcelAction):
    action_name = "action_explain_refusal"
    intents = ("logistics_refuse",)

    def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent, [choice("refund_apply")])

    async def answer_parcel(self, turn: Turn, order: Order, parcel: Shipment, intent: str) -> Events:
        answer = answer_question(turn.services.rules, intent, now=order.placed_at)
        stop = choice("order_cancel", title="confirm_intercept", order_number=order.order_number)
        return say_parcel(turn, order, "utter_parcel_refuse", [stop, _other(intent), person()], answer=answer.text)


class ActionTellShipDate(ParcelAction):
    action_name = "action_tell_ship_date"
    intents = ("logistics_when_ship",)
    none_response = "utter_no_order_to_ship"

    async def answer(self, turn: Turn, intent: str) -> Events:
        if _is_of_case(turn):
            return await take_up(turn, "aftersale_progress")
        if OF_PRESALE.search(turn.message.text) and await say_help(turn, turn.message.text):
            return []
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
        verdict = _punctuality(turn, order)
        is_late = verdict.decision is Decision.ALLOWED
        told = "utter_shipping_urged_late" if is_late else "utter_shipping_urged"
        turn.say(
            "utter_shipping_urged_again" if turn.has_just_said(told) else told,
            cards=[TicketCard(ticket=ticket)],
            choices=[choice("order_cancel", order_number=order.order_number), person()],
            explanation=verdict.explanation,
            until=_fact(verdict, "最后发货时间"),
            promise=_promise(verdict),
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
    choices = [choice(i, order_number=order.order_number) for i in ("logistics_urge_ship", "order_cancel")]
    turn.say(
        "utter_not_shipped",
        cards=[order_card(order)],
        choices=[*choices, _other("logistics_track")],
        explanation=_punctuality(turn, order).explanation,
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


def _punctuality(turn: Turn, order: Order) -> Verdict:
    return decide_late_shipping(turn.services.rules, ShippingFacts(order=order, now=turn.now))


def _fact(verdict: Verdict, name: str) -> str:
    return next((fact.value for fact in verdict.facts if fact.name == name), "")


def _promise(verdict: Verdict) -> str:
    """What the shop has promised for being late, as the verdict has it; a person looks before it is paid."""
    amount = _fact(verdict, "约定的补偿")
    return LATE_PROMISE.format(amount=amount) if amount else ""


def _say_judged(turn: Turn, order: Order, parcel: Shipment, trouble: ParcelTrouble, intent: str) -> Events:
    """What the rule says of this parcel; a claim is offered where the rule gives one, a person always."""
    facts = ParcelFacts(order=order, now=turn.now, trouble=trouble, shipment_id=parcel.shipment_id)
    verdict = decide_parcel(turn.services.rules, facts)
    may_claim = verdict.decision is Decision.ALLOWED
    claim = [_report(intent, order)] if may_claim else [_urge(order)] if _is_on_its_way(parcel) else []
    needs_person = verdict.decision is Decision.NEEDS_PERSON
    choices = [*claim, person(primary=needs_person)]
    events = say_parcel(turn, order, "utter_parcel_judged", choices, explanation=verdict.explanation)
    reason = set_slots(handoff_reason="policy_needs_person") if needs_person else []
    noted = turn.note("decided", wish=TICKET_SUBJECTS[trouble.value], explanation=verdict.explanation)
    return [*events, *noted, *reason, *set_slots(last_verdict=verdict.model_dump(mode="json"))]


def _is_on_its_way(parcel: Shipment) -> bool:
    return parcel.status not in (ShipmentStatus.SIGNED, ShipmentStatus.RETURNED)


def _ticket_words(ticket: Ticket) -> dict[str, Any]:
    return {"ticket_id": ticket.ticket_id, "deadline": moment(ticket.deadline_at), "owner": ticket.owner}


def _urge(order: Order) -> Choice:
    return choice("logistics_urge_delivery", order_number=order.order_number)


def _report(intent: str, order: Order) -> Choice:
    return choice(intent, title="report_parcel", primary=True, order_number=order.order_number, choice="report")


def _other(intent: str) -> Choice:
    return choice(intent, title="other_order", choice="other")
