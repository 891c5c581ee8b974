"""Legal days in Shanghai."""

from datetime import UTC, date, datetime

import pytest

from policy.calendar import days_since, in_chinese, last_day_of_months, last_day_of_window, legal_day


def test_a_legal_day_begins_at_midnight_in_shanghai() -> None:
    assert legal_day(datetime(2026, 11, 21, 15, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert legal_day(datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == date(2026, 11, 22)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        legal_day(datetime(2026, 11, 21))  # noqa: DTZ001


def test_the_first_of_seven_days_is_the_day_after_signing() -> None:
    late_evening = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)

    assert last_day_of_window(late_evening, 7) == date(2026, 11, 28)
    assert days_since(late_evening, datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == 1


def test_days_are_never_counted_backwards() -> None:
    assert days_since(datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("signed", "months", "last"),
    [
        ((2026, 8, 21), 12, date(2027, 8, 21)),
        ((2026, 8, 31), 6, date(2027, 2, 28)),
        ((2027, 8, 31), 6, date(2028, 2, 29)),
        ((2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_a_warranty_ends_on_the_same_day_or_the_last_of_a_shorter_month(
    signed: tuple[int, int, int], months: int, last: date
) -> None:
    assert last_day_of_months(datetime(*signed, 4, tzinfo=UTC), months) == last


def test_the_year_is_said_only_where_it_is_another() -> None:
    assert in_chinese(date(2026, 11, 28), seen_from=date(2026, 11, 21)) == "11月28日"
    assert in_chinese(date(2027, 1, 3), seen_from=date(2026, 12, 29)) == "2027年1月3日"
