"""However cases follow one another, an order never pays back more than was paid for it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.shop import Case, CaseReason, CaseStatus, CaseType, MemberLevel, NewCase, Order, OrderStatus
from contracts.verdict import Decision
from policy import load_rules
from shop_api.errors import CaseInvalid
from shop_api.services.judging import Matter, judge, reviewed_refund
from tests.shop_api.orders import an_order

RULES = load_rules()
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MONEY = [CaseType.RETURN_REFUND, CaseType.REFUND_ONLY, CaseType.PRICE_PROTECTION, CaseType.INTERCEPT]
ENDED = [CaseStatus.DONE, CaseStatus.REFUNDING, CaseStatus.WAIT_SHOPPER_SHIP, CaseStatus.CANCELLED, CaseStatus.REJECTED]

WISHES = st.lists(
    st.tuples(
        st.sampled_from(MONEY),
        st.sampled_from(["L1", "L2"]),
        st.integers(1, 3),
        st.sampled_from(CaseReason),
        st.sampled_from(ENDED),
    ),
    max_size=7,
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Two lines of several pieces, discounts shared to the cent, freight, prices that fell."""
    first, second = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    paid = [Decimal(draw(st.integers(1, 90_000))) / 100 for _ in range(2)]
    freight = Decimal(draw(st.sampled_from([0, 800, 1200]))) / 100
    base = an_order(placed_at=NOW - timedelta(days=3))
    lines = [
        base.lines[0].model_copy(update={"line_id": f"L{n}", "quantity": pieces, "paid": money})
        for n, (pieces, money) in enumerate(zip((first, second), paid, strict=True), 1)
    ]
    drops = {f"L{n}": Decimal(draw(st.integers(0, 30_000))) / 100 for n in (1, 2)}
    changed = {
        "lines": lines,
        "freight": freight,
        "paid_total": sum(paid, freight),
        "price_drops": drops,
        "status": draw(st.sampled_from([OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.SIGNED])),
    }
    return base.model_copy(update=changed)


def pay(matter: Matter) -> Decimal | None:
    """What this case would pay back, by the rule or after a person's review; None where it is refused."""
    try:
        verdict = judge(RULES, matter)
        if verdict.decision is Decision.REFUSED:
            return None
        if verdict.refund_total is not None:
            return verdict.refund_total
        return sum((line.amount for line in reviewed_refund(matter)), Decimal(0))
    except CaseInvalid:
        return None


def as_case(number: int, wish: NewCase, amount: Decimal, status: CaseStatus) -> Case:
    return Case(
        case_id=f"AS{number}",
        type=wish.type,
        status=status,
        order_number=wish.order_number,
        line_id=wish.line_id,
        title="",
        quantity=wish.quantity,
        reason=wish.reason,
        refund_amount=amount,
        next_step="",
        waiting_for="",
        created_at=NOW,
        version=1,
    )


@settings(deadline=None)  # a busy machine says nothing about the rules
@given(order=orders(), wishes=WISHES, level=st.sampled_from(MemberLevel))
def test_no_order_of_cases_pays_back_more_than_was_paid(
    order: Order, wishes: list[tuple[CaseType, str, int, CaseReason, CaseStatus]], level: MemberLevel
) -> None:
    cases: list[Case] = []
    for number, (case_type, line_id, pieces, reason, status) in enumerate(wishes):
        wish = NewCase(type=case_type, order_number=order.order_number, line_id=line_id, quantity=pieces, reason=reason)
        amount = pay(Matter(wish, order, cases, level, NOW))
        if amount is not None:
            assert amount >= 0
            cases.append(as_case(number, wish, amount, status))

    without_effect = (CaseStatus.CANCELLED, CaseStatus.REJECTED)
    counted = [case.refund_amount or Decimal(0) for case in cases if case.status not in without_effect]
    assert sum(counted, Decimal(0)) <= order.paid_total
