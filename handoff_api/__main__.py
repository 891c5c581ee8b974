"""`python -m handoff_api`: the bridge with the socket settings it was measured with."""

import asyncio
import gc
import socket

import uvicorn
from fastapi import FastAPI

from contracts.edge import LARGEST_BODY
from handoff_api import logs
from handoff_api.app import create_app, send_away
from handoff_api.domain.clock import Clock, utc_now
from handoff_api.settings import Settings

DRAIN_S = 10
KEEP_ALIVE_S = 75
"""Longer than a proxy keeps an idle connection (60 s with nginx): it must never send a call on one that closes just
then."""
FAREWELL_S, FAREWELL_LOOKS = 2.0, 100
YOUNG_OBJECTS = 10_000
"""A message makes some thousands of objects that are gone when it is answered: Python's 700 would look through them
several times while they are in use."""


def spare_the_collector() -> None:
    """What was imported and built lives as long as the process: no collection need look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


class Server(uvicorn.Server):
    """At its end everybody is told to come back before uvicorn closes the sockets."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        send_away(self._app.state.bridge)
        for _ in range(FAREWELL_LOOKS):
            if self._app.state.bridge.fanout.count("") == 0:
                break
            await asyncio.sleep(FAREWELL_S / FAREWELL_LOOKS)
        await super().shutdown(sockets)


def serve(clock: Clock = utc_now) -> None:
    """Until a signal ends it."""
    settings = Settings()
    app = create_app(settings, clock)
    spare_the_collector()
    config = uvicorn.Config(
        app,
        host=settings.bridge_host,
        port=settings.bridge_port,
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        ws_max_queue=32,
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
        log_level="warning",
    )
    Server(config, app).run()


def main() -> None:
    logs.configure()
    serve()


if __name__ == "__main__":
    main()
