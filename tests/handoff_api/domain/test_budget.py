"""What the platform allows: replaced by the shopper's message, spent by ours, the last one reserved."""

from datetime import UTC, datetime, timedelta

from handoff_api.domain import budget
from handoff_api.domain.budget import Decision, Grants

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)


def five() -> Grants:
    return budget.granted([], left=5, lasting=WINDOW, since=NOW, is_message=True)


def after(count: int) -> Grants:
    grants = five()
    for _ in range(count):
        grants = budget.spent(grants, now=NOW)
    return grants


def test_four_of_five_are_for_anything_and_the_last_is_reserved() -> None:
    decisions = [budget.decide(after(count), may_use_reserve=False, now=NOW) for count in range(6)]

    assert decisions == [*[Decision.SEND] * 4, Decision.PROMPT, Decision.HOLD]


def test_the_handoff_may_use_the_reserve_but_nothing_goes_beyond() -> None:
    assert budget.decide(after(4), may_use_reserve=True, now=NOW) is Decision.SEND
    assert budget.decide(after(5), may_use_reserve=True, now=NOW) is Decision.HOLD


def test_messages_of_the_shopper_do_not_add_up() -> None:
    twice = budget.granted(five(), left=5, lasting=WINDOW, since=NOW, is_message=True)

    assert budget.left_of(twice) == 5


def test_an_event_does_not_shorten_what_a_message_opened() -> None:
    minute = timedelta(minutes=1)

    grants = budget.granted(five(), left=3, lasting=minute, since=NOW, is_message=False)

    assert grants == five()


def test_what_an_event_allows_is_used_up_without_a_reserve() -> None:
    followed = budget.granted([], left=1, lasting=timedelta(minutes=1), since=NOW, is_message=False)

    assert budget.decide(followed, may_use_reserve=False, now=NOW) is Decision.SEND


def test_after_the_window_nothing_is_left() -> None:
    late = NOW + WINDOW

    assert budget.decide(five(), may_use_reserve=True, now=late) is Decision.HOLD
    assert budget.open_grants(five(), now=late) == []


def test_what_came_to_nothing_is_given_back() -> None:
    assert budget.left_of(budget.given_back(after(2), now=NOW)) == 4


def test_the_platform_knows_better_that_nothing_is_left() -> None:
    assert budget.decide(budget.emptied(five(), now=NOW), may_use_reserve=True, now=NOW) is Decision.HOLD
