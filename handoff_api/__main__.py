"""`python -m handoff_api`: the bridge with the socket settings it was measured with."""

import gc

import uvicorn

from contracts.edge import LARGEST_BODY
from handoff_api import logs
from handoff_api.app import create_app
from handoff_api.settings import Settings

DRAIN_S = 10
YOUNG_OBJECTS = 10_000
"""A message makes some thousands of objects that are gone when it is answered: Python's 700 would look through them
several times while they are in use."""


def spare_the_collector() -> None:
    """What was imported and built lives as long as the process: no collection need look through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def main() -> None:
    logs.configure()
    settings = Settings()
    app = create_app(settings)
    spare_the_collector()
    uvicorn.run(
        app,
        host=settings.bridge_host,
        port=settings.bridge_port,
        ws="websockets-sansio",
        ws_max_size=LARGEST_BODY,
        ws_max_queue=32,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=DRAIN_S,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
