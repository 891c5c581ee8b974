"""Until when whom."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from contracts.shop import CaseStatus, CaseType, MemberLevel, TicketKind
from policy import load_rules
from policy.calendar import SHANGHAI
from shop_api.domain.case_life_cycle import FINAL
from shop_api.domain.deadlines import TICKET_OWNERS, Deadlines, ticket_deadline
from tests.shop_api.orders import an_order

THURSDAY = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)


def deadlines(level: MemberLevel = MemberLevel.REGULAR) -> Deadlines:
    return Deadlines(load_rules(), an_order(placed_at=THURSDAY - timedelta(days=5)), level)


@pytest.mark.parametrize(("case_type", "status"), list(product(CaseType, CaseStatus)))
def test_every_open_case_has_a_deadline_and_no_closed_one(case_type: CaseType, status: CaseStatus) -> None:
    assert (deadlines().of(case_type, status, THURSDAY) is None) is (status in FINAL)


def test_a_refund_is_promised_by_the_end_of_the_day_the_rules_name() -> None:
    deadline = deadlines().of(CaseType.RETURN_REFUND, CaseStatus.REFUNDING, THURSDAY)

    assert deadline
    assert f"{deadline.astimezone(SHANGHAI):%m-%d %H:%M}" == "11-24 23:59"  # five days, as shop_promises.yml has it


def test_a_golden_member_is_paid_back_sooner() -> None:
    plain = deadlines().of(CaseType.RETURN_REFUND, CaseStatus.REFUNDING, THURSDAY)
    golden = deadlines(MemberLevel.GOLD).of(CaseType.RETURN_REFUND, CaseStatus.REFUNDING, THURSDAY)

    assert plain
    assert golden
    assert plain - golden == timedelta(days=2)


def test_the_days_of_a_refund_are_counted_from_when_the_goods_were_back() -> None:
    received_at = THURSDAY - timedelta(days=2)
    deadline = deadlines().of(CaseType.RETURN_REFUND, CaseStatus.REFUNDING, THURSDAY, received_at=received_at)

    assert deadline == deadlines().of(CaseType.RETURN_REFUND, CaseStatus.REFUNDING, received_at)


def test_an_interception_is_answered_within_the_hours_of_a_parcels_check() -> None:
    deadline = deadlines().of(CaseType.INTERCEPT, CaseStatus.APPLIED, THURSDAY)

    assert deadline == THURSDAY + timedelta(hours=24)


@pytest.mark.parametrize(
    ("kind", "hours"), [(TicketKind.COMPLAINT, 24), (TicketKind.URGE_SHIPPING, 12), (TicketKind.LOGISTICS, 24)]
)
def test_a_ticket_has_its_hours(kind: TicketKind, hours: int) -> None:
    assert ticket_deadline(kind, THURSDAY) - THURSDAY == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("left_at", "answered_by"),
    [
        (THURSDAY, datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
        (THURSDAY + timedelta(days=1), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
        (datetime(2026, 11, 19, 17, 0, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),  # Friday 01:00 there
    ],
)
def test_a_left_message_is_answered_by_ten_of_the_next_business_day(left_at: datetime, answered_by: datetime) -> None:
    assert ticket_deadline(TicketKind.LEFT_MESSAGE, left_at) == answered_by


def test_every_kind_of_ticket_has_an_owner() -> None:
    assert set(TICKET_OWNERS) == set(TicketKind)
