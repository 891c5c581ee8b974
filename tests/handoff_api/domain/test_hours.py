"""When somebody is at the desks."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff_api.domain.hours import SHANGHAI, add_on_duty, in_words, instant_in_words, is_open, is_rest_day, opens_at
from handoff_api.domain.rules import Hours
from handoff_api.settings import Settings, load_rules

RULES = load_rules(Settings.model_fields["handoff_rules"].default)
CALENDAR = RULES.calendar
OFFICE = Hours.model_validate(
    {
        "workdays": ["09:00-12:00", "13:00-18:00"],
        "rest_days": ["10:00-16:00"],
        "holidays": {"春节": []},
        "groups": {"invoice": {"workdays": ["09:00-17:00"]}},
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T12:30", False),
        ("2026-11-23T18:00", False),
        ("2026-11-22T16:30", False),  # a Sunday
        ("2026-11-22T15:30", True),
        ("2026-02-28T09:30", True),  # a Saturday worked for the Spring Festival
        ("2026-02-17T11:00", False),  # the Spring Festival has hours of its own: none
        ("2026-10-01T09:30", False),  # a holiday without hours of its own is a rest day
        ("2026-10-01T11:00", True),
    ],
)
def test_hours_follow_the_chinese_calendar(instant: str, expected: bool) -> None:
    assert is_open(at(instant), OFFICE, CALENDAR) is expected


def test_a_group_may_have_hours_of_its_own() -> None:
    assert is_open(at("2026-11-23T12:30"), OFFICE, CALENDAR, "invoice")
    assert not is_open(at("2026-11-22T12:30"), OFFICE, CALENDAR, "invoice")


def test_the_next_opening_may_be_days_away() -> None:
    assert opens_at(at("2026-02-14T20:00"), OFFICE, CALENDAR) == at("2026-02-24T09:00")
    assert opens_at(at("2026-11-23T12:30"), OFFICE, CALENDAR) == at("2026-11-23T13:00")


def test_who_is_never_open_has_no_next_opening() -> None:
    assert opens_at(at("2026-11-23T12:30"), Hours(workdays=[], rest_days=[]), CALENDAR) is None


def test_a_worked_saturday_is_no_rest_day() -> None:
    assert not is_rest_day(at("2026-05-09T12:00").astimezone(SHANGHAI).date(), CALENDAR)
    assert is_rest_day(at("2026-05-10T12:00").astimezone(SHANGHAI).date(), CALENDAR)


def test_hours_are_said_as_people_say_them() -> None:
    assert in_words(Hours()) == "每天 9:00–21:00"
    assert in_words(OFFICE) == "工作日 9:00–12:00、13:00–18:00，休息日 10:00–16:00"


def test_instants_are_said_from_today() -> None:
    now = at("2026-11-22T20:00")

    assert instant_in_words(at("2026-11-22T21:00"), now=now) == "今天 21:00"
    assert instant_in_words(at("2026-11-23T09:00"), now=now) == "明天 9:00"
    assert instant_in_words(at("2026-12-01T09:00"), now=now) == "12月1日 9:00"


def test_the_duty_clock_stands_still_at_night() -> None:
    clock = RULES.sla.clock

    assert add_on_duty(at("2026-11-22T12:00"), 180, clock) == at("2026-11-22T12:03")
    assert add_on_duty(at("2026-11-22T22:59"), 180, clock) == at("2026-11-23T08:02")
    assert add_on_duty(at("2026-11-22T03:00"), 180, clock) == at("2026-11-22T08:03")
    assert add_on_duty(at("2026-11-22T12:00"), 16 * 3600, clock) - at("2026-11-22T12:00") == timedelta(hours=25)
