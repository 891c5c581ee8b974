"""Buttons. Each stands for a reading (intent and entities); its title comes from the tables of words."""

from typing import Any

from actions.cards import options_text, order_summary
from actions.message import case_type_in
from actions.wording import CHOICE_TITLES, INTENT_TITLES, REASONS
from contracts.bot_output import Choice, OrderCard
from contracts.shop import CaseReason, CaseType, Order, OrderLine, OrderOption
from contracts.verdict import Verdict

TITLE_LENGTH = 40
START_INTENTS = {
    CaseType.RETURN_REFUND: "return_apply",
    CaseType.EXCHANGE: "exchange_apply",
    CaseType.REPAIR: "repair_apply",
    CaseType.REFUND_ONLY: "refund_apply",
    CaseType.RESEND: "quality_missing_item",
}
OFFERED_REASONS = {
    CaseType.RETURN_REFUND: [
        CaseReason.SIZE,
        CaseReason.NO_REASON,
        CaseReason.QUALITY,
        CaseReason.NOT_AS_DESCRIBED,
        CaseReason.DAMAGED,
        CaseReason.WRONG_ITEM,
        CaseReason.MISSING_ITEM,
        CaseReason.OTHER,
    ],
    CaseType.EXCHANGE: [
        CaseReason.SIZE,
        CaseReason.NO_REASON,
        CaseReason.QUALITY,
        CaseReason.DAMAGED,
        CaseReason.WRONG_ITEM,
        CaseReason.OTHER,
    ],
    CaseType.REFUND_ONLY: [CaseReason.NO_REASON, CaseReason.LATE, CaseReason.NOT_RECEIVED, CaseReason.OTHER],
    CaseType.RESEND: [CaseReason.MISSING_ITEM, CaseReason.DAMAGED, CaseReason.WRONG_ITEM],
}


def choice(intent: str, *, title: str | None = None, primary: bool = False, **entities: Any) -> Choice:
    """A button for `intent`; `title` names a line of `choices` in wording.yml where the intent's own does not fit."""
    words = CHOICE_TITLES[title] if title else INTENT_TITLES[intent]
    return Choice(title=words, intent=intent, entities=entities, style="primary" if primary else "default")


def person(*, primary: bool = False) -> Choice:
    return choice("human_request", primary=primary)


def other_order(intent: str) -> Choice:
    return choice(intent, title="other_order", choice="other")


def agree(intent: str, title: str, order: Order, **more: Any) -> Choice:
    """The yes to a change of this order as the shopper saw it: on a changed one it asks again."""
    known = {"order_number": order.order_number, "version": str(order.version), "choice": "confirm"}
    return choice(intent, title=title, primary=True, **known, **more)


def not_now() -> Choice:
    return choice("deny", title="stop", choice="stop")


def retry(intent: str, **entities: str) -> Choice:
    return choice(intent, title="retry", primary=True, **entities)


def order_card(order: Order, *, intent: str | None = None) -> OrderCard:
    """An order as a card; with `intent` the card is the button that answers "which of your orders?"."""
    if intent is None:
        return OrderCard(order=order_summary(order))
    title = order.lines[0].title if order.lines else order.order_number
    press = Choice(title=shorten(title), intent=intent, entities={"order_number": order.order_number})
    return OrderCard(order=order_summary(order), choice=press)


def line_choice(line: OrderLine) -> Choice:
    title = " ".join(filter(None, [line.title, options_text(line)]))
    return Choice(title=shorten(title), intent="inform", entities={"line_id": line.line_id})


def option_choice(option: OrderOption) -> Choice:
    """Another option of the goods, as the answer to "which one instead?"."""
    text = " ".join(option.options.values())
    return Choice(title=shorten(text), intent="inform", entities={"sku_option": text})


def reason_choices(case_type: CaseType) -> list[Choice]:
    offered = OFFERED_REASONS.get(case_type, [])
    return [Choice(title=REASONS[r], intent="inform", entities={"case_reason": r.value}) for r in offered]


def start_choice(case_type: CaseType, *, primary: bool = False, **entities: Any) -> Choice:
    """The button that begins (or switches to) a case of this type."""
    more = {"choice": "resend"} if case_type is CaseType.RESEND else {}
    return choice(START_INTENTS[case_type], title=case_type.value, primary=primary, **(entities | more))


def ways_out(verdict: Verdict, known: dict[str, Any]) -> list[Choice]:
    """What a refused shopper can do instead, as far as the bot can begin it; a person always stands last.

    `known` is what need not be asked again: the goods and the reason.
    """
    faulty = known | {"case_reason": CaseReason.QUALITY.value}
    offered: dict[str, Choice] = {}
    for line in verdict.alternatives:
        wish = case_type_in(line)
        if "质量问题" in line and "维修" not in line:
            offered.setdefault("quality", choice("quality_defect", **faulty))
        elif wish and "人工" not in line and "签收后" not in line:
            offered.setdefault(wish.value, start_choice(wish, **known))
        elif "拦截" in line and "order_number" in known:
            stop = choice("order_cancel", title="confirm_intercept", order_number=known["order_number"])
            offered.setdefault("intercept", stop)
        elif "退款" in line and "签收后" not in line:
            offered.setdefault("refund", start_choice(CaseType.REFUND_ONLY, **known))
    return [*list(offered.values())[:3], person()]


def shorten(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"
