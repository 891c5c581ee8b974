"""A stand-in for somebody's app on the webhook channel, as strict as our contract: it checks the signature with a key
of its own, shows each delivery once, and can be told to fail."""

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

KEYS = {"k1": "first-key-of-the-tests-0123456789", "k2": "second-key-of-the-tests-012345678"}


@dataclass
class WebhookApp:
    """`shown` is what its user sees; `faults` are eaten one per call: a status, "drop_before" (nothing was taken, 500),
    "drop_after" (taken, and the answer is lost), or "stall"."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    refused: int = 0
    faults: deque[int | str] = field(default_factory=deque)
    typing: list[str] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    media_faults: deque[int] = field(default_factory=deque)
    stall_s: float = 1.0
    _seen: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        with self._lock:
            self.shown.clear()
            self.typing.clear()
            self.faults.clear()
            self.media.clear()
            self.media_faults.clear()
            self._seen.clear()
            self.calls = self.refused = 0

    def texts(self, user_id: str) -> list[str]:
        return [body["text"] for body in list(self.shown) if body["user_id"] == user_id]

    def take(self, body: dict[str, Any]) -> None:
        with self._lock:
            if body["delivery_id"] not in self._seen:
                self._seen.add(body["delivery_id"])
                self.shown.append(body)


def is_genuine(headers: Any, body: bytes) -> bool:
    """Written from the document, not with the bridge's own code."""
    timestamp, nonce = headers.get("x-shouhou-timestamp", ""), headers.get("x-shouhou-nonce", "")
    key = KEYS.get(headers.get("x-shouhou-key", ""), "")
    wanted = hmac.new(key.encode(), b".".join([timestamp.encode(), nonce.encode(), body]), hashlib.sha256).hexdigest()
    is_fresh = timestamp.isdigit() and abs(time.time() - int(timestamp)) < 300
    return bool(key) and is_fresh and hmac.compare_digest(headers.get("x-shouhou-signature", ""), wanted)


def create_webhook_app(app_state: WebhookApp) -> FastAPI:
    app = FastAPI()

    @app.get("/media/{name}")
    async def media(name: str, request: Request) -> Response:
        """Its shoppers' files, for whoever signs as the bridge does."""
        if not is_genuine(request.headers, b""):
            return Response(status_code=401)
        if app_state.media_faults:
            return Response(status_code=app_state.media_faults.popleft())
        return Response(app_state.media[name]) if name in app_state.media else Response(status_code=404)

    @app.post("/deliveries")
    async def deliver(request: Request) -> Response:
        body = await request.body()
        if not is_genuine(request.headers, body):
            app_state.refused += 1
            return Response(status_code=401)
        said = json.loads(body)
        if said["type"] == "typing":
            app_state.typing.append(said["user_id"])
            return Response(status_code=204)
        app_state.calls += 1
        fault = app_state.faults.popleft() if app_state.faults else None
        if fault == "stall":
            await asyncio.sleep(app_state.stall_s)
        if isinstance(fault, int):
            return Response(status_code=fault)
        if fault == "drop_before":
            return Response(status_code=500)
        app_state.take(said)
        return Response(status_code=502 if fault == "drop_after" else 204)

    return app
