"""The action server's edge: who may call, what a crash looks like, one shape for every refusal."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from actions.app import create_app
from actions.base import ShopAction
from actions.services import Services
from actions.settings import Settings
from actions.turn import Events, Turn
from contracts.wire import ErrorBody

TOKEN = "actions-token-of-the-tests"
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


def call(name: str, intent: str = "bot_challenge") -> dict[str, Any]:
    latest = {"intent": {"name": intent}, "entities": [], "text": "…", "metadata": {}}
    tracker = {"sender_id": "s1", "slots": {}, "latest_message": latest, "events": [], "active_loop": {}}
    return {"next_action": name, "sender_id": "s1", "tracker": tracker, "version": "3.6.21"}


@pytest.fixture
async def client(broken_services: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(shop_api_token="s", actions_token=TOKEN), broken_services)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://actions") as opened,
    ):
        yield opened


async def test_without_the_token_nothing_runs(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json=call("action_deny"))

    assert answer.status_code == 401
    assert ErrorBody.model_validate(answer.json()).error.code == "unauthorized"


async def test_an_action_runs_without_a_domain_in_the_call(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json=call("action_deny"), headers=AUTHORISED)

    assert answer.status_code == 200
    assert answer.json()["responses"][0]["response"] == "utter_deny"


async def test_an_unknown_action_is_refused_in_the_one_shape(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json=call("action_unheard_of"), headers=AUTHORISED)

    assert answer.status_code == 404
    assert ErrorBody.model_validate(answer.json()).error.code == "unknown_action"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"[" * 200_000,
        b'{"hello": 1}',
        b'{"next_action": 1, "tracker": {"sender_id": "s1"}}',
        b'{"next_action": "action_deny", "tracker": []}',
        b'{"next_action": "action_deny", "tracker": {}}',
    ],
)
async def test_a_call_that_is_none_is_refused_in_the_one_shape(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/webhook", content=body, headers=AUTHORISED)

    assert answer.status_code == 422
    assert ErrorBody.model_validate(answer.json()).error.code == "bad_call"


async def test_a_crash_is_an_honest_line_with_two_ways_on(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(self: ShopAction, turn: Turn, intent: str) -> Events:
        raise ZeroDivisionError

    monkeypatch.setattr("actions.conversation.ActionDeny.answer", crash)

    answer = await client.post("/webhook", json=call("action_deny"), headers=AUTHORISED)

    assert answer.status_code == 200
    response = answer.json()["responses"][0]
    assert response["response"] == "utter_action_crashed"
    assert [choice["title"] for choice in response["custom"]["choices"]] == ["转人工", "再试一次"]


async def test_it_is_live_and_ready_while_the_shop_is_down(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).json()["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/", 404, "not_found"), ("GET", "/webhook", 405, "method_not_allowed")],
)
async def test_what_reaches_no_route_is_refused_in_the_one_shape(
    client: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.request(method, path)

    assert answer.status_code == status
    assert ErrorBody.model_validate(answer.json()).error.code == code
