"""A day played again, against days worked out by hand."""

from datetime import UTC, datetime, timedelta

from handoff_api.domain.replay import Arrival, replay
from handoff_api.domain.routing import Candidate
from handoff_api.domain.rules import Routing

NINE = datetime(2026, 11, 21, 1, tzinfo=UTC)
ALL_DAY = (NINE, NINE + timedelta(hours=12))


def at(seconds: float, *, held_s: float = 100, skill: str = "general") -> Arrival:
    return Arrival(NINE + timedelta(seconds=seconds), skill, 1, held_s)


def agent(name: str, *skills: str, capacity: int = 1) -> Candidate:
    return Candidate(name, frozenset(skills or {"general"}), capacity, 0, None, 1, name)


def test_who_comes_while_all_are_busy_waits_until_one_is_free() -> None:
    found = replay([at(0), at(10), at(20)], [agent("a")], {"a": ALL_DAY}, Routing())

    assert (found.served, found.left_over) == (3, 0)
    assert (found.mean_wait_s, found.longest_wait_s) == (90, 180)  # 0, 90 and 180
    assert [(load.taken, load.most_at_once) for load in found.loads] == [(3, 1)]


def test_strategies_share_the_same_day_out_differently() -> None:
    agents = [agent("expert", "repair", capacity=5), agent("knows_all", "repair", "general", "order", capacity=5)]
    present = {each.agent_id: ALL_DAY for each in agents}
    arrivals = [at(second, held_s=1000, skill="repair") for second in range(4)]

    by_load = replay(arrivals, agents, present, Routing(strategy="least_loaded"))
    by_skill = replay(arrivals, agents, present, Routing(strategy="skill_first"))

    assert [load.taken for load in by_load.loads] == [2, 2]
    assert [load.taken for load in by_skill.loads] == [4, 0]


def test_the_overflow_opens_the_other_groups() -> None:
    agents = [agent("repairs", "repair"), agent("orders", "order")]
    present = {each.agent_id: ALL_DAY for each in agents}
    arrivals = [at(0, held_s=1000, skill="repair"), at(1, held_s=1000, skill="repair")]

    found = replay(arrivals, agents, present, Routing(overflow_s=60))

    assert found.longest_wait_s == 60
    assert [load.taken for load in found.loads] == [1, 1]


def test_nobody_is_given_what_comes_after_they_left() -> None:
    found = replay([at(0), at(7200)], [agent("a")], {"a": (NINE, NINE + timedelta(hours=1))}, Routing())

    assert (found.served, found.left_over) == (1, 1)
