"""Answers about warranty. Booking a repair is the form's (`aftersale_form`)."""

from actions.base import OrderAction
from actions.cards import goods_text
from actions.choices import line_choice, person, start_choice
from actions.orders_search import line_meant
from actions.rule_answers import say_rule
from actions.turn import Events, Turn
from actions.verdicts import AT_HOME, decide
from contracts.bot_output import Choice, VerdictCard
from contracts.shop import CaseReason, CaseType, MemberLevel, Order
from contracts.verdict import Decision

FAULTS = ("repair_", "quality_")


class ActionTellWarranty(OrderAction):
    action_name = "action_tell_warranty"
    intents = ("repair_warranty",)

    def fits(self, order: Order) -> bool:
        return order.status in AT_HOME

    def say_none(self, turn: Turn, intent: str) -> None:
        say_rule(turn, intent)

    async def answer_about(self, turn: Turn, order: Order, intent: str) -> Events:
        line = line_meant(turn.message, order)
        if line is None:
            choices = [_as_warranty(line_choice(each), order) for each in order.lines]
            turn.say("utter_ask_which_goods", choices=choices)
            return []
        verdict = decide(
            turn.services.rules,
            CaseType.REPAIR,
            order=order,
            line=line,
            quantity=1,
            reason=CaseReason.QUALITY,
            description="；".join([*turn.said_about(FAULTS), turn.message.text]),
            level=MemberLevel.REGULAR,
            cases=[],
            now=turn.now,
        )
        assert verdict is not None
        begin = start_choice(CaseType.REPAIR, order_number=order.order_number, line_id=line.line_id)
        turn.say(
            "utter_warranty",
            cards=[VerdictCard(title=goods_text(line), verdict=verdict)],
            choices=[begin, person()] if verdict.decision is Decision.ALLOWED else [person()],
            goods=goods_text(line),
            explanation=verdict.explanation,
        )
        return turn.note("decided", wish=goods_text(line), explanation=verdict.explanation)


def _as_warranty(choice: Choice, order: Order) -> Choice:
    entities = choice.entities | {"order_number": order.order_number}
    return choice.model_copy(update={"intent": "repair_warranty", "entities": entities})
