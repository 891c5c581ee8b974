"""Every operation of the bridge's OpenAPI document under requests made from it, right ones and spoilt ones: nothing
is a failure of ours, and every refusal has the one shape."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from contracts.wire import ErrorBody
from handoff_api import fsck
from handoff_api.app import create_app
from handoff_api.settings import Settings
from tests.fuzzing import SEED, fuzz, operations
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD, SettingsFor, free_port, serving

ENDS_THE_SESSION = {("POST", "/v1/agent/sign-out"), ("POST", "/v1/agent/password")}


@pytest.fixture
def running(settings_for: SettingsFor) -> Settings:
    return settings_for(message_burst=1_000_000, sign_ins_per_minute=1_000_000, visitors_per_minute=1_000_000)


@pytest.fixture
def url(running: Settings) -> Iterator[str]:
    port = free_port()
    with serving(create_app(running.model_copy(update={"bridge_port": port})), port) as address:
        yield address


@pytest.fixture
def admin(url: str, database_url: str) -> Iterator[SignedIn]:
    with sign_in(url, database_url, "主管", PASSWORD, role="admin") as signed_in:
        yield signed_in


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # one call of every operation is long when written
def test_every_operation_survives_everything(url: str, running: Settings, admin: SignedIn) -> None:
    sys.stdout.write(f"FUZZ_SEED={SEED}\n")
    opened = httpx.post(f"{url}/v1/visitors", json={"shop_id": "demo"}, trust_env=False).json()
    known: dict[str, list[Any]] = {
        "conversation_id": [opened["conversation"]["conversation_id"]],
        "shop_id": ["demo"],
        "wait": [0],
        "wait_s": [0],
    }
    headers = {"Authorization": f"Bearer {opened['visitor_token']}", "Content-Type": "application/json"}
    every = operations(admin.get("/openapi.json").json(), known)

    @seed(SEED)
    @fuzz
    @given(asked=st.tuples(*(every[each] for each in sorted(set(every) - ENDS_THE_SESSION))))
    def everything(asked: Any) -> None:
        for method, path, query, text in asked:
            response = admin.send(method, path, params=query, content=text and text.encode(), headers=headers)
            hold(response, (method, path, query, text))

    everything()
    assert asyncio.run(fsck.check(fsck.Where(database_url=running.database_url, redis_url=running.redis_url))) == []


def hold(response: httpx.Response, asked: Any) -> None:
    assert response.status_code < 500 or ErrorBody.model_validate_json(response.content).error.code in THEIRS, asked
    if response.status_code >= 400:
        assert ErrorBody.model_validate_json(response.content).error.message, asked


THEIRS = {"shop_unavailable", "bot_unavailable"}
"""503 because the stand-in does not have what was made up is an honest answer."""
