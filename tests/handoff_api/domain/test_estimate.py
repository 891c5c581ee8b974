"""An honest wait, or none."""

from handoff_api.domain.estimate import AT_ONCE, estimate
from handoff_api.lines import wait_words


def test_nothing_is_said_while_nobody_is_there() -> None:
    assert estimate(1, slots=0, free_slots=0, handling_s=[60] * 10).wait_high_s is None


def test_a_free_agent_means_almost_at_once() -> None:
    place = estimate(2, slots=4, free_slots=2, handling_s=[])

    assert (place.wait_low_s, place.wait_high_s) == AT_ONCE


def test_too_few_finished_conversations_say_nothing() -> None:
    assert estimate(1, slots=4, free_slots=0, handling_s=[60, 60]).wait_high_s is None


def test_the_wait_grows_with_the_place_and_shrinks_with_the_slots() -> None:
    near = estimate(1, slots=2, free_slots=0, handling_s=[300] * 3)
    far = estimate(3, slots=2, free_slots=0, handling_s=[300] * 3)
    many = estimate(3, slots=6, free_slots=0, handling_s=[300] * 3)

    assert (near.wait_low_s, near.wait_high_s) == (75, 226)
    assert far.wait_low_s == 225
    assert many.wait_low_s == 75


def test_the_wait_is_said_in_whole_minutes() -> None:
    assert wait_words(0, 40) == "不到 1 分钟"
    assert wait_words(75, 226) == "1～4 分钟"
    assert wait_words(100, 110) == "约 2 分钟"
