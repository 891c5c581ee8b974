"""A bridge that lives and reaches nothing is named, with the setting that points nowhere."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ops import readiness
from ops.console import Stop

ENVIRONMENT = {
    "REDIS_URL": "redis://somebody:secret@10.0.0.9:6379/0",
    "DATABASE_URL": "postgresql+asyncpg://bridge:secret@nowhere/bridge",
}


class Bridge:
    """Answers `/health/ready` with what a test says; `asked` counts."""

    def __init__(self) -> None:
        self.missing: list[list[str]] = [[]]
        self.asked = 0


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
def address(bridge: Bridge) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            missing = bridge.missing[min(bridge.asked, len(bridge.missing) - 1)]
            bridge.asked += 1
            body = json.dumps({"parts": {part: part not in missing for part in readiness.PLACES}}).encode()
            self.send_response(503 if "record" in missing else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """The test's output is its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_bridge_that_reaches_everything_is_asked_once(bridge: Bridge, address: str) -> None:
    readiness.require_all_parts(address, ENVIRONMENT)

    assert bridge.asked == 1


def test_a_part_that_needs_a_moment_is_given_one(bridge: Bridge, address: str) -> None:
    bridge.missing = [["bot"], []]

    readiness.require_all_parts(address, ENVIRONMENT)

    assert bridge.asked == 2


@pytest.mark.parametrize(("part", "setting"), [("redis", "REDIS_URL"), ("record", "DATABASE_URL")])
def test_what_stays_away_is_named_without_its_password(
    bridge: Bridge, address: str, monkeypatch: pytest.MonkeyPatch, part: str, setting: str
) -> None:
    monkeypatch.setattr(readiness, "PARTS_WITHIN_S", 0)
    bridge.missing = [[part]]

    with pytest.raises(Stop, match=rf"{part} \({setting}=.*:…@") as stopped:
        readiness.require_all_parts(address, ENVIRONMENT)

    assert "secret" not in str(stopped.value)
