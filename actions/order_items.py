"""Changing what an order is, while it has not left: another option of the same product, another number of pieces, or a
note for the warehouse."""

import re
from dataclasses import dataclass
from typing import Any

from actions.base import OrderAction
from actions.cards import goods_text, options_text, yuan
from actions.choices import agree, choice, not_now, order_card, other_order, person, shorten, start_choice, ways_out
from actions.exchange_stock import in_stock, option_wanted
from actions.message import ALL_PIECES, quantity_in, wanted_option_in
from actions.orders_search import line_meant
from actions.resume import take_up
from actions.turn import Events, Turn, set_slots
from contracts.bot_output import Choice
from contracts.shop import CaseType, LineChange, Order, OrderChange, OrderLine, OrderOption, OrderStatus
from contracts.verdict import Decision, Verdict
from policy import QuantityFacts, decide_quantity, earlier

INTENT = "order_change_items"
CHANGEABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID})
OF_OPTION = re.compile(
    r"规格|型号|尺码|尺寸|颜色|码数|版本|款式|大一码|小一码|[大小]一号|换个码|换个色|色号|拍错|选错|买错|下错"
)
OF_NOTE = re.compile(r"备注|留言|附言")
BEFORE_NOTE = re.compile(r"^.*(?:备注|留言|附言)(?:一下|下|上|里|成|为|写|改|加|是|说|请|帮我|[:：，,\s])*")
ASKS_HOW = re.compile(r"怎么|哪里|哪写|能不能|能改|能补|可以吗|能吗|填不了|忘|吗[?？]?$")
OF_QUANTITY = re.compile(r"数量|改|换成|变成|要")
MORE = re.compile(r"(?:多|再|加)(?:加|买|要|拍|来|订)?[一两二三四五六七八九十\d]|增加|加(?:一|个|到)?[件双个]")
FEWER = re.compile(r"(?:少|减|去掉|退)(?:要|买|掉|去|一点)?[一两二三四五六七八九十\d]|减少")
SHORTEST_NOTE = 3
NOTE_LENGTH = 100
OFFERED = 6


@dataclass(frozen=True)
class Pieces:
    """So many, or (`is_difference`) so many more or fewer than there are."""

    count: int
    is_difference: bool = False


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
        pieces = _pieces_wanted(turn)
        if pieces:
            return await _take_quantity(turn, order, pieces, is_agreed=is_agreed)
        if turn.message.entity("sku_id"):
            return await _take_option(turn, order, is_agreed=is_agreed)
        if is_agreed and turn.slot("order_note"):
            return await _write_note(turn, order)
        if await _is_about_option(turn, order):
            return await _offer_options(turn, order)
        return _ask_note(turn, order)


def _pieces_wanted(turn: Turn) -> Pieces | None:
    """ "改成2件", "再加一件", "少要一双": how many there are to be, or how many more or fewer."""
    chosen, text = turn.message.entity("quantity"), turn.message.text
    if turn.message.choice:
        return Pieces(int(chosen)) if chosen and chosen.isdecimal() else None
    count = quantity_in(turn.message)
    if not count or count == ALL_PIECES or OF_NOTE.search(text):
        return None
    sign = 1 if MORE.search(text) else -1 if FEWER.search(text) else 0
    return Pieces(sign * count, is_difference=True) if sign else Pieces(count) if OF_QUANTITY.search(text) else None


async def _take_quantity(turn: Turn, order: Order, pieces: Pieces, *, is_agreed: bool) -> Events:
    line = line_meant(turn.message, order)
    if line is None:
        choices = [_of_line(each, order) for each in order.lines if not each.is_gift]
        turn.say("utter_ask_which_goods", choices=[*choices, person()])
        return []
    wanted = line.quantity + pieces.count if pieces.is_difference else pieces.count
    if wanted < 1:
        return await take_up(turn, "order_cancel")
    cases = await turn.shop.cases(order.order_number)
    is_being_refunded = earlier(cases, line.line_id).quantity_before > 0
    facts = QuantityFacts(
        order=order, line_id=line.line_id, now=turn.now, wanted=wanted, is_being_refunded=is_being_refunded
    )
    verdict = decide_quantity(turn.services.rules, facts)
    if verdict.decision is not Decision.ALLOWED:
        return _say_quantity_refused(turn, order, line, line.quantity - wanted, verdict)
    if not is_agreed:
        known = {"line_id": line.line_id, "quantity": str(wanted)}
        choices = [agree(INTENT, "confirm_quantity", order, **known), not_now()]
        words: dict[str, Any] = {"goods": goods_text(line), "before": str(line.quantity), "after": str(wanted)}
        turn.say("utter_confirm_quantity", choices=choices, explanation=verdict.explanation, **words)
        return []
    change = LineChange(line_id=line.line_id, quantity=wanted)
    changed = await turn.shop.change_order(order.order_number, OrderChange(version=order.version, line=change))
    total = yuan(changed.paid_total)
    turn.say("utter_quantity_changed", cards=[order_card(changed)], choices=[person()], after=str(wanted), total=total)
    return [*turn.note("changed_order", order_number=order.order_number, what="数量"), *set_slots(pending_intent=None)]


def _say_quantity_refused(turn: Turn, order: Order, line: OrderLine, fewer: int, verdict: Verdict) -> Events:
    """Why not, and what can be done instead: pieces that are not wanted are paid back before they leave."""
    known = {"order_number": order.order_number, "line_id": line.line_id}
    more = {"quantity": str(fewer)} if fewer > 0 else {}
    cancel = [choice("order_cancel", order_number=order.order_number)] if "取消订单" in verdict.alternatives else []
    ways = [each for each in ways_out(verdict, known | more) if not cancel or each.intent == "human_request"]
    turn.say("utter_quantity_refused", choices=[*cancel, *ways], explanation=verdict.explanation)
    return set_slots(handoff_reason="policy_needs_person")


async def _is_about_option(turn: Turn, order: Order) -> bool:
    text = turn.message.text
    if OF_NOTE.search(text) or turn.has_just_said("utter_request_note"):
        return False
    is_said = OF_OPTION.search(text) or wanted_option_in(turn.message) or turn.message.intent == "exchange_apply"
    return bool(is_said or turn.message.entity("line_id"))


async def _offer_options(turn: Turn, order: Order) -> Events:
    line = line_meant(turn.message, order)
    if line is None:
        choices = [_of_line(each, order) for each in order.lines if not each.is_gift]
        turn.say("utter_ask_which_goods", choices=choices)
        return []
    options = await turn.shop.order_options(order.order_number, line.line_id)
    there, wanted = in_stock(line, options), option_wanted(turn.message.text, line, options)
    if wanted.option:
        return _confirm_option(turn, order, line, wanted.option)
    if not there:
        choices = [choice("order_cancel", order_number=order.order_number), person()]
        turn.say("utter_no_other_option", goods=goods_text(line), choices=choices)
        return []
    choices = [_of_option(order, line, option) for option in (wanted.near or there)[:OFFERED]]
    turn.say("utter_ask_new_option", goods=goods_text(line), choices=[*choices, person()])
    return []


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
