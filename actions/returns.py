"""The ways out when something is wrong with the goods: return, exchange, resend, repair, by the same form."""

import re
from typing import Any

from actions.aftersale_draft import DESCRIPTION_LENGTH, QUALITY_REASONS, Draft
from actions.base import ShopAction, order_cards
from actions.cards import goods_text
from actions.choices import choice, person, start_choice, ways_out
from actions.message import case_type_in, quantity_in, reason_in
from actions.orders_search import find_order, line_meant
from actions.resume import AFTERSALE_FORM, begin_form, take_up
from actions.rule_answers import say_rule, say_topic
from actions.turn import Events, Turn, set_slots
from actions.verdicts import AT_HOME, DECIDERS, fits_service, is_open
from actions.wording import CASE_TYPES
from contracts.bot_output import Choice, VerdictCard
from contracts.shop import CaseReason, CaseType, Order, OrderLine
from contracts.verdict import Decision
from policy import ReturnFacts, answer_question

RETURN_OR_EXCHANGE = re.compile(r"退.{0,4}(?:还是|或者?|好还是).{0,3}换|换.{0,4}(?:还是|或者?|好还是).{0,3}退")
ASKS_WHEN = re.compile(r"什么时候|啥时候|多久|几时|几天|进度|还没|还不|到哪一?步")
RESPONSES = {
    "quality_defect": "utter_quality_defect",
    "quality_damaged": "utter_quality_damaged",
    "quality_wrong_item": "utter_quality_wrong_item",
    "quality_missing_item": "utter_quality_missing_item",
    "quality_not_as_described": "utter_quality_not_as_described",
}
WAYS = {
    CaseReason.QUALITY: (CaseType.REPAIR, CaseType.EXCHANGE, CaseType.RETURN_REFUND),
    CaseReason.DAMAGED: (CaseType.EXCHANGE, CaseType.RETURN_REFUND, CaseType.RESEND),
    CaseReason.WRONG_ITEM: (CaseType.EXCHANGE, CaseType.RETURN_REFUND),
    CaseReason.MISSING_ITEM: (CaseType.RESEND, CaseType.RETURN_REFUND),
    CaseReason.NOT_AS_DESCRIBED: (CaseType.RETURN_REFUND, CaseType.EXCHANGE),
}


class ActionOfferQualityPaths(ShopAction):
    """Says sorry and offers what fits the fault; a wish that is already named ("能修吗") starts at once."""

    action_name = "action_offer_quality_paths"
    intents = tuple(QUALITY_REASONS)

    async def answer(self, turn: Turn, intent: str) -> Events:
        message = turn.message
        reason = _fault(turn, intent)
        named = CaseType.RESEND if message.choice == "resend" else case_type_in(message.text)
        if named:
            return [*set_slots(**_draft(turn, named, reason).to_slots()), begin_form(AFTERSALE_FORM)]
        goods = await goods_meant(turn)
        if ASKS_WHEN.search(message.text) and await _has_open_case(turn, goods):
            return await take_up(turn, "aftersale_progress")
        topic = turn.services.rules.topics.named(intent, message.text)
        if topic:  # a gift that is missing: the rule says what happens
            say_topic(turn, topic, _ways(reason, goods)[:1])
        else:
            turn.say(RESPONSES[intent], choices=_ways(reason, goods))
        kept = {"description": message.text[:DESCRIPTION_LENGTH]} if not message.entity("case_reason") else {}
        known = {name: goods[name] for name in ("order_number", "line_id") if name in goods}
        spoken_of = {"order_number": known["order_number"]} if known else {}
        aside = known | {"case_reason": reason.value}
        return set_slots(**kept, **spoken_of, handoff_reason="other", set_aside=aside)


def _fault(turn: Turn, intent: str) -> CaseReason:
    said = reason_in(turn.message)
    return said if said in WAYS and turn.message.entity("case_reason") else QUALITY_REASONS[intent]


def _draft(turn: Turn, case_type: CaseType, reason: CaseReason) -> Draft:
    message = turn.message
    said = turn.slot("description") or "" if message.choice else message.text[:DESCRIPTION_LENGTH]
    return Draft(
        case_type=case_type,
        order_number=message.entity("order_number"),
        line_id=message.entity("line_id"),
        quantity=quantity_in(message),
        reason=reason,
        description=said,
    )


async def _has_open_case(turn: Turn, goods: dict[str, Any]) -> bool:
    """Is what is asked after already being seen to?"""
    if "order_number" not in goods:
        return False
    return any(is_open(case) for case in await turn.shop.cases(goods["order_number"]))


async def goods_meant(turn: Turn) -> dict[str, Any]:
    """The order and the line that are meant, as far as that is clear without a question."""
    search = await find_order(turn, lambda order: order.status in AT_HOME)
    if search.order is None:
        return {}
    line = line_meant(turn.message, search.order)
    pieces = quantity_in(turn.message)
    known: dict[str, Any] = {"line_id": line and line.line_id, "quantity": str(pieces) if pieces else None}
    return {"order_number": search.order.order_number} | {name: value for name, value in known.items() if value}


def _ways(reason: CaseReason, goods: dict[str, Any]) -> list[Choice]:
    known = goods | {"case_reason": reason.value}
    return [*[start_choice(way, **known) for way in WAYS[reason]], person()]


class ActionExplainReturnPolicy(ShopAction):
    """ "能退吗": the verdict on the goods where they are known, else the general terms. Nothing is begun."""

    action_name = "action_explain_return_policy"
    intents = ("return_policy",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if RETURN_OR_EXCHANGE.search(turn.message.text) and not turn.active_form:
            turn.say("utter_return_or_exchange", choices=await _both_ways(turn))
            return []
        if turn.message.choice == "other":
            return await _ask_which(turn, intent)
        order = await _order_of_form(turn) if turn.active_form else await _order_meant(turn)
        line = _line_of_form(turn, order) or (line_meant(turn.message, order) if order else None)
        if order is None or line is None:
            mine = [choice(intent, title="which_of_mine", choice="other")] if turn.is_signed_in and not order else []
            say_rule(turn, intent, [choice("return_apply"), *mine])
            return []
        service = _service_asked_about(turn)
        verdict = DECIDERS[service](turn.services.rules, _question(turn, order, line))
        if turn.active_form:
            turn.say("utter_return_policy_of_goods", goods=goods_text(line), explanation=verdict.explanation)
            return []
        known: dict[str, Any] = {"order_number": order.order_number, "line_id": line.line_id}
        begin = [start_choice(service, **known)] if verdict.decision is Decision.ALLOWED else []
        turn.say(
            "utter_return_policy_of_goods",
            cards=[VerdictCard(title=CASE_TYPES[service.value], verdict=verdict)],
            choices=[*begin, person()] if begin else ways_out(verdict, known),
            goods=goods_text(line),
            explanation=verdict.explanation,
        )
        noted = turn.note("decided", wish=goods_text(line), explanation=verdict.explanation)
        refused = {} if begin else {"handoff_reason": "policy_needs_person"}
        known = {"order_number": order.order_number, "last_verdict": verdict.model_dump(mode="json")}
        return [*noted, *set_slots(**known, **refused)]


async def _ask_which(turn: Turn, intent: str) -> Events:
    orders = [order for order in await turn.shop.orders() if fits_service(CaseType.RETURN_REFUND, order)]
    if not orders:
        turn.say("utter_no_orders")
        return []
    turn.say("utter_ask_which_order", cards=order_cards(orders, intent), choices=[person()])
    return set_slots(pending_intent=intent)


def _service_asked_about(turn: Turn) -> CaseType:
    """ "能换吗" asks about an exchange; in a form it is the form's own service."""
    begun = turn.slot("case_type") if turn.active_form else None
    wants_exchange = "换" in turn.message.text and "退" not in turn.message.text
    return CaseType.EXCHANGE if wants_exchange or begun == CaseType.EXCHANGE.value else CaseType.RETURN_REFUND


async def _both_ways(turn: Turn) -> list[Choice]:
    goods = await goods_meant(turn)
    return [start_choice(way, **goods) for way in (CaseType.RETURN_REFUND, CaseType.EXCHANGE)] + [person()]


async def _order_of_form(turn: Turn) -> Order | None:
    number = turn.slot("order_number")
    return await turn.shop.order(number) if number else None


def _line_of_form(turn: Turn, order: Order | None) -> OrderLine | None:
    wanted = turn.slot("line_id") if turn.active_form and order else None
    return next((line for line in order.lines if line.line_id == wanted), None) if order and wanted else None


async def _order_meant(turn: Turn) -> Order | None:
    search = await find_order(turn, lambda order: fits_service(CaseType.RETURN_REFUND, order))
    return search.order


def _question(turn: Turn, order: Order, line: OrderLine) -> ReturnFacts:
    chosen = turn.slot("case_reason") if turn.active_form else None
    reason = reason_in(turn.message) or (CaseReason(chosen) if chosen else CaseReason.NO_REASON)
    return ReturnFacts(order=order, line_id=line.line_id, reason=reason, now=turn.now)


class ActionTellRefundDestination(ShopAction):
    """Money goes back the way it came; which way that was stands in the order."""

    action_name = "action_tell_refund_destination"
    intents = ("refund_destination",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        number = turn.message.entity("order_number") or turn.slot("order_number")
        if number is None or not (turn.is_signed_in or number in (turn.slot("proved_orders") or [])):
            say_rule(turn, intent)
            return []
        order = await turn.shop.order(number)
        answer = answer_question(turn.services.rules, "refund_destination", now=order.placed_at)
        turn.say(
            "utter_refund_destination_of_order",
            method=order.payment_method or "原来的支付方式",
            answer=answer.text,
            choices=[choice("refund_progress"), person()],
        )
        return []
