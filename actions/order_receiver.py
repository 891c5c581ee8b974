"""Changing where an order goes, while it has not left: what is said is read, shown, agreed to and done."""

from actions.base import OrderAction
from actions.choices import agree, choice, not_now, order_card, other_order, person
from actions.forms import receiver_form
from actions.receivers import is_empty, lacks_street, merged, receiver_in
from actions.turn import Events, Turn, set_slots
from actions.wording import INTENT_TITLES, SUMMARY_ROWS
from contracts.bot_output import Card, SummaryCard
from contracts.shop import NewReceiver, Order, OrderChange, OrderStatus

INTENT = "order_change_address"
CHANGEABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID})
LONGEST_STREET = 120


class ActionChangeReceiver(OrderAction):
    action_name = "action_change_receiver"
    intents = (INTENT,)

    def fits(self, order: Order) -> bool:
        return order.status in CHANGEABLE or order.status is OrderStatus.SHIPPED

    def prefers(self, order: Order, intent: str) -> bool:
        return order.status in CHANGEABLE

    async def answer(self, turn: Turn, intent: str) -> Events:
        """What was said before the order is known is kept: it is not asked for twice."""
        said = merged(_known(turn), _said(turn))
        events = await super().answer(turn, intent)
        named = {event["name"] for event in events if event["event"] == "slot"}
        return events if "new_receiver" in named else [*events, *set_slots(new_receiver=said.model_dump())]

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if order.status not in CHANGEABLE:
            return _say_too_late(turn, order)
        new = merged(_known(turn), _said(turn))
        if turn.message.choice == "confirm" and turn.message.entity("version") == str(order.version):
            return await _change(turn, order, new)
        if turn.message.choice == "confirm":
            turn.say("utter_order_changed_since")
        kept = set_slots(new_receiver=new.model_dump(), pending_intent=INTENT)
        if is_empty(new):
            cards: list[Card] = [order_card(order), receiver_form()]
            turn.say("utter_request_receiver", cards=cards, choices=[other_order(INTENT), person()])
        elif lacks_street(new):
            turn.say("utter_request_street", region=new.region, choices=[person()])
        else:
            _confirm(turn, order, new)
        return kept


def _known(turn: Turn) -> NewReceiver:
    return NewReceiver.model_validate(turn.slot("new_receiver") or {})


def _said(turn: Turn) -> NewReceiver:
    """A free answer to the question for the street is the street."""
    if turn.message.choice:
        return NewReceiver()
    said = receiver_in(turn.message.text)
    if turn.has_just_said("utter_request_street") and not said.street and turn.message.is_free_text:
        return said.model_copy(update={"street": turn.message.text.strip()[:LONGEST_STREET]})
    return said


def _confirm(turn: Turn, order: Order, new: NewReceiver) -> None:
    rows = {"receiver": new.name, "phone": new.phone, "region": new.region, "street": new.street}
    shown = [(SUMMARY_ROWS[name], value) for name, value in rows.items() if value]
    shown.append((SUMMARY_ROWS["order_number"], order.order_number))
    card = SummaryCard(title=INTENT_TITLES[INTENT], rows=shown)
    turn.say("utter_confirm_receiver", cards=[card], choices=[agree(INTENT, "confirm_receiver", order), not_now()])


async def _change(turn: Turn, order: Order, new: NewReceiver) -> Events:
    changed = await turn.shop.change_order(order.order_number, OrderChange(version=order.version, receiver=new))
    turn.say("utter_receiver_changed", cards=[order_card(changed)], choices=[choice("order_status"), person()])
    noted = turn.note("changed_order", order_number=order.order_number, what="收货信息")
    return [*noted, *set_slots(new_receiver=None, pending_intent=None)]


def _say_too_late(turn: Turn, order: Order) -> Events:
    """What was said of the new place goes along to the person who asks the carrier."""
    ways = [person(primary=True), other_order(INTENT)]
    if order.status is not OrderStatus.SHIPPED:
        turn.say("utter_change_address_over", cards=[order_card(order)], choices=ways)
        return set_slots(new_receiver=None)
    new = merged(_known(turn), _said(turn))
    response = "utter_change_address_under_way" if is_empty(new) else "utter_new_address_for_carrier"
    turn.say(response, cards=[order_card(order)], choices=ways)
    told = "，".join(filter(None, [new.name, new.phone, new.region + new.street]))
    noted = turn.note("wants_new_receiver", receiver=told) if told else []
    return [
        *noted,
        *set_slots(new_receiver=new.model_dump(), pending_intent=INTENT, handoff_reason="policy_needs_person"),
    ]
