"""What holds for money, parcels, levels and deposits, whatever the figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.shop import (
    CaseReason,
    CaseType,
    MemberLevel,
    Order,
    OrderLine,
    OrderStatus,
    Receiver,
    ReturnTerms,
    Shipment,
    ShipmentStatus,
)
from contracts.verdict import Decision, FreightPayer
from policy import (
    DepositFacts,
    DepositKind,
    InsuranceFacts,
    ParcelFacts,
    ParcelTrouble,
    PriceFacts,
    PriceKind,
    RefundFacts,
    RepairFacts,
    ReturnFacts,
    ShippingFacts,
    decide_deposit,
    decide_exchange,
    decide_freight_insurance,
    decide_late_shipping,
    decide_parcel,
    decide_price_protection,
    decide_refund_only,
    decide_refund_time,
    decide_repair,
    decide_return,
    load_rules,
    refund_due_at,
)
from policy.late_shipping import compensation

RULES = load_rules()
MakeOrder = Callable[..., Order]
SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
PLACED_AT = SIGNED_AT - timedelta(days=3)
RANK = {Decision.REFUSED: 0, Decision.NEEDS_PERSON: 1, Decision.ALLOWED: 2}
LEVELS = list(MemberLevel)
ZERO = Decimal("0.00")
cents = st.decimals(min_value=0, max_value=9999, places=2)
days = st.integers(0, 60)
PARCEL = Shipment(
    shipment_id="P1",
    carrier="ZTO",
    carrier_name="中通快递",
    tracking_number="78000000000001",
    status=ShipmentStatus.SIGNED,
    signed_at=SIGNED_AT,
    signed_by="本人",
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """A signed order of one line, as it stands in a shop."""
    paid, freight = draw(cents), draw(cents)
    line = OrderLine(
        line_id="L1",
        sku_id="S1",
        title="商品",
        category=draw(st.sampled_from(["shoes", "phone", "custom", "fresh_food", "beauty"])),
        unit_price=draw(cents),
        quantity=draw(st.integers(1, 7)),
        paid=paid,
        return_terms=draw(st.sampled_from(ReturnTerms)),
    )
    return Order(
        order_number="1",
        status=OrderStatus.SIGNED,
        placed_at=PLACED_AT,
        paid_at=PLACED_AT,
        signed_at=SIGNED_AT,
        goods_total=paid,
        freight=freight,
        paid_total=paid + freight,
        freight_insurance=draw(st.booleans()),
        lines=[line],
        shipments=[PARCEL],
        receiver=Receiver(name="李**", phone="138****5678", region="杭州"),
        version=1,
    )


@st.composite
def price_wishes(draw: st.DrawFn) -> PriceFacts:
    order = draw(orders())
    return PriceFacts(
        order=order,
        line_id="L1",
        now=PLACED_AT + timedelta(days=draw(days)),
        price_now=draw(cents),
        price_kind=draw(st.sampled_from(PriceKind)),
        quantity_before=draw(st.integers(0, order.lines[0].quantity)),
        refunded_before=draw(cents),
        protected_before=draw(cents),
    )


def changed[F](facts: F, **changes: Any) -> F:
    return type(facts)(**{**vars(facts), **changes})


@given(price_wishes())
def test_no_price_difference_exceeds_what_is_left_of_what_was_paid(facts: PriceFacts) -> None:
    amount = decide_price_protection(RULES, facts).refund_total or ZERO

    assert 0 <= amount <= facts.order.lines[0].paid
    assert amount <= max(ZERO, facts.order.paid_total - facts.refunded_before)


@given(price_wishes(), st.integers(1, 40), cents)
def test_a_day_more_or_a_smaller_drop_never_pays_more(facts: PriceFacts, more: int, dearer: Decimal) -> None:
    before = decide_price_protection(RULES, facts)
    later = decide_price_protection(RULES, changed(facts, now=facts.now + timedelta(days=more)))
    higher = decide_price_protection(RULES, changed(facts, price_now=(facts.price_now or ZERO) + dearer))

    assert RANK[later.decision] <= RANK[before.decision]
    assert (higher.refund_total or ZERO) <= (before.refund_total or ZERO)


@given(orders(), cents, st.sampled_from(CaseReason))
def test_a_return_after_a_paid_difference_gives_back_the_rest_and_no_more(
    order: Order, price: Decimal, reason: CaseReason
) -> None:
    protection = PriceFacts(order=order, line_id="L1", now=PLACED_AT, price_now=price)
    paid = decide_price_protection(RULES, protection).refund_total or ZERO
    wish = ReturnFacts(
        order=order,
        line_id="L1",
        now=SIGNED_AT,
        reason=reason,
        quantity=order.lines[0].quantity,
        refunded_before=paid,
        protected_before=paid,
    )

    verdict = decide_return(RULES, wish)

    if verdict.refund_total is not None:
        freight = sum((line.amount for line in verdict.refund_lines if "运费" in line.label), ZERO)
        assert verdict.refund_total + paid == order.lines[0].paid + freight


@given(orders(), cents, cents, st.sampled_from(DepositKind), st.booleans(), st.booleans())
def test_no_deposit_pays_back_more_than_was_given(
    order: Order, price: Decimal, deposit: Decimal, kind: DepositKind, is_balance_paid: bool, is_breach: bool
) -> None:
    facts = DepositFacts(
        order=order.model_copy(update={"goods_total": price}),
        now=SIGNED_AT,
        kind=kind,
        deposit=deposit,
        is_balance_paid=is_balance_paid,
        is_shop_in_breach=is_breach,
    )

    verdict = decide_deposit(RULES, facts)

    assert (verdict.refund_total or ZERO) <= deposit
    assert not is_breach or verdict.decision is not Decision.REFUSED or is_balance_paid


@given(orders())
def test_no_compensation_for_lateness_exceeds_what_was_paid(order: Order) -> None:
    parameters = RULES.late_shipping.in_force(order.placed_at).parameters

    assert 0 <= compensation(parameters, order) <= order.paid_total


@given(orders(), st.sampled_from(CaseReason), days, st.sampled_from([True, False, None]), st.data())
def test_a_better_membership_is_never_worse_in_a_case(
    order: Order, reason: CaseReason, day: int, is_intact: bool | None, data: st.DataObject
) -> None:
    low, high = sorted(data.draw(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS))), key=LEVELS.index)
    now = SIGNED_AT + timedelta(days=day)
    below = ReturnFacts(order=order, line_id="L1", reason=reason, now=now, is_intact=is_intact, member_level=low)
    above = changed(below, member_level=high)

    for decide in (decide_return, decide_exchange, decide_refund_only):
        worse, better = decide(RULES, below), decide(RULES, above)
        assert RANK[better.decision] >= RANK[worse.decision]
        assert (better.refund_total or ZERO) >= (worse.refund_total or ZERO)
        assert worse.freight_payer is not FreightPayer.SHOP or better.freight_payer is FreightPayer.SHOP
        assert (better.last_day is None) == (worse.last_day is None)


@given(orders(), days, st.data())
def test_a_better_membership_never_waits_longer_for_its_money(order: Order, day: int, data: st.DataObject) -> None:
    low, high = sorted(data.draw(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS))), key=LEVELS.index)
    facts = RefundFacts(order=order, now=SIGNED_AT + timedelta(days=day), started_at=SIGNED_AT, member_level=low)
    below, above = decide_refund_time(RULES, facts), decide_refund_time(RULES, changed(facts, member_level=high))

    assert above.last_day
    assert below.last_day
    assert above.last_day <= below.last_day
    assert RANK[above.decision] >= RANK[below.decision]


@given(orders(), days)
def test_a_damaged_parcel_is_judged_like_a_damaged_return(order: Order, day: int) -> None:
    now = SIGNED_AT + timedelta(days=day)
    parcel = decide_parcel(RULES, ParcelFacts(order=order, now=now, trouble=ParcelTrouble.DAMAGED))
    wish = ReturnFacts(order=order, line_id="L1", reason=CaseReason.DAMAGED, now=now)
    goods = decide_return(RULES, wish)

    assert (parcel.decision, parcel.last_day) == (goods.decision, goods.last_day)


@given(orders(), st.integers(0, 400), st.one_of(st.none(), st.integers(0, 200)))
def test_who_may_leave_for_lateness_gets_the_money_without_a_person(order: Order, hours: int, due: int | None) -> None:
    unshipped = order.model_copy(
        update={
            "status": OrderStatus.PAID,
            "signed_at": None,
            "shipments": [],
            "ship_by": None if due is None else PLACED_AT + timedelta(hours=due),
        }
    )
    now = PLACED_AT + timedelta(hours=hours)
    late = decide_late_shipping(RULES, ShippingFacts(order=unshipped, now=now))
    refund = decide_refund_only(
        RULES, ReturnFacts(order=unshipped, line_id="L1", reason=CaseReason.LATE, quantity=1, now=now)
    )

    assert late.decision is not Decision.ALLOWED or refund.decision is Decision.ALLOWED


@given(orders(), days, st.integers(1, 60), st.sampled_from([ParcelTrouble.NOT_RECEIVED, ParcelTrouble.DAMAGED]))
def test_a_claim_for_a_parcel_never_comes_back(order: Order, day: int, more: int, trouble: ParcelTrouble) -> None:
    facts = ParcelFacts(order=order, now=SIGNED_AT + timedelta(days=day), trouble=trouble)
    later = changed(facts, now=facts.now + timedelta(days=more))

    assert RANK[decide_parcel(RULES, later).decision] <= RANK[decide_parcel(RULES, facts).decision]


@given(orders(), days, st.integers(1, 60), st.sampled_from(CaseType), st.sampled_from(CaseReason))
def test_an_insurance_claim_never_comes_back(
    order: Order, day: int, more: int, case_type: CaseType, reason: CaseReason
) -> None:
    now = SIGNED_AT + timedelta(days=day)
    facts = InsuranceFacts(order=order, now=now, case_type=case_type, reason=reason, confirmed_at=SIGNED_AT)
    later = changed(facts, now=now + timedelta(days=more))

    soon, late = decide_freight_insurance(RULES, facts), decide_freight_insurance(RULES, later)

    assert RANK[late.decision] <= RANK[soon.decision]


@given(orders(), st.integers(0, 900), st.integers(1, 400), st.integers(0, 3), st.integers(0, 60))
def test_a_warranty_with_a_history_never_comes_back(
    order: Order, day: int, more: int, failed: int, repair_days: int
) -> None:
    phone = order.model_copy(update={"lines": [order.lines[0].model_copy(update={"category": "phone"})]})
    facts = RepairFacts(
        order=phone,
        line_id="L1",
        now=SIGNED_AT + timedelta(days=day),
        failed_repairs=failed,
        repair_days=repair_days,
    )
    later = changed(facts, now=facts.now + timedelta(days=more))

    assert RANK[decide_repair(RULES, later).decision] <= RANK[decide_repair(RULES, facts).decision]


@pytest.mark.parametrize("level", LEVELS)
def test_the_timers_of_a_refund_go_off_when_the_verdict_changes(make_order: MakeOrder, level: MemberLevel) -> None:
    order = make_order()

    for hour in range(24 * 18):
        now = SIGNED_AT + timedelta(hours=hour)
        facts = RefundFacts(order=order, now=now, started_at=SIGNED_AT, member_level=level)
        due, verdict = refund_due_at(RULES, facts), decide_refund_time(RULES, facts)
        assert due is not None
        assert (now >= due[0]) == (verdict.decision is Decision.NEEDS_PERSON)
        assert (now >= due[1]) == ("12315" in verdict.explanation)
