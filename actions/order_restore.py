"""Taking a cancellation back: of an unpaid order while the rule allows it, of a parcel or a refund by its case."""

from actions.base import OrderAction
from actions.choices import agree, choice, not_now, order_card, other_order, person
from actions.resume import take_up
from actions.rule_answers import say_rule
from actions.turn import Events, Turn, set_slots
from actions.verdicts import is_open
from contracts.shop import Case, CaseType, Order, OrderRestore, OrderStatus
from contracts.verdict import Decision
from policy import PAYS_BACK, RestoreFacts, decide_restore

INTENT = "order_restore"
CALLED_BACK = frozenset({CaseType.INTERCEPT, CaseType.REFUND_ONLY})


class ActionRestoreOrder(OrderAction):
    action_name = "action_restore_order"
    intents = (INTENT,)

    def fits(self, order: Order) -> bool:
        return order.status in (OrderStatus.CANCELLED, OrderStatus.PAID, OrderStatus.SHIPPED)

    def prefers(self, order: Order, intent: str) -> bool:
        return order.status is OrderStatus.CANCELLED

    def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        cases = await turn.shop.cases(order.order_number)
        stopped = next((case for case in cases if is_open(case) and case.type in CALLED_BACK), None)
        if order.status is not OrderStatus.CANCELLED and stopped:
            return await _withdraw(turn, stopped)
        facts = RestoreFacts(order=order, now=turn.now, is_paid_back=any(case.type in PAYS_BACK for case in cases))
        verdict = decide_restore(turn.services.rules, facts)
        if verdict.decision is not Decision.ALLOWED:
            choices = [choice("refund_progress"), other_order(intent), person()]
            turn.say(
                "utter_restore_refused", cards=[order_card(order)], choices=choices, explanation=verdict.explanation
            )
            return set_slots(handoff_reason="policy_needs_person")
        is_agreed = turn.message.choice == "confirm"
        if is_agreed and turn.message.entity("version") == str(order.version):
            return await _restore(turn, order)
        if is_agreed:
            turn.say("utter_order_changed_since")
        yes = agree(INTENT, "confirm_restore", order)
        choices = [yes, not_now(), other_order(intent)]
        turn.say("utter_confirm_restore", cards=[order_card(order)], choices=choices, explanation=verdict.explanation)
        return []


async def _restore(turn: Turn, order: Order) -> Events:
    restored = await turn.shop.restore_order(order.order_number, OrderRestore(version=order.version))
    turn.say("utter_order_restored", cards=[order_card(restored)], choices=[choice("order_status"), person()])
    return turn.note("restored_order", order_number=order.order_number)


async def _withdraw(turn: Turn, case: Case) -> Events:
    """The order stands; what was asked for is a case, which is taken back as any other."""
    pressed = choice("aftersale_cancel", case_id=case.case_id)
    return await take_up(turn.as_if_pressed(pressed), pressed.intent)
