"""Who may call what: every route of the application appears in this matrix, so a new one without a rule fails."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from contracts.identity import Audience, VisitorIdentity, issue
from contracts.notices import sign_notice
from contracts.wire import ErrorBody
from handoff_api.app import create_app
from handoff_api.services.files import LARGEST as LARGEST_FILE
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD, SECRETS, SettingsFor
from tests.handoff_api.services.test_notices import CASE

ANYBODY, SHOPPER, AGENT, SHOP = "anybody", "shopper", "agent", "shop"

WHO_MAY = {
    ("POST", "/v1/visitors"): ANYBODY,
    ("POST", "/v1/shopper/poll"): SHOPPER,
    ("POST", "/v1/shopper/frames"): SHOPPER,
    ("GET", "/v1/shopper/events"): SHOPPER,
    ("POST", "/v1/shopper/files"): SHOPPER,
    ("GET", "/v1/files/{attachment_id}/shared"): ANYBODY,  # who has the signed link
    ("GET", "/v1/files/{attachment_id}"): SHOPPER,  # and the shop's agents and server: test_files.py
    ("GET", "/v1/files/{attachment_id}/thumbnail"): SHOPPER,
    ("POST", "/v1/agent/conversations/{conversation_id}/files"): AGENT,
    ("POST", "/v1/agent/sign-in"): ANYBODY,
    ("POST", "/v1/agent/sign-out"): AGENT,
    ("GET", "/v1/agent/me"): AGENT,
    ("GET", "/v1/agent/colleagues"): AGENT,
    ("POST", "/v1/agent/socket-tickets"): AGENT,
    ("GET", "/v1/agent/conversations"): AGENT,
    ("GET", "/v1/agent/counts"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/customer"): AGENT,
    ("GET", "/v1/agent/canned-replies"): AGENT,
    ("POST", "/v1/agent/canned-replies"): AGENT,
    ("POST", "/v1/agent/canned-replies/{reply_id}"): AGENT,
    ("POST", "/v1/agent/canned-replies/{reply_id}/remove"): AGENT,
    ("GET", "/v1/agent/search"): AGENT,
    ("GET", "/v1/agent/mentions"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/events"): AGENT,
    ("GET", "/v1/agent/presets"): AGENT,
    ("POST", "/v1/agent/presets"): AGENT,
    ("POST", "/v1/agent/presets/{preset_id}"): AGENT,
    ("POST", "/v1/agent/presets/{preset_id}/remove"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/services"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/customer-note"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/customer-note"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/similar-answers/{event_id}"): AGENT,
    ("GET", "/v1/agent/tags"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/tags"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/tags"): AGENT,
    ("GET", "/v1/agent/conversations/{conversation_id}/corrections"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/corrections/{event_id}"): AGENT,
    ("GET", "/v1/agent/corrections.yml"): AGENT,
    ("GET", "/v1/agent/own-day"): AGENT,
    ("GET", "/v1/agent/statistics"): AGENT,
    ("GET", "/v1/agent/statistics.csv"): AGENT,
    ("GET", "/v1/agent/statistics.xlsx"): AGENT,
    ("GET", "/v1/agent/board"): AGENT,
    ("GET", "/v1/agent/rules"): AGENT,
    ("POST", "/v1/agent/rules"): AGENT,
    ("GET", "/v1/agent/rules/dry-run"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/verdict"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/{case_id}/steps"): AGENT,
    ("POST", "/v1/agent/conversations/{conversation_id}/tickets"): AGENT,
    ("GET", "/v1/conversations/{conversation_id}/readings/{event_id}"): AGENT,
    ("GET", "/v1/conversations/{conversation_id}/readings/{event_id}/explanation"): AGENT,
    ("POST", "/v1/agent/password"): AGENT,
    ("GET", "/v1/admin/agents"): AGENT,
    ("POST", "/v1/admin/agents"): AGENT,
    ("POST", "/v1/admin/agents/{agent_id}"): AGENT,
    ("GET", "/v1/admin/audit"): AGENT,
    ("POST", "/v1/notices"): SHOP,
    ("GET", "/health/live"): ANYBODY,
    ("GET", "/health/ready"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,  # of this machine, or with a token: test_metrics.py
    ("GET", "/widget.js"): ANYBODY,
    ("GET", "/widget.d.ts"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
    ("GET", "/channels/{kind}/{name}"): ANYBODY,  # each account checks its own platform's signature
    ("POST", "/channels/{kind}/{name}"): ANYBODY,
}
GUARDED = [(method, path, who) for (method, path), who in WHO_MAY.items() if who != ANYBODY]
REFUSALS = {SHOPPER: "token_refused", AGENT: "not_signed_in", SHOP: "notice_refused"}


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, trust_env=False, timeout=30) as client:
        yield client


def code_of(response: httpx.Response) -> str:
    return ErrorBody.model_validate_json(response.content).error.code


def visitor_token(client: httpx.Client) -> str:
    token: str = client.post("/v1/visitors", json={"shop_id": "demo"}).json()["visitor_token"]
    return token


def _routes(app: Any) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found |= _routes(inner)
        elif isinstance(route, Route):
            found |= {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}
    return found


def test_every_route_has_its_rule(settings_for: SettingsFor) -> None:
    assert _routes(create_app(settings_for())) == set(WHO_MAY)


@pytest.mark.parametrize(("method", "path", "who"), GUARDED)
def test_a_stranger_is_refused(client: httpx.Client, method: str, path: str, who: str) -> None:
    response = client.request(method, path, json={} if method == "POST" else None)

    assert (response.status_code, code_of(response)) == (401, REFUSALS[who])


@pytest.mark.parametrize(("method", "path", "who"), [case for case in GUARDED if case[2] != SHOPPER])
def test_a_shoppers_token_opens_no_other_door(client: httpx.Client, method: str, path: str, who: str) -> None:
    token = visitor_token(client)

    headers = {"Authorization": f"Bearer {token}", "Cookie": f"shouhou_agent={token}"}
    response = client.request(method, path, headers=headers)

    assert (response.status_code, code_of(response)) == (401, REFUSALS[who])


def _visitor(secret: str, age: timedelta, audience: Audience = Audience.VISITOR) -> str:
    visitor = VisitorIdentity(shop_id="demo", visitor_id="v", conversation_id="c")
    return issue(visitor, audience, secret, now=datetime.now(UTC) - age, lifetime=timedelta(hours=1))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        _visitor("another-secret-that-is-long-enough-0", timedelta()),
        _visitor(SECRETS["bridge_secret"], timedelta(hours=2)),
        _visitor(SECRETS["bridge_secret"], timedelta(), Audience.TURN),
        _visitor(SECRETS["turn_secret"], timedelta()),
    ],
    ids=["nonsense", "forged", "expired", "of another kind", "of another secret"],
)
def test_a_bad_visitor_token_is_refused(client: httpx.Client, token: str) -> None:
    response = client.get("/v1/shopper/events", headers={"Authorization": f"Bearer {token}"})

    assert (response.status_code, code_of(response)) == (401, "token_refused")
    assert token not in response.text or token == "x"


@pytest.fixture
def agent(server: str, database_url: str) -> Iterator[SignedIn]:
    with sign_in(server, database_url, "小林", PASSWORD) as signed_in:
        yield signed_in


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server: str, agent: SignedIn) -> None:
    response = httpx.post(
        f"{server}/v1/agent/sign-in", json={"username": "小林", "password": PASSWORD}, trust_env=False
    )

    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert PASSWORD not in response.text


@pytest.mark.parametrize("path", ["/v1/agent/sign-in", "/v1/agent/sign-out", "/v1/agent/socket-tickets"])
@pytest.mark.parametrize("origin", ["https://evil.test", "null", "https://store.example"])
def test_a_page_of_another_site_cannot_act_for_an_agent(client: httpx.Client, path: str, origin: str) -> None:
    response = client.post(path, json={}, headers={"Origin": origin})

    assert (response.status_code, code_of(response)) == (403, "origin_refused")


def test_only_stores_may_read_our_answers_from_their_pages(client: httpx.Client) -> None:
    store = client.post("/v1/visitors", json={"shop_id": "demo"}, headers={"Origin": "https://store.example"})
    other = client.post("/v1/visitors", json={"shop_id": "demo"}, headers={"Origin": "https://store.example.evil.test"})

    assert store.headers["access-control-allow-origin"] == "https://store.example"
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("path", ["/v1/agent/conversations/c_none", "/v1/agent/conversations/c_none/customer"])
def test_what_does_not_exist_is_not_found(agent: SignedIn, path: str) -> None:
    response = agent.get(path)

    assert (response.status_code, code_of(response)) == (404, "conversation_not_found")


def test_an_agent_sees_the_customer_through_the_shop(client: httpx.Client, agent: SignedIn) -> None:
    opened = client.post("/v1/visitors", json={"shop_id": "demo"}).json()
    conversation_id = opened["conversation"]["conversation_id"]

    answer = agent.get(f"/v1/agent/conversations/{conversation_id}/customer").json()

    assert answer == {"shopper": None, "orders": [], "cases": [], "tickets": []}
    assert code_of(agent.get(f"/v1/conversations/{conversation_id}/readings/e_none")) == "reading_not_found"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/v1/visitors", b"not json", 422, "request_invalid"),
        ("POST", "/v1/visitors", b"{}", 422, "request_invalid"),
        ("POST", "/v1/visitors", b'{"shop_id": "demo", "more": 1}', 422, "request_invalid"),
        ("POST", "/v1/visitors", b'{"shop_id": "another"}', 404, "shop_unknown"),
        ("POST", "/v1/visitors", b'{"shop_id": "demo", "visitor_token": "x"}', 401, "token_refused"),
        ("GET", "/v1/nothing", None, 404, "not_found"),
        ("DELETE", "/v1/visitors", None, 405, "method_not_allowed"),
        ("POST", "/v1/agent/sign-in", b'{"username": "x", "password": "y"}', 401, "sign_in_refused"),
        ("GET", "/workspace/missing.js", None, 404, "not_found"),
        ("GET", "/chat/../../pyproject.toml", None, 404, "not_found"),
    ],
)
def test_every_refusal_has_the_one_shape(
    client: httpx.Client, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    response = client.request(method, path, content=body, headers={"Content-Type": "application/json"})

    assert (response.status_code, code_of(response)) == (status, code)


TAKE_FILES = {"/v1/shopper/files", "/v1/agent/conversations/{conversation_id}/files"}


@pytest.mark.parametrize("path", sorted({path for _, path in WHO_MAY if path.startswith("/v1/")}))
def test_a_large_body_is_refused_before_anything_else(client: httpx.Client, path: str) -> None:
    response = client.post(path, content=b"x" * (LARGEST_FILE + 2 if path in TAKE_FILES else 300_000))

    assert (response.status_code, code_of(response)) == (413, "body_too_large")


def test_a_large_body_in_pieces_is_refused_too(client: httpx.Client) -> None:
    response = client.post("/v1/notices", content=(b"x" * 10_000 for _ in range(50)))

    assert (response.status_code, code_of(response)) == (413, "body_too_large")


def test_what_is_wrong_is_named(client: httpx.Client) -> None:
    wrong = client.post("/v1/visitors", json={"shop_id": 5, "page": {"more": 1}})
    broken = client.post("/v1/visitors", content=b"{", headers={"Content-Type": "application/json"})

    assert "page.more、shop_id" in wrong.json()["error"]["message"]
    assert "JSON" in broken.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"shop_id": "demo", "page": {"order_number": "DD\x00"}},
        {"shop_id": "demo", "page": {"order_number": "D" * 65}},
        {"shop_id": "demo\ud800"},
    ],
)
def test_what_no_column_can_hold_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    response = client.post("/v1/visitors", content=json.dumps(body), headers={"Content-Type": "application/json"})

    assert (response.status_code, code_of(response)) == (422, "request_invalid")


def test_an_id_that_no_column_can_hold_is_refused(agent: SignedIn) -> None:
    for path in ("/v1/agent/conversations/c%00", "/v1/conversations/c_1/readings/e%00"):
        assert code_of(agent.get(path)) == "request_invalid"


def test_answers_are_kept_by_nobody(client: httpx.Client) -> None:
    answers = [client.get("/v1/agent/me"), client.get("/v1/nothing"), client.post("/v1/visitors", json={})]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}


def test_a_wrong_method_names_the_right_one(client: httpx.Client) -> None:
    assert client.delete("/v1/visitors").headers["allow"] == "POST"


def _notice() -> bytes:
    content = {"notice_id": "N1", "shop_id": "demo", "shopper_id": "shopper-1", "case": CASE, "text": "已同意"}
    return json.dumps(content, ensure_ascii=False).encode()


def test_a_signed_notice_is_taken_once(client: httpx.Client) -> None:
    body = _notice()
    headers = sign_notice(body, SECRETS["notice_secret"], now=datetime.now(UTC))

    answers = [client.post("/v1/notices", content=body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert [answer.json()["is_new"] for answer in answers] == [True, False]


@pytest.mark.parametrize(
    ("secret", "age", "change"),
    [
        ("another-secret", timedelta(), b""),
        (SECRETS["notice_secret"], timedelta(minutes=6), b""),
        (SECRETS["notice_secret"], timedelta(), b" "),
    ],
    ids=["forged", "old", "touched"],
)
def test_a_notice_that_is_not_the_shops_is_refused(
    client: httpx.Client, secret: str, age: timedelta, change: bytes
) -> None:
    headers = sign_notice(_notice(), secret, now=datetime.now(UTC) - age)

    response = client.post("/v1/notices", content=_notice() + change, headers=headers)

    assert (response.status_code, code_of(response)) == (401, "notice_refused")
