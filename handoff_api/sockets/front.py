"""The two sockets stand in front of everything else: what stood in their way would stay in memory with every one of ten
thousand, and be passed through by every frame."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from handoff_api.services.bridge import Bridge
from handoff_api.sockets import agent, shopper

SERVED: Mapping[str, Callable[[WebSocket, Bridge], Awaitable[None]]] = {
    "/v1/shopper/socket": shopper.serve,
    "/v1/agent/socket": agent.serve,
}


class Sockets:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        serve = SERVED.get(scope["path"]) if scope["type"] == "websocket" else None
        if serve:
            await serve(WebSocket(scope, receive, send), scope["app"].state.bridge)
        else:
            await self._app(scope, receive, send)
