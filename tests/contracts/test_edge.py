"""Bodies have a bound that comes first, and headers that nobody may forget are there."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.edge import BodyLimit, Headers
from contracts.wire import ErrorBody


class Echo:
    """Answers with how much it read; 401 without a token, as an application does after reading the body."""

    def __init__(self) -> None:
        self.reads = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, is_more = 0, True
        while is_more:
            message = await receive()
            self.reads += 1
            if message["type"] == "http.disconnect":
                await self._answer(send, 400, b"gone")
                return
            size, is_more = size + len(message.get("body", b"")), message.get("more_body", False)
        await self._answer(send, 200, str(size).encode())

    async def _answer(self, send: Any, status: int, body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"x-own", b"mine")]})
        await send({"type": "http.response.body", "body": body})


async def post(app: Any, path: str, content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here") as client:
        return await client.post(path, content=content)


async def in_pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100


def is_too_large(response: httpx.Response) -> bool:
    return ErrorBody.model_validate_json(response.content).error.code == "body_too_large"


async def test_a_body_up_to_the_bound_is_read() -> None:
    assert (await post(BodyLimit(Echo(), largest=1000), "/", b"x" * 1000)).text == "1000"


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    echo = Echo()

    response = await post(BodyLimit(echo, largest=1000), "/", b"x" * 1001)

    assert (response.status_code, echo.reads) == (413, 0)
    assert is_too_large(response)


async def test_a_body_that_does_not_say_how_large_it_is_ends_at_the_bound() -> None:
    echo = Echo()

    response = await post(BodyLimit(echo, largest=1000), "/", in_pieces(500))

    assert (response.status_code, echo.reads) == (413, 11)
    assert is_too_large(response)


@pytest.mark.parametrize(("path", "status"), [("/poll", 200), ("/poll/more", 413), ("/", 413)])
async def test_a_single_path_may_have_a_larger_bound(path: str, status: int) -> None:
    app = BodyLimit(Echo(), largest=1000, larger={"/poll": 5000})

    assert (await post(app, path, b"x" * 4000)).status_code == status


async def test_an_answer_gets_the_headers_of_the_longest_path_and_keeps_its_own() -> None:
    app = Headers(Echo(), under={"": {"X-A": "all"}, "/v1": {"X-A": "one", "X-Own": "theirs"}})

    answers = [await post(app, path, b"") for path in ("/", "/v1/x")]

    assert [answer.headers["x-a"] for answer in answers] == ["all", "one"]
    assert answers[1].headers.get_list("x-own") == ["mine"]
