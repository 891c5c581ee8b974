"""Whom a waiting conversation is offered to, and how that is explained."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff_api.domain.routing import STRATEGIES, Candidate, Decision, Waiting, decide, explain
from handoff_api.domain.rules import Routing

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def agent(
    name: str, *, load: int = 0, idle_min: int = 0, skills: str = "general", capacity: int = 3, level: int = 1
) -> Candidate:
    idle_since = NOW - timedelta(minutes=idle_min)
    return Candidate(name, frozenset(skills.split()), capacity, load, idle_since, level, name.upper())


def decided(*online: Candidate, waited_s: float = 0, rules: dict[str, Any] | None = None, **waiting: Any) -> Decision:
    return decide(Waiting(waited=timedelta(seconds=waited_s), **waiting), online, Routing.model_validate(rules or {}))


def chosen(*online: Candidate, **more: Any) -> str | None:
    found = decided(*online, **more).agent
    return found.agent_id if found else None


# --- filters --------------------------------------------------------------------------------------------------------
def test_an_agent_at_capacity_is_skipped() -> None:
    assert chosen(agent("a", load=3), agent("b", load=3, capacity=4)) == "b"


def test_capacity_is_counted_by_weight() -> None:
    assert chosen(agent("a", load=1), agent("b", load=2), weight=2) == "a"
    assert chosen(agent("b", load=2), weight=2) is None


def test_who_just_declined_is_skipped() -> None:
    assert chosen(agent("a"), agent("b", load=2), passed=("a",)) == "b"


def test_a_skill_is_waited_for_while_somebody_has_it() -> None:
    busy = agent("skilled", skills="complaint", load=3)

    assert chosen(busy, agent("other"), skill="complaint") is None


def test_after_the_overflow_anybody_is_better_than_nobody() -> None:
    busy = agent("skilled", skills="complaint", load=3)

    assert chosen(busy, agent("other"), skill="complaint", waited_s=60) == "other"
    assert chosen(busy, agent("other"), skill="complaint", waited_s=60, rules={"overflow_s": 90}) is None


def test_a_skill_nobody_here_has_is_not_waited_for() -> None:
    assert chosen(agent("other"), skill="complaint") == "other"


def test_a_group_may_need_experience_until_the_overflow() -> None:
    rules = {"level": {"complaint": 2}}
    both = agent("junior", skills="complaint"), agent("senior", skills="complaint", load=2, level=2)

    assert chosen(*both, skill="complaint", rules=rules) == "senior"
    assert chosen(both[0], skill="complaint", rules=rules) is None
    assert chosen(both[0], skill="complaint", rules=rules, waited_s=60) == "junior"


def test_nobody_online_is_nobody() -> None:
    assert chosen() is None


# --- sticky ---------------------------------------------------------------------------------------------------------
def test_the_agent_of_the_last_time_comes_first() -> None:
    assert chosen(agent("a"), agent("b", load=2), last_agent="b") == "b"


def test_they_are_waited_for_a_moment_where_only_room_is_missing() -> None:
    full = agent("b", load=3)

    assert chosen(agent("a"), full, last_agent="b", waited_s=5) is None
    assert chosen(agent("a"), full, last_agent="b", waited_s=15) == "a"
    assert decided(agent("a"), full, last_agent="b").is_held_up


def test_who_passed_or_is_not_here_is_not_waited_for() -> None:
    assert chosen(agent("a"), agent("b", load=3), last_agent="b", passed=("b",)) == "a"
    assert chosen(agent("a"), last_agent="gone") == "a"


# --- strategies -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("least_loaded", "b"), ("longest_idle", "a"), ("round_robin", "d"), ("skill_first", "c")],
)
def test_each_strategy_has_its_own_favourite(strategy: str, expected: str) -> None:
    online = (
        agent("a", load=1, idle_min=30, skills="general refund return"),
        agent("b", load=0, idle_min=5, skills="general refund"),
        agent("c", load=2, idle_min=0, skills="general"),
        agent("d", load=2, idle_min=9, skills="general refund return invoice"),
    )

    assert chosen(*online, rules={"strategy": strategy}) == expected


def test_a_tie_in_load_goes_to_whoever_has_been_idle_longest() -> None:
    assert chosen(agent("a", idle_min=1), agent("b", idle_min=9)) == "b"


def test_round_robin_serves_everybody_once_before_anybody_twice() -> None:
    online = {name: agent(name, capacity=99, idle_min=60) for name in "abcd"}
    served = []
    for minute in range(8):
        name = chosen(*online.values(), rules={"strategy": "round_robin"}) or ""
        served.append(name)
        last = NOW + timedelta(minutes=minute)
        online[name] = Candidate(name, online[name].skills, 99, online[name].load + 1, last)

    assert sorted(served[:4]) == sorted(served[4:]) == list("abcd")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_strategy_chooses_whom_the_filters_refused(strategy: str) -> None:
    online = agent("full", load=3, idle_min=99), agent("passed", idle_min=99), agent("fit", load=2)

    assert chosen(*online, passed=("passed",), rules={"strategy": strategy}) == "fit"


# --- the explanation ------------------------------------------------------------------------------------------------
def test_the_explanation_says_who_lost_by_what() -> None:
    online = (
        agent("a", load=1),
        agent("b", load=2),
        agent("full", load=3),
        agent("passed"),
        agent("other", skills="invoice"),
    )
    rest = agent("skilled", skills="complaint", load=0, idle_min=3)

    why = explain(decided(*online, rest, skill="complaint", passed=("passed",)), now=NOW)

    assert (why.agent_id, why.strategy, why.agent_name) == ("skilled", "least_loaded", "SKILLED")
    assert why.text == "接待数最少（在线 6 位，可接待 1 位）"
    assert {each.agent_id: each.outcome for each in why.considered} == {
        "skilled": "chosen",
        "a": "lacks_skill",
        "b": "lacks_skill",
        "full": "full",
        "passed": "passed",
        "other": "lacks_skill",
    }


def test_among_the_free_the_loser_is_told_the_difference() -> None:
    why = explain(decided(agent("a", load=1), agent("b")), now=NOW)

    assert [(each.agent_id, each.text) for each in why.considered] == [("b", "接待数最少"), ("a", "接待数 1，多于 0")]
