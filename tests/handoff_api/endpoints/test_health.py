"""Alive is not ready, and ready says which parts are missing."""

import httpx

from tests.handoff_api.stand_in_bot import StandInBot


def test_a_missing_part_degrades_in_the_open(server: str, bot: StandInBot) -> None:
    ready = httpx.get(f"{server}/health/ready", trust_env=False)
    bot.is_failing = True
    degraded = httpx.get(f"{server}/health/ready", trust_env=False)

    assert ready.json() == {"status": "ready", "parts": {"record": True, "redis": True, "bot": True, "shop": True}}
    assert (degraded.status_code, degraded.json()["status"]) == (200, "degraded")
    assert not degraded.json()["parts"]["bot"]


def test_it_is_alive(server: str) -> None:
    assert httpx.get(f"{server}/health/live", trust_env=False).json() == {"status": "alive"}
