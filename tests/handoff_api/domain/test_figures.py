"""The figures against examples worked out by hand."""

from datetime import UTC, date, datetime, timedelta

from handoff_api.domain.figures import Served, Take, by_agent, by_day, by_name, figures, matching

MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)
"""Of 21 November in Shanghai."""
NOW = MIDNIGHT + timedelta(hours=36)


def after(**by: float) -> datetime:
    return MIDNIGHT + timedelta(**by)


def handed(name: str, at: datetime, wait_s: float, answer_s: float, length_s: float, score: int | None) -> Served:
    taken = at + timedelta(seconds=wait_s)
    return Served(
        name,
        "web",
        at,
        ended_at=at + timedelta(seconds=length_s),
        requested_at=at,
        group="repair",
        reason="顾客要求人工",
        takes=(Take("a", taken, taken + timedelta(seconds=answer_s)),),
        score=score,
        rated_agent="a" if score else None,
    )


SERVED = [
    Served("kept", "web", after(hours=1), intents=("logistics_track",)),
    Served("came back", "wechat", after(hours=2), came_back_at=after(hours=9)),
    Served("bad rating", "web", after(hours=3), score=2),
    Served("young", "web", after(hours=30)),
    handed("quick", after(hours=4), wait_s=10, answer_s=20, length_s=300, score=5),
    handed("slow", after(hours=5), wait_s=50, answer_s=40, length_s=900, score=4),
]


def test_containment_and_verified_resolution_are_two_things() -> None:
    found = figures(SERVED, NOW)

    assert (found.sessions, found.handoffs, found.contained) == (6, 2, 4)
    assert (found.judged, found.verified) == (3, 1)  # the young one is not judged; one came back, one was displeased


def test_means_are_over_those_that_have_the_figure() -> None:
    found = figures(SERVED, NOW)

    assert (found.wait_s, found.first_response_s, found.resolution_s) == (30, 30, 600)
    assert (found.rating, found.ratings) == (3.67, 3)  # (2 + 5 + 4) / 3
    assert figures([], NOW).wait_s is None


def test_a_session_counts_for_the_shanghai_day_it_began_on() -> None:
    before = Served("before midnight", "web", MIDNIGHT - timedelta(seconds=1))

    days = by_day([before, *SERVED], [date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)], NOW)

    assert [day.sessions for day in days] == [1, 5, 1]


def test_by_group_by_agent_and_chosen() -> None:
    assert [(each.name, each.sessions) for each in by_name(SERVED, lambda each: each.group, NOW)] == [("repair", 2)]
    [agent] = by_agent(SERVED, {"a": "小林"})
    assert (agent.agent_name, agent.handled, agent.first_response_s, agent.resolution_s) == ("小林", 2, 30, 600)
    assert (agent.rating, agent.ratings) == (4.5, 2)
    assert len(matching(SERVED, channel="wechat")) == 1
    assert len(matching(SERVED, group="repair", agent_id="a")) == 2
    assert matching(SERVED, agent_id="b") == []
