"""The bridge as an ASGI application: `uvicorn --factory handoff_api.app:create_app`.

Recommended flags: `--ws websockets-sansio --ws-max-size 65536 --ws-per-message-deflate false` (`python -m handoff_api`
sets them).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from contracts.edge import ALWAYS, PRIVATE, BodyLimit, Headers
from contracts.frames import Reconnect
from handoff_api import errors
from handoff_api.channels import receiving
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.domain.clock import Clock, utc_now
from handoff_api.endpoints import (
    agent,
    desk,
    desk_cases,
    desk_own,
    files,
    health,
    metrics,
    notices,
    shopper,
    staff,
    static,
    supervision,
    visitors,
)
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings
from handoff_api.sockets.front import Sockets
from handoff_api.worker import Worker

log = structlog.get_logger()

GOING_AWAY = 1001
RECONNECT_AFTER_MS = 1000
LARGER_BODIES = {"/v1/shopper/poll": 262_144, **files.LARGER_BODIES}
"""Up to fifty frames come with one poll."""


def create_app(settings: Settings | None = None, clock: Clock = utc_now) -> FastAPI:
    """Everything is wired here and in `services/bridge.py`; nothing happens at import."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.bridge = bridge = build_bridge(settings, clock)
        app.state.channels = channels = build_channels(bridge)
        await bridge.rules.refresh()
        async with _running(bridge, channels):
            yield

    app = FastAPI(title="Shouhou bridge", version="0.1.0", docs_url=None, redoc_url=None, lifespan=lifespan)
    errors.install(app)
    app.add_middleware(BodyLimit, larger=LARGER_BODIES)
    app.add_middleware(Headers, under={"": ALWAYS, "/v1/": {**ALWAYS, **PRIVATE}})
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.embedding_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
    )
    app.add_middleware(Sockets)  # the last is the first to be asked
    parts = (
        visitors, shopper, files, agent, desk, desk_cases, desk_own, staff, supervision, notices, health, metrics,
        receiving,
    )  # fmt: skip
    for routes in parts:
        app.include_router(routes.router)
    static.install(app, settings)
    return app


@asynccontextmanager
async def _running(bridge: Bridge, channels: Channels) -> AsyncIterator[None]:
    """The process's own tasks; at the end clients are told to come back."""
    worker = Worker(bridge, channels, has_clocks=bridge.settings.run_worker)
    bridge.background.start(bridge.herald.listen(), "hints")
    if bridge.settings.run_worker:
        await worker.start()
    bridge.background.start(worker.run(), "worker")
    log.info("bridge.started", port=bridge.settings.bridge_port)
    try:
        yield
    finally:
        send_away(bridge)
        await asyncio.sleep(0)
        await bridge.background.close()
        await channels.close()
        await bridge.close()
        log.info("bridge.stopped")


def send_away(bridge: Bridge) -> None:
    """Every client is told to come back in a moment, when another process, or this one anew, is there."""
    bridge.fanout.close_all(GOING_AWAY, Reconnect(after_ms=RECONNECT_AFTER_MS))
