"""Who is let in: every route of /v1, with every kind of wrong credential."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from contracts.identity import Audience
from contracts.wire import ErrorBody

SERVICE = {"Authorization": "Bearer service-token"}
ROUTES = [
    ("GET", "/v1/shopper"),
    ("GET", "/v1/orders"),
    ("GET", "/v1/orders/{order_number}"),
    ("POST", "/v1/orders/lookup"),
    ("POST", "/v1/orders/{order_number}/urge-shipping"),
    ("POST", "/v1/orders/{order_number}/cancel"),
    ("POST", "/v1/orders/{order_number}/restore"),
    ("POST", "/v1/orders/{order_number}/changes"),
    ("GET", "/v1/orders/{order_number}/lines/{line_id}/options"),
    ("POST", "/v1/orders/{order_number}/invoice"),
    ("POST", "/v1/orders/{order_number}/invoice/resend"),
    ("POST", "/v1/cases"),
    ("POST", "/v1/cases/verdict"),
    ("GET", "/v1/cases"),
    ("GET", "/v1/cases/{case_id}"),
    ("POST", "/v1/cases/{case_id}/steps"),
    ("POST", "/v1/cases/{case_id}/pick-up"),
    ("POST", "/v1/cases/{case_id}/evidence"),
    ("POST", "/v1/tickets"),
    ("GET", "/v1/products"),
    ("GET", "/v1/help"),
    ("GET", "/v1/tickets"),
    ("GET", "/v1/tickets/{ticket_id}"),
    ("POST", "/v1/tickets/{ticket_id}/steps"),
]
MakeToken = Callable[..., str]


def test_the_list_below_is_every_route_of_the_contract(app: FastAPI) -> None:
    routes = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if path.startswith("/v1")
    }

    assert routes == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_the_service_token_nothing_is_answered(
    http: httpx.AsyncClient, make_token: MakeToken, method: str, path: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic service-token"}):
        answer = await http.request(method, path, headers={**headers, "X-Turn-Token": make_token()})

        assert answer.status_code == 401
        assert ErrorBody.model_validate(answer.json()).error.code == "service_unauthorized"


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_good_turn_token_nothing_is_answered(
    http: httpx.AsyncClient, make_token: MakeToken, method: str, path: str
) -> None:
    tokens = [
        "",
        "not-a-token",
        make_token(secret="some-other-secret-that-is-long-enough"),
        make_token(lifetime=timedelta(seconds=-1)),
        make_token(audience=Audience.IDENTITY),
    ]
    for token in tokens:
        answer = await http.request(method, path, headers={**SERVICE, "X-Turn-Token": token})

        assert answer.status_code == 401
        assert ErrorBody.model_validate(answer.json()).error.code == "turn_token_refused"


async def test_an_unknown_path_and_a_bad_body_answer_in_the_one_error_shape(
    http: httpx.AsyncClient, make_token: MakeToken
) -> None:
    headers = {**SERVICE, "X-Turn-Token": make_token(), "Idempotency-Key": "k"}

    unknown = await http.get("/v1/nothing", headers=headers)
    bad = await http.post("/v1/tickets", json={"kind": "complaint", "phone": "13812345678"}, headers=headers)
    broken = await http.post("/v1/tickets", content="{", headers=headers)

    assert ErrorBody.model_validate(unknown.json()).error.code == "not_found"
    assert ErrorBody.model_validate(bad.json()).error.code == "invalid_request"
    assert "13812345678" not in bad.text
    assert ErrorBody.model_validate(broken.json()).error.code == "invalid_request"


async def test_health_needs_no_credential(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/ready")).status_code == 200


def test_the_contract_describes_every_route_and_its_refusals(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    for method, path in ROUTES:
        operation = paths[path][method.lower()]
        assert operation["summary"]
        assert operation["responses"]["401"]["content"]["application/json"]["schema"]["$ref"].endswith("ErrorBody")
        assert operation["security"]
