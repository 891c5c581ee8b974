"""Cancelling an order: at once where nothing is paid, with the money back before shipping, by interception after it."""

import re
from decimal import Decimal
from typing import Any

from actions.aftersale_draft import Draft
from actions.base import OrderAction
from actions.cards import status_text, yuan
from actions.choices import agree, choice, not_now, order_card, other_order, person, start_choice
from actions.message import reason_in, words_for_goods
from actions.resume import AFTERSALE_FORM, begin_form
from actions.turn import Events, Turn, set_slots
from actions.verdicts import AT_HOME, decide, is_open
from contracts.bot_output import CaseCard
from contracts.shop import Case, CaseReason, CaseType, MemberLevel, Order, OrderCancel, OrderStatus
from contracts.verdict import Decision
from policy import earlier

CANCELLABLE = frozenset({OrderStatus.PENDING_PAYMENT, OrderStatus.PAID, OrderStatus.SHIPPED})
DESCRIPTION_LENGTH = 200
NAMES_CANCELLING = re.compile(r"取消|拦截|撤单|退单")


class ActionCancelOrder(OrderAction):
    action_name = "action_cancel_order"
    intents = ("order_cancel",)

    def fits(self, order: Order) -> bool:
        return order.status in CANCELLABLE

    def say_none(self, turn: Turn, intent: str) -> None:
        goods: list[str] = words_for_goods(turn.message)
        known: dict[str, Any] = {"product": goods[0]} if goods else {}
        turn.say("utter_nothing_to_cancel", choices=[choice("return_apply", **known), person()])

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        noted = turn.note("looked_up_order", order_number=order.order_number, status=status_text(order))
        if order.status in AT_HOME and not NAMES_CANCELLING.search(turn.message.text) and not turn.message.choice:
            return _begin_return(turn, order)
        if order.status not in CANCELLABLE:
            again = start_choice(CaseType.RETURN_REFUND, order_number=order.order_number)
            turn.say("utter_cancel_over", cards=[order_card(order)], choices=[again, other_order(intent), person()])
            return noted
        cases = await turn.shop.cases(order.order_number)
        under_way = [
            case for case in cases if is_open(case) and case.type in (CaseType.REFUND_ONLY, CaseType.INTERCEPT)
        ]
        if under_way:
            return _say_known(turn, under_way)
        if turn.message.choice == "confirm" and turn.message.entity("version") == str(order.version):
            return await _cancel(turn, order)
        if turn.message.choice == "confirm":
            turn.say("utter_order_changed_since")
        await _confirm(turn, order, cases)
        return noted


def _begin_return(turn: Turn, order: Order) -> Events:
    """ "大衣不想要了" of what is at home: there is nothing to cancel, what is meant is to give it back."""
    draft = Draft(
        case_type=CaseType.RETURN_REFUND,
        order_number=order.order_number,
        reason=reason_in(turn.message),
        description=turn.message.text[:DESCRIPTION_LENGTH],
    )
    return [*set_slots(**draft.to_slots()), begin_form(AFTERSALE_FORM)]


async def _confirm(turn: Turn, order: Order, cases: list[Case]) -> None:
    """The question fits how far the goods are, and says what comes of a yes."""
    response, words = await _question(turn, order, cases)
    title = "confirm_intercept" if order.status is OrderStatus.SHIPPED else "confirm_cancel"
    yes = agree("order_cancel", title, order)
    turn.say(response, cards=[order_card(order)], choices=[yes, not_now(), other_order("order_cancel")], **words)


async def _question(turn: Turn, order: Order, cases: list[Case]) -> tuple[str, dict[str, Any]]:
    if order.status is OrderStatus.PENDING_PAYMENT:
        return "utter_confirm_cancel_unpaid", {}
    if order.status is OrderStatus.SHIPPED:
        return "utter_confirm_intercept", {}
    review = _explanation_of_review(turn, order, cases)
    if review:
        return "utter_confirm_cancel_reviewed", {"explanation": review}
    left: Decimal = order.paid_total - earlier(cases, "").refunded_before
    return "utter_confirm_cancel_unshipped", {"amount": yuan(left)}


def _explanation_of_review(turn: Turn, order: Order, cases: list[Case]) -> str:
    """Why a person must look before the money goes back; empty where the rule allows it."""
    for line in order.lines:
        left = line.quantity - earlier(cases, line.line_id).quantity_before
        if line.is_gift or left < 1:
            continue
        verdict = decide(
            turn.services.rules,
            CaseType.REFUND_ONLY,
            order=order,
            line=line,
            quantity=left,
            reason=CaseReason.NO_REASON,
            description="",
            level=MemberLevel.REGULAR,
            cases=cases,
            now=turn.now,
        )
        if verdict and verdict.decision is not Decision.ALLOWED:
            return verdict.explanation
    return ""


async def _cancel(turn: Turn, order: Order) -> Events:
    wish = OrderCancel(version=order.version, description=turn.substance[:DESCRIPTION_LENGTH])
    done = await turn.shop.cancel_order(order.order_number, wish)
    if not done.cases:
        turn.say("utter_order_cancelled_now", cards=[order_card(done.order)])
        return turn.note("cancelled_order", order_number=order.order_number)
    turn.say(
        _outcome(done.order),
        cards=[CaseCard(case=case) for case in done.cases],
        choices=[choice("refund_progress"), person()],
        case_id=done.cases[0].case_id,
        next_step=done.cases[0].next_step,
    )
    return turn.note("cancelled_order", order_number=order.order_number)


def _outcome(order: Order) -> str:
    if order.status is OrderStatus.CANCELLED:
        return "utter_order_cancelled_and_refunded"
    return "utter_intercept_applied" if order.status is OrderStatus.SHIPPED else "utter_cancel_applied"


def _say_known(turn: Turn, cases: list[Case]) -> Events:
    first = cases[0]
    turn.say(
        "utter_cancel_known",
        cards=[CaseCard(case=case) for case in cases],
        choices=[choice("refund_progress"), person()],
        case_id=first.case_id,
        next_step=first.next_step,
    )
    return []
