"""What every answer of the shop carries, and how a request is refused that reaches no route."""

import httpx
import pytest

from contracts.wire import ErrorBody


def code_of(answer: httpx.Response) -> str:
    return ErrorBody.model_validate_json(answer.content).error.code


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/v1/orders", 405, "method_not_allowed"),
        ("PUT", "/", 404, "not_found"),
        ("GET", "/demo/images/../../../pyproject.toml", 404, "not_found"),
    ],
)
async def test_what_reaches_no_route_is_refused_in_the_one_shape(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)

    assert (answer.status_code, code_of(answer)) == (status, code)


async def test_a_large_body_is_refused_before_the_caller_is_looked_at(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/tickets", content=b"x" * 100_000)

    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")


async def test_pages_run_only_their_own_scripts_and_the_bridges(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/")).headers["content-security-policy"]

    assert "script-src 'self' http://bridge;" in policy
    assert "frame-src http://bridge;" in policy
    assert "frame-ancestors 'none'" in policy


async def test_answers_are_guessed_at_and_kept_by_nobody(http: httpx.AsyncClient) -> None:
    answers = [await http.get("/v1/orders"), await http.get("/demo/shoppers")]

    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
