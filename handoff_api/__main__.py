"""`python -m handoff_api`: the bridge with the socket settings it was measured with."""

import uvicorn

from contracts.edge import LARGEST_BODY
from handoff_api import logs
from handoff_api.app import create_app
from handoff_api.settings import Settings

DRAIN_S = 10


def main() -> None:
    logs.configure()
    settings = Settings()
    uvicorn.run(
        create_app(settings),
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
