"""Changing what an order is, while it has not left: another option of the same product, or a note for the warehouse."""

import re

from actions.base import OrderAction
from actions.cards import goods_text, options_text
from actions.choices import agree, choice, not_now, order_card, other_order, person, shorten, start_choice
from actions.orders_search import line_meant
from actions.turn import Events, Turn, set_slots
from contracts.bot_output import Choice
from contracts.shop import CaseType, LineChange, Order, OrderChange, OrderLine, OrderOption, OrderStatus

INTENT = "order_change_items"
CHANGEABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID})
OF_OPTION = re.compile(
    r"规格|型号|尺码|尺寸|颜色|码数|版本|款式|大一码|小一码|[大小]一号|换个码|换个色|色号|拍错|选错|买错|下错"
)
OF_NOTE = re.compile(r"备注|留言|附言")
BEFORE_NOTE = re.compile(r"^.*(?:备注|留言|附言)(?:一下|下|上|里|成|为|写|改|加|是|说|请|帮我|[:：，,\s])*")
ASKS_HOW = re.compile(r"怎么|哪里|哪写|能不能|能改|能补|可以吗|能吗|填不了|忘|吗[?？]?$")
SHORTEST_NOTE = 3
NOTE_LENGTH = 100
OFFERED = 6


class ActionChangeItems(OrderAction):
    action_name = "action_change_items"
    intents = (INTENT,)

    def fits(self, order: Order) -> bool:
        return order.status in CHANGEABLE or order.status is OrderStatus.SHIPPED

    def prefers(self, order: Order, intent: str) -> bool:
        return order.status in CHANGEABLE

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        if order.status not in CHANGEABLE:
            return _say_too_late(turn, order)
        is_agreed = turn.message.choice == "confirm"
        if is_agreed and turn.message.entity("version") != str(order.version):
            turn.say("utter_order_changed_since")
            is_agreed = False
        if turn.message.entity("sku_id"):
            return await _take_option(turn, order, is_agreed=is_agreed)
        if is_agreed and turn.slot("order_note"):
            return await _write_note(turn, order)
        if await _is_about_option(turn, order):
            return await _offer_options(turn, order)
        return _ask_note(turn, order)


async def _is_about_option(turn: Turn, order: Order) -> bool:
    text = turn.message.text
    if OF_NOTE.search(text) or turn.has_just_said("utter_request_note"):
        return False
    return bool(OF_OPTION.search(text) or turn.message.entity("sku_option") or turn.message.entity("line_id"))


async def _offer_options(turn: Turn, order: Order) -> Events:
    line = line_meant(turn.message, order)
    if line is None:
        choices = [_of_line(each, order) for each in order.lines if not each.is_gift]
        turn.say("utter_ask_which_goods", choices=choices)
        return []
    there = [option for option in await turn.shop.order_options(order.order_number, line.line_id) if option.in_stock]
    meant = _named(turn, there)
    if len(meant) == 1:
        return _confirm_option(turn, order, line, meant[0])
    if not there:
        choices = [choice("order_cancel", order_number=order.order_number), person()]
        turn.say("utter_no_other_option", goods=goods_text(line), choices=choices)
        return []
    choices = [_of_option(order, line, option) for option in (meant or there)[:OFFERED]]
    turn.say("utter_ask_new_option", goods=goods_text(line), choices=[*choices, person()])
    return []


def _named(turn: Turn, options: list[OrderOption]) -> list[OrderOption]:
    """Those that have most of the values the message names; none where it names none."""
    said = turn.message.text.upper()
    hits = {o.sku_id: sum(value.upper() in said for value in o.options.values()) for o in options}
    most = max(hits.values(), default=0)
    return [option for option in options if most and hits[option.sku_id] == most]


async def _take_option(turn: Turn, order: Order, *, is_agreed: bool) -> Events:
    sku_id = turn.message.entity("sku_id")
    line = line_meant(turn.message, order) or order.lines[0]
    options = await turn.shop.order_options(order.order_number, line.line_id)
    wanted = next((option for option in options if option.sku_id == sku_id and option.in_stock), None)
    if wanted is None:
        return await _offer_options(turn, order)
    if not is_agreed:
        return _confirm_option(turn, order, line, wanted)
    change = LineChange(line_id=line.line_id, sku_id=wanted.sku_id)
    changed = await turn.shop.change_order(order.order_number, OrderChange(version=order.version, line=change))
    turn.say("utter_option_changed", cards=[order_card(changed)], choices=[person()], after=_text(wanted))
    return [*turn.note("changed_order", order_number=order.order_number, what="规格"), *set_slots(pending_intent=None)]


def _confirm_option(turn: Turn, order: Order, line: OrderLine, wanted: OrderOption) -> Events:
    yes = agree(INTENT, "confirm_option", order, line_id=line.line_id, sku_id=wanted.sku_id)
    turn.say("utter_confirm_option", before=options_text(line), after=_text(wanted), choices=[yes, not_now()])
    return []


def _ask_note(turn: Turn, order: Order) -> Events:
    """Whatever is wished of the warehouse in words ("包严实点") is a note; it is shown before it is written."""
    note = _note_in(turn)
    if not note:
        turn.say("utter_request_note", cards=[order_card(order)], choices=[other_order(INTENT), person()])
        return set_slots(pending_intent=INTENT)
    turn.say("utter_confirm_note", note=note, choices=[agree(INTENT, "confirm_note", order), not_now()])
    return set_slots(order_note=note)


def _note_in(turn: Turn) -> str:
    text = turn.message.text.strip()
    if turn.message.choice:
        return str(turn.slot("order_note") or "")
    if turn.has_just_said("utter_request_note"):
        return text[:NOTE_LENGTH]
    note = BEFORE_NOTE.sub("", text)
    return "" if ASKS_HOW.search(note) or len(note) < SHORTEST_NOTE else note[:NOTE_LENGTH]


async def _write_note(turn: Turn, order: Order) -> Events:
    note = str(turn.slot("order_note"))
    await turn.shop.change_order(order.order_number, OrderChange(version=order.version, note=note))
    turn.say("utter_note_changed", note=note, choices=[choice("order_status"), person()])
    noted = turn.note("changed_order", order_number=order.order_number, what="备注")
    return [*noted, *set_slots(order_note=None, pending_intent=None)]


def _say_too_late(turn: Turn, order: Order) -> Events:
    if order.status is OrderStatus.SHIPPED:
        choices = [person(primary=True), other_order(INTENT)]
        turn.say("utter_change_items_under_way", cards=[order_card(order)], choices=choices)
        return []
    exchange = start_choice(CaseType.EXCHANGE, order_number=order.order_number)
    turn.say("utter_change_items_over", cards=[order_card(order)], choices=[exchange, other_order(INTENT), person()])
    return []


def _of_line(line: OrderLine, order: Order) -> Choice:
    known = {"order_number": order.order_number, "line_id": line.line_id}
    return Choice(title=shorten(goods_text(line)), intent=INTENT, entities=known)


def _of_option(order: Order, line: OrderLine, option: OrderOption) -> Choice:
    known = {"order_number": order.order_number, "line_id": line.line_id, "sku_id": option.sku_id}
    return Choice(title=shorten(_text(option)), intent=INTENT, entities=known)


def _text(option: OrderOption) -> str:
    return " ".join(option.options.values())
