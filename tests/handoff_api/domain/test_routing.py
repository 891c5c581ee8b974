"""Whom a waiting conversation is offered to."""

from datetime import UTC, datetime, timedelta

from handoff_api.domain.routing import SKILL_PATIENCE, Candidate, choose_agent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NO_WAIT = timedelta()


def agent(
    name: str, *, open_count: int = 0, idle_min: int = 0, skills: str = "general", capacity: int = 3
) -> Candidate:
    return Candidate(name, frozenset(skills.split()), capacity, open_count, NOW - timedelta(minutes=idle_min))


def chosen(skill: str, *online: Candidate, waited: timedelta = NO_WAIT, passed: tuple[str, ...] = ()) -> str | None:
    found = choose_agent(skill, waited, online, passed=passed)
    return found.agent_id if found else None


def test_the_least_loaded_comes_first() -> None:
    assert chosen("general", agent("a", open_count=2), agent("b", open_count=1)) == "b"


def test_a_tie_goes_to_whoever_has_been_idle_longest() -> None:
    assert chosen("general", agent("a", idle_min=1), agent("b", idle_min=9)) == "b"


def test_an_agent_at_capacity_is_skipped() -> None:
    assert chosen("general", agent("a", open_count=3), agent("b", open_count=3, capacity=4)) == "b"


def test_who_just_declined_is_skipped() -> None:
    assert chosen("general", agent("a"), agent("b", open_count=2), passed=("a",)) == "b"


def test_a_skill_is_waited_for_while_somebody_has_it() -> None:
    busy = agent("skilled", skills="complaint", open_count=3)

    assert chosen("complaint", busy, agent("other")) is None


def test_after_a_minute_anybody_is_better_than_nobody() -> None:
    busy = agent("skilled", skills="complaint", open_count=3)

    assert chosen("complaint", busy, agent("other"), waited=SKILL_PATIENCE) == "other"


def test_a_skill_nobody_here_has_is_not_waited_for() -> None:
    assert chosen("complaint", agent("other")) == "other"


def test_nobody_online_is_nobody() -> None:
    assert chosen("general") is None
