"""What holds for every order, whatever its figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.shop import CaseReason, MemberLevel, Order, OrderLine, OrderStatus, Receiver, ReturnTerms
from contracts.verdict import Decision
from policy import (
    RepairFacts,
    ReturnFacts,
    decide_exchange,
    decide_refund_only,
    decide_repair,
    decide_return,
    load_rules,
)

RULES = load_rules()
SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RANK = {Decision.REFUSED: 0, Decision.NEEDS_PERSON: 1, Decision.ALLOWED: 2}
FAULTS = [
    CaseReason.QUALITY,
    CaseReason.DAMAGED,
    CaseReason.WRONG_ITEM,
    CaseReason.MISSING_ITEM,
    CaseReason.NOT_AS_DESCRIBED,
]
CLASSES = ["shoes", "phone", "custom", "fresh_food", "beauty", "media", "appliance", "food", "unheard_of"]
cents = st.decimals(min_value=0, max_value=9999, places=2)


@st.composite
def orders(draw: st.DrawFn, *, statuses: list[OrderStatus] | None = None) -> Order:
    lines = [
        OrderLine(
            line_id=f"L{number}",
            sku_id="S",
            title="商品",
            category=draw(st.sampled_from(CLASSES)),
            unit_price=draw(cents),
            quantity=draw(st.integers(1, 7)),
            paid=draw(cents),
            is_gift=draw(st.booleans()) if number > 1 else False,
            return_terms=draw(st.sampled_from(ReturnTerms)),
            warranty_months=draw(st.sampled_from([0, 12, 36])),
        )
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    freight = draw(cents)
    status = draw(st.sampled_from(statuses or list(OrderStatus)))
    return Order(
        order_number="1",
        status=status,
        placed_at=SIGNED_AT - timedelta(days=3),
        ship_by=SIGNED_AT,
        signed_at=SIGNED_AT if status in (OrderStatus.SIGNED, OrderStatus.COMPLETED) else None,
        goods_total=sum((line.paid for line in lines), Decimal(0)),
        freight=freight,
        paid_total=sum((line.paid for line in lines), freight),
        freight_insurance=draw(st.booleans()),
        lines=lines,
        receiver=Receiver(name="李**", phone="138****5678", region="杭州"),
        version=1,
    )


@st.composite
def wishes(draw: st.DrawFn, *, statuses: list[OrderStatus] | None = None) -> ReturnFacts:
    order = draw(orders(statuses=statuses))
    line = draw(st.sampled_from(order.lines))
    return ReturnFacts(
        order=order,
        line_id=line.line_id,
        reason=draw(st.sampled_from(CaseReason)),
        quantity=draw(st.integers(1, line.quantity)),
        now=SIGNED_AT + timedelta(hours=draw(st.integers(0, 24 * 40))),
        member_level=draw(st.sampled_from(MemberLevel)),
        is_intact=draw(st.sampled_from([True, False, None])),
        refunded_before=draw(cents),
    )


def changed(facts: ReturnFacts, **changes: object) -> ReturnFacts:
    return ReturnFacts(**{**vars(facts), **changes})  # type: ignore[arg-type]


@given(wishes())
def test_no_refund_exceeds_what_is_left_of_what_was_paid(facts: ReturnFacts) -> None:
    for decide in (decide_return, decide_refund_only):
        refund = decide(RULES, facts).refund_total or Decimal(0)
        left = max(Decimal(0), facts.order.paid_total - facts.refunded_before)
        assert 0 <= refund <= left


@given(wishes(), st.integers(1, 30))
def test_more_days_never_turn_a_no_into_a_yes(facts: ReturnFacts, days: int) -> None:
    later = changed(facts, now=facts.now + timedelta(days=days))
    for decide in (decide_return, decide_exchange):
        assert RANK[decide(RULES, later).decision] <= RANK[decide(RULES, facts).decision]


@given(wishes(statuses=[OrderStatus.SIGNED]), st.sampled_from(FAULTS))
def test_a_fault_is_never_judged_worse_than_no_reason(facts: ReturnFacts, fault: CaseReason) -> None:
    plain, faulty = changed(facts, reason=CaseReason.NO_REASON), changed(facts, reason=fault)
    for decide in (decide_return, decide_exchange):
        without, with_fault = decide(RULES, plain), decide(RULES, faulty)
        assert RANK[with_fault.decision] >= RANK[without.decision]
        assert (with_fault.refund_total or 0) >= (without.refund_total or 0)


@given(orders(statuses=[OrderStatus.SIGNED]), st.integers(0, 2000), st.integers(1, 500))
def test_a_warranty_never_comes_back(order: Order, days: int, more: int) -> None:
    soon, late = (
        decide_repair(RULES, RepairFacts(order=order, line_id="L1", now=SIGNED_AT + timedelta(days=when)))
        for when in (days, days + more)
    )
    assert RANK[late.decision] <= RANK[soon.decision]


@given(orders(statuses=[OrderStatus.SIGNED]), st.data())
def test_the_parts_of_a_line_add_up_to_its_price(order: Order, data: st.DataObject) -> None:
    line = order.lines[0]
    first = data.draw(st.integers(1, line.quantity))
    pieces = [(0, first)] + ([(first, line.quantity - first)] if first < line.quantity else [])
    refunded = Decimal("0.00")

    for before, quantity in pieces:
        facts = ReturnFacts(
            order=order.model_copy(update={"freight": Decimal("0.00"), "paid_total": order.goods_total}),
            line_id=line.line_id,
            reason=CaseReason.QUALITY,
            quantity=quantity,
            now=SIGNED_AT,
            quantity_before=before,
            refunded_before=refunded,
        )
        refunded += decide_return(RULES, facts).refund_total or Decimal(0)

    assert refunded == line.paid
