"""What an agent is told."""

from datetime import UTC, datetime

import pytest

from contracts.bot_output import HandoffRequest
from handoff_api.domain.handoff import BOOST_MS, REASONS, build_package, reason_of, stronger

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_the_package_says_why_and_what_was_tried() -> None:
    request = HandoffRequest(reason="complaint", evidence="态度差", tried=["建投诉工单"], order_number="2026")

    package = build_package(request, {"phone": "x"}, now=NOW)

    assert package.summary == ["转人工原因：顾客投诉", "依据：态度差", "涉及订单：2026", "已处理：建投诉工单"]
    assert (package.priority, package.skill, package.order_number) == ("high", "complaint", "2026")


def test_the_requests_slots_win_over_the_trackers() -> None:
    package = build_package(HandoffRequest(reason="asked_for_person", slots={"a": 1}), {"a": 0, "b": 2}, now=NOW)

    assert package.slots == {"a": 1, "b": 2}


def test_the_order_is_found_in_the_slots_too() -> None:
    assert (
        build_package(HandoffRequest(reason="asked_for_person"), {"order_number": "77"}, now=NOW).order_number == "77"
    )


def test_an_unknown_reason_still_reaches_a_person() -> None:
    assert reason_of("something_new").text


def test_the_bot_may_raise_a_priority_but_not_lower_it() -> None:
    raised = build_package(HandoffRequest(reason="asked_for_person", priority="emergency"), {}, now=NOW)
    kept = build_package(HandoffRequest(reason="emergency", priority="normal"), {}, now=NOW)

    assert raised.priority == kept.priority == "emergency"


@pytest.mark.parametrize("word", REASONS)
def test_every_reason_has_words_and_a_place(word: str) -> None:
    assert REASONS[word].text
    assert REASONS[word].priority in BOOST_MS


def test_the_stronger_priority_wins() -> None:
    assert stronger("high", "normal") == "high"
