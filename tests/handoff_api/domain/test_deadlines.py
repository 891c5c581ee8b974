"""What has come near or has passed."""

from datetime import datetime, timedelta

import pytest

from contracts.events import Status
from handoff_api.domain.deadlines import Served, due
from tests.handoff_api.domain.test_hours import RULES, at

NOON = at("2026-11-22T12:00")


def dues(served: Served, now: datetime) -> list[tuple[str, str]]:
    return [(each.kind, each.stage) for each in due(served, RULES.sla, now=now)]


def asked(status: Status = Status.QUEUED, start: datetime = NOON, **more: datetime | None) -> Served:
    return Served(status, start, more.get("answered_at"), more.get("unanswered_since", start))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(119, []), (120, [("first_response", "warned")]), (180, [("first_response", "breached")])],
)
def test_the_first_answer_is_warned_of_and_then_missed(seconds: int, expected: list[tuple[str, str]]) -> None:
    assert dues(asked(), NOON + timedelta(seconds=seconds)) == expected


def test_every_further_answer_has_three_minutes_from_the_oldest_unanswered_message() -> None:
    later = NOON + timedelta(minutes=30)
    served = asked(Status.ACTIVE, answered_at=NOON + timedelta(minutes=1), unanswered_since=later)

    assert dues(served, later + timedelta(seconds=100)) == []
    assert dues(served, later + timedelta(seconds=180)) == [("response", "breached")]


def test_who_was_answered_owes_nothing() -> None:
    served = asked(Status.ACTIVE, answered_at=NOON, unanswered_since=None)

    assert dues(served, NOON + timedelta(hours=1)) == []


def test_the_clock_stands_still_at_night() -> None:
    served = asked(start=at("2026-11-22T23:30"))

    assert dues(served, at("2026-11-23T07:59")) == []
    assert dues(served, at("2026-11-23T08:02")) == [("first_response", "warned")]
    assert dues(served, at("2026-11-23T08:03")) == [("first_response", "breached")]


def test_a_day_without_an_end_is_missed_too() -> None:
    served = asked(Status.ACTIVE, answered_at=NOON, unanswered_since=None)

    assert dues(served, NOON + timedelta(days=2)) == [("resolution", "breached")]


def test_what_is_with_the_bot_or_over_has_no_deadline() -> None:
    for status in (Status.BOT, Status.CLOSED, Status.MESSAGE_LEFT):
        assert dues(asked(status), NOON + timedelta(days=2)) == []
