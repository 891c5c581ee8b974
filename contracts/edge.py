"""What every HTTP service of ours does before its own code runs: a bound on bodies, and headers nobody may forget.

Plain ASGI, so each service wraps its application with it, whatever the application is made with.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from fnmatch import fnmatchcase
from typing import Any

from contracts.wire import ErrorBody, ErrorDetail

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY = 65_536
TOO_LARGE = ErrorBody(error=ErrorDetail(code="body_too_large", message="请求的内容太大，请精简后再试。"))
ALWAYS = {"X-Content-Type-Options": "nosniff"}
PRIVATE = {"Cache-Control": "no-store"}


class BodyLimit:
    """413 before anything else, also before who is asking is looked at; a body that lies about its length ends there.

    `larger` gives single paths a bound of their own; `*` in one stands for anything.
    """

    def __init__(
        self, app: Application, *, largest: int = LARGEST_BODY, larger: Mapping[str, int] | None = None
    ) -> None:
        self._app = app
        self._largest = largest
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = next((most for path, most in self._larger.items() if fnmatchcase(scope["path"], path)), self._largest)
        length = dict(scope["headers"]).get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > bound:
            await _refuse(send)
            return
        await _Counted(receive, send, bound).run(self._app, scope)


class _Counted:
    """One request whose body is counted as it is read. Beyond the bound the application sees a client that is gone,
    and what it answers to that is replaced."""

    def __init__(self, receive: Receive, send: Send, bound: int) -> None:
        self._receive = receive
        self._send = send
        self._left = bound
        self._has_begun = False

    async def run(self, app: Application, scope: Scope) -> None:
        try:
            await app(scope, self._read, self._answer)
        except Exception:
            if self._left >= 0 or self._has_begun:
                raise
        if self._left < 0 and not self._has_begun:
            await _refuse(self._send)

    async def _read(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}

    async def _answer(self, message: Message) -> None:
        if self._left >= 0 or self._has_begun:
            self._has_begun = True
            await self._send(message)


async def _refuse(send: Send) -> None:
    """`Connection: close` keeps the server from reading the rest."""
    body = TOO_LARGE.model_dump_json().encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


class Headers:
    """Headers for every answer under a path; an answer that says so itself keeps its own. The longest path wins."""

    def __init__(self, app: Application, *, under: Mapping[str, Mapping[str, str]]) -> None:
        self._app = app
        self._under = sorted(under.items(), key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = next((headers for path, headers in self._under if scope["path"].startswith(path)), {})

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(list(message.get("headers", [])), wanted)
            await send(message)

        await self._app(scope, receive, answer)


def _with(headers: list[tuple[bytes, bytes]], wanted: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    said = {name.lower() for name, _ in headers}
    return headers + [(n.lower().encode(), v.encode()) for n, v in wanted.items() if n.lower().encode() not in said]
