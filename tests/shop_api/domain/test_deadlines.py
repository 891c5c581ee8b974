"""Until when whom."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.shop import CaseStatus, TicketKind
from shop_api.domain.case_life_cycle import FINAL
from shop_api.domain.deadlines import TICKET_OWNERS, case_deadline, ticket_deadline

THURSDAY = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", CaseStatus)
def test_every_open_case_has_a_deadline_and_no_closed_one(status: CaseStatus) -> None:
    assert (case_deadline(status, THURSDAY) is None) is (status in FINAL)


def test_a_refund_is_promised_within_the_seven_days_of_the_law() -> None:
    deadline = case_deadline(CaseStatus.REFUNDING, THURSDAY)

    assert deadline
    assert deadline - THURSDAY <= timedelta(days=7)


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
