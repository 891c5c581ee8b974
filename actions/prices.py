"""Answers about money before any case: price drops of an order, the shopper's membership."""

import re
from dataclasses import asdict

from actions.base import OrderAction, ShopAction
from actions.cards import goods_text, moment, yuan
from actions.choices import agree, choice, not_now, other_order, person, ways_out
from actions.general_answers import say_help
from actions.orders_search import line_meant
from actions.rule_answers import say_rule
from actions.turn import Events, Turn, set_slots
from actions.verdicts import is_open
from actions.wording import CASE_TYPES, MEMBER_LEVELS
from contracts.bot_output import CaseCard, VerdictCard
from contracts.shop import Case, CaseReason, CaseType, NewCase, Order, OrderLine, OrderStatus
from contracts.verdict import Decision, Verdict
from policy import PriceFacts, decide_price_protection, earlier

INTENT = "price_protect"
ASKS_RULES = re.compile(r"怎么|如何|规则|过期|有什么用|权益|特权|好处|升级|有什么(?:不一样|区别|不同)|退|多久|抵")


class ActionProtectPrice(OrderAction):
    """The difference to today's price: told to the cent, agreed to, paid by the rule."""

    action_name = "action_protect_price"
    intents = (INTENT,)

    def fits(self, order: Order) -> bool:
        return order.status not in (OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)

    def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    def prefers(self, order: Order, intent: str) -> bool:
        return bool(order.price_drops)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        line, cases = _line(turn, order), await turn.shop.cases(order.order_number)
        known = _under_way(cases, line)
        if known:
            return _say_known(turn, known)
        facts = PriceFacts(order=order, line_id=line.line_id, now=turn.now, **asdict(earlier(cases, line.line_id)))
        verdict = decide_price_protection(turn.services.rules, facts)
        if verdict.decision is Decision.ALLOWED and turn.message.choice == "confirm":
            return await _claim(turn, order, line, verdict)
        events = _say_verdict(turn, order, line, verdict)
        return [*turn.note("decided", wish=goods_text(line), explanation=verdict.explanation), *events]


def _line(turn: Turn, order: Order) -> OrderLine:
    """The goods that are named, else those whose price fell, else the first."""
    fallen = [line for line in order.lines if line.line_id in order.price_drops]
    return line_meant(turn.message, order) or (fallen or order.lines)[0]


def _under_way(cases: list[Case], line: OrderLine) -> Case | None:
    mine = (case for case in cases if case.type is CaseType.PRICE_PROTECTION and case.line_id == line.line_id)
    return next((case for case in mine if is_open(case)), None)


def _say_verdict(turn: Turn, order: Order, line: OrderLine, verdict: Verdict) -> Events:
    card = VerdictCard(title=CASE_TYPES[CaseType.PRICE_PROTECTION.value], verdict=verdict)
    last = set_slots(last_verdict=verdict.model_dump(mode="json"))
    if verdict.decision is not Decision.ALLOWED:
        known = {"order_number": order.order_number, "line_id": line.line_id}
        choices = [other_order(INTENT), *ways_out(verdict, known)]
        turn.say("utter_price_refused", cards=[card], choices=choices, explanation=verdict.explanation)
        return [*last, *set_slots(handoff_reason="policy_needs_person")]
    turn.say(
        "utter_confirm_price",
        cards=[card],
        choices=[agree(INTENT, "confirm_price", order, line_id=line.line_id), not_now(), other_order(INTENT)],
        goods=goods_text(line),
        bought=yuan(line.unit_price),
        today=yuan(order.price_drops.get(line.line_id, line.unit_price)),
        explanation=verdict.explanation,
        placed=moment(order.placed_at),
    )
    return last


async def _claim(turn: Turn, order: Order, line: OrderLine, verdict: Verdict) -> Events:
    wish = NewCase(
        type=CaseType.PRICE_PROTECTION,
        order_number=order.order_number,
        line_id=line.line_id,
        reason=CaseReason.OTHER,
        description=f"{yuan(line.unit_price)} → {yuan(order.price_drops[line.line_id])}",
        verdict=verdict,
    )
    case = await turn.shop.open_case(wish, str(verdict.refund_total))
    turn.say(
        "utter_price_claimed",
        cards=[CaseCard(case=case)],
        choices=[choice("refund_progress"), person()],
        amount=yuan(case.refund_amount or verdict.refund_total or line.paid),
        case_id=case.case_id,
        next_step=case.next_step,
    )
    noted = turn.note("opened_case", wish=CASE_TYPES[CaseType.PRICE_PROTECTION.value], case_id=case.case_id)
    return [*noted, *set_slots(case_id=case.case_id)]


def _say_known(turn: Turn, case: Case) -> Events:
    choices = [choice("refund_progress"), person()]
    turn.say("utter_price_known", cards=[CaseCard(case=case)], choices=choices, next_step=case.next_step)
    return set_slots(case_id=case.case_id)


class ActionShowMembership(ShopAction):
    action_name = "action_show_membership"
    intents = ("member_points",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        if ASKS_RULES.search(turn.message.text) and await say_help(turn, turn.message.text):
            return []
        if not turn.is_signed_in:
            turn.say("utter_member_points")
            return []
        shopper = await turn.shop.shopper()
        turn.say("utter_membership", level=MEMBER_LEVELS[shopper.level.value], points=str(shopper.points))
        return []
