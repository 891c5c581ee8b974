"""One connection cannot drown the bridge: beyond its pace frames are refused, and the connection lives on."""

from collections.abc import Iterator

import pytest

from handoff_api.app import create_app
from handoff_api.errors import RateLimited
from handoff_api.sockets.connection import Pace
from tests.handoff_api.agents import sign_in
from tests.handoff_api.conftest import PASSWORD, SettingsFor, free_port, serving
from tests.handoff_api.sockets.test_agent import workspace
from tests.handoff_api.sockets.test_shopper import new_visitor, tab


def taken(pace: Pace, now_s: float, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            pace.require(now_s)
        except RateLimited:
            continue
        count += 1
    return count


def test_a_burst_then_so_many_a_second_and_never_more_than_the_burst() -> None:
    pace = Pace(per_s=2, burst=5)

    assert [taken(pace, now_s, 10) for now_s in (100.0, 100.0, 101.5, 1000.0)] == [5, 0, 3, 5]


@pytest.fixture
def slow_server(settings_for: SettingsFor) -> Iterator[str]:
    port = free_port()
    with serving(create_app(settings_for(bridge_port=port, frames_per_s=5.0, frame_burst=20)), port) as url:
        yield url


def test_a_shopper_who_floods_is_told_and_stays(slow_server: str) -> None:
    with tab(slow_server, new_visitor(slow_server)) as shopper:
        shopper.until("welcome")
        for _ in range(60):
            shopper.send({"type": "ping"})
        error = shopper.until("error")["error"]

    assert error["code"] == "rate_limited"
    assert len([frame for frame in shopper.frames if frame["type"] == "pong"]) in range(20, 40)


def test_an_agent_who_floods_is_told_and_stays(slow_server: str, database_url: str) -> None:
    with sign_in(slow_server, database_url, "小林", PASSWORD) as agent, workspace(slow_server, agent) as desk:
        for _ in range(60):
            desk.send("ping")

        assert desk.until("error")["error"]["code"] == "rate_limited"
