"""What comes back and how it is made up, line by line to the cent: of a case, or of a wish before it is one."""

from dataclasses import asdict

from actions.cards import yuan
from actions.turn import Turn
from actions.verdicts import decide, fitting_type
from contracts.shop import Case, CaseReason, CaseType, MemberLevel, Order
from contracts.verdict import RefundLine
from policy import ReturnFacts, earlier, price_lines

OF_GOODS = frozenset({CaseType.RETURN_REFUND, CaseType.REFUND_ONLY, CaseType.INTERCEPT})


async def lines_of_case(turn: Turn, case: Case) -> list[RefundLine]:
    """Empty where they would not add up to what the shop says: then the shop's own number stands alone."""
    if case.type not in OF_GOODS or case.refund_amount is None:
        return []
    order = await turn.shop.order(case.order_number)
    cases = await turn.shop.cases(case.order_number)
    before = [each for each in cases if each.created_at < case.created_at]
    facts = _facts(turn, order, case.line_id, before, quantity=case.quantity, reason=case.reason)
    lines = [*price_lines(facts), *(case.verdict.refund_lines[1:] if case.verdict else [])]
    return lines if sum(line.amount for line in lines) == case.refund_amount else []


async def lines_of_wish(turn: Turn) -> list[RefundLine]:
    """Of the form being filled, as far as it is known; empty where nothing would be paid back yet."""
    number, line_id = turn.slot("order_number"), turn.slot("line_id")
    if not (turn.active_form and number and line_id):
        return []
    order = await turn.shop.order(number)
    case_type = fitting_type(CaseType(turn.slot("case_type")), order)
    if case_type not in OF_GOODS:
        return []
    cases = await turn.shop.cases(number)
    quantity, reason = turn.slot("case_quantity") or 1, CaseReason(turn.slot("case_reason") or CaseReason.NO_REASON)
    verdict = decide(
        turn.services.rules,
        case_type,
        order=order,
        line=next(line for line in order.lines if line.line_id == line_id),
        quantity=quantity,
        reason=reason,
        description="",
        level=(await turn.shop.shopper()).level if turn.is_signed_in else MemberLevel.REGULAR,
        cases=cases,
        now=turn.now,
    )
    if verdict is None or not verdict.refund_lines:
        return []
    facts = _facts(turn, order, line_id, cases, quantity=quantity, reason=reason)
    return [*price_lines(facts), *verdict.refund_lines[1:]]


def _facts(
    turn: Turn, order: Order, line_id: str, before: list[Case], *, quantity: int, reason: CaseReason
) -> ReturnFacts:
    known = asdict(earlier(before, line_id))
    return ReturnFacts(order=order, line_id=line_id, now=turn.now, reason=reason, quantity=quantity, **known)


def in_words(lines: list[RefundLine]) -> str:
    return "；".join(f"{line.label} {yuan(line.amount)}" for line in lines)
