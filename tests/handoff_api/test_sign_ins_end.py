"""A password or a role that changes ends the sockets of the account within two seconds, in every process, with Redis
and without."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracts.staff import AgentChange
from handoff_api.app import create_app
from handoff_api.record import agents
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD, RedisServer, SettingsFor, free_port, serving
from tests.handoff_api.sockets.test_agent import workspace

WITHIN_S = 2.0
CHANGES = [AgentChange(password="another password"), AgentChange(role="auditor"), AgentChange(is_active=False)]


@pytest.fixture
def settings_of_one(settings_for: SettingsFor, own_redis: RedisServer) -> Settings:
    """A bridge without the shop's clocks, ticking as slowly as in production."""
    tick = timedelta(seconds=1)
    return settings_for(redis_url=own_redis.url, bridge_port=free_port(), run_worker=False, worker_tick=tick)


@pytest.fixture
def one(settings_of_one: Settings) -> Iterator[str]:
    with serving(create_app(settings_of_one), settings_of_one.bridge_port) as url:
        yield url


@pytest.fixture
def somebody(one: str, database_url: str) -> Iterator[SignedIn]:
    with sign_in(one, database_url, "小林", PASSWORD) as signed_in:
        yield signed_in


async def change_elsewhere(settings: Settings, change: AgentChange) -> None:
    """In a process of its own: the console, or another bridge."""
    bridge = build_bridge(settings)
    async with bridge.record.reading() as session:
        account = await agents.by_login(session, "demo", "小林")
    assert account
    await bridge.personnel.change("console", account.agent_id, change)
    await bridge.close()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change.model_dump(exclude_none=True))))
@pytest.mark.parametrize("has_redis", [True, False], ids=["with Redis", "without Redis"])
def test_the_socket_and_the_cookie_end(
    one: str,
    settings_of_one: Settings,
    somebody: SignedIn,
    own_redis: RedisServer,
    change: AgentChange,
    has_redis: bool,
) -> None:
    with workspace(one, somebody) as desk:
        desk.until("welcome")
        if not has_redis:
            own_redis.stop()
        asyncio.run(change_elsewhere(settings_of_one, change))
        changed_at = time.monotonic()

        code = desk.closing()

    assert time.monotonic() - changed_at < WITHIN_S
    assert code == 4401
    assert somebody.get("/v1/agent/me").status_code == 401


def test_a_change_of_no_weight_ends_nothing(one: str, settings_of_one: Settings, somebody: SignedIn) -> None:
    with workspace(one, somebody) as desk:
        desk.until("welcome")
        asyncio.run(change_elsewhere(settings_of_one, AgentChange(capacity=7)))
        time.sleep(WITHIN_S)
        desk.send("ping")

        assert desk.until("pong")
