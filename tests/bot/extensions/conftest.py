"""The real Rasa server with the trained model, and a stand-in for the action server whose answers a test chooses."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "models" / "shouhou.tar.gz"
TOKEN = "t" * 32
START_WITHIN_S = 150


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ActionServer:
    """Answers every action with `status` and no events; `calls` are the names of the actions asked for."""

    def __init__(self) -> None:
        self.status = 200
        self.calls: "list[str]" = []
        self.authorisation = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append(body["next_action"])
                outer.authorisation = self.headers.get("Authorization", "")
                reply = b'{"events": [], "responses": [{"text": "done"}]}'
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *arguments: Any) -> None:
                """Nothing: the test's output is its own."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class Bot:
    """The bot's channel as the bridge sees it."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}/webhooks/bridge/"

    def call(self, path: str, body: Optional[Dict[str, Any]] = None, token: str = TOKEN) -> Tuple[int, Dict[str, Any]]:
        data = None if body is None else json.dumps(body)
        return self._send(urllib.request.Request(self.address + path, data and data.encode(), _headers(token)))

    def post(self, path: str, text: str) -> Tuple[int, Dict[str, Any]]:
        """Any body, as it is."""
        return self._send(urllib.request.Request(self.address + path, text.encode(), _headers(TOKEN)))

    def ask(self, method: str, path: str) -> Tuple[int, Dict[str, Any]]:
        """Any address of the server."""
        root = self.address.split("/webhooks")[0]
        return self._send(urllib.request.Request(root + path, headers=_headers(TOKEN), method=method))

    def _send(self, request: urllib.request.Request) -> Tuple[int, Dict[str, Any]]:
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def turn(self, sender_id: str, turn_id: str, text: str, turns: int = 0, **more: Any) -> Tuple[int, Dict[str, Any]]:
        metadata = {"turn_token": "secret-token", "turn_id": turn_id, "is_signed_in": True, "page": {}}
        wish = {"sender_id": sender_id, "turn_id": turn_id, "text": text, "history_turns": turns, "metadata": metadata}
        return self.call("turn", {**wish, **more})


def _headers(token: str) -> Dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def action_server() -> ActionServer:
    return ActionServer()


@pytest.fixture(scope="session")
def bot(action_server: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    if not MODEL.is_file():
        pytest.fail("there is no trained model: run `make train` first")
    port, log = _free_port(), tmp_path_factory.mktemp("rasa") / "rasa.log"
    sys.path.insert(0, str(ROOT))
    from ops.run import bot_command  # the command the supervisor uses

    environment = {
        **os.environ,
        "ACTIONS_URL": action_server.url,
        "ACTIONS_TOKEN": "a" * 32,
        "BOT_TOKEN": TOKEN,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    with log.open("wb") as out:
        process = subprocess.Popen(bot_command(port), cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    running = Bot(port)
    until = time.monotonic() + START_WITHIN_S
    while True:
        try:
            if running.call("")[0] == 200:
                break
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > until:
            pytest.fail(log.read_text()[-2000:])
        time.sleep(0.5)
    yield running
    process.terminate()
    process.wait(30)
