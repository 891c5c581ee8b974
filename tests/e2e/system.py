"""The whole system as a newcomer starts it, with ports and a state folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN_S = 240
PORT_NAMES = ("BRIDGE_PORT", "SHOP_PORT", "ACTIONS_PORT", "BOT_PORT")


def _free_ports(count: int) -> list[int]:
    with_ports = [socket.socket() for _ in range(count)]
    try:
        for one in with_ports:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in with_ports]
    finally:
        for one in with_ports:
            one.close()


class System:
    """`python3 -m ops serve` in a process of its own; `pid_of` finds one of its services, to stop or freeze it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ready_file = folder / "ready.json"
        self.ports = dict(zip(PORT_NAMES, _free_ports(len(PORT_NAMES)), strict=True))
        self.bridge = f"http://127.0.0.1:{self.ports['BRIDGE_PORT']}"
        self.shop = f"http://127.0.0.1:{self.ports['SHOP_PORT']}"
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """`settings` go before the ones all tests share. Raises RuntimeError with the supervisor's last lines when it
        does not come up."""
        log = self.folder / "supervisor.log"
        environment = {
            **os.environ,
            **{name: str(port) for name, port in self.ports.items()},
            "VAR_DIR": str(self.folder / "var"),
            "READY_FILE": str(self.ready_file),
            # People in tests type faster than people.
            "MESSAGES_PER_S": "50",
            "MESSAGE_BURST": "200",
            "TURN_JOIN": "PT0.1S",
            "VISITORS_PER_MINUTE": "10000",
            "SIGN_INS_PER_MINUTE": "1000",
            **settings,
        }
        environment.pop("REDIS_URL", None)
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ops", "serve"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + START_WITHIN_S
        while not self.ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text(encoding="utf-8")[-3000:])
            time.sleep(0.2)
        self.environment = json.loads(self.ready_file.read_text())["environment"]

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def pid_of(self, port_name: str) -> int:
        """The process that listens on this port."""
        wanted = f"{self.ports[port_name]:04X}"
        inodes = {
            fields[9]
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            if (fields := line.split())[1].endswith(":" + wanted) and fields[3] == "0A"
        }
        for folder in Path("/proc").glob("[0-9]*/fd"):
            try:
                links = [os.readlink(link) for link in folder.iterdir()]
            except OSError:
                continue
            if any(link == f"socket:[{inode}]" for link in links for inode in inodes):
                return int(folder.parent.name)
        raise LookupError(f"nothing listens on {port_name}")

    def pid_of_redis(self) -> int:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if "redis" in command.split("\0")[0] and str(self.folder) in os.path.realpath(folder / "cwd"):
                return int(folder.name)
        raise LookupError("no Redis of this system runs")

    def is_up(self, port_name: str) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.ports[port_name])) == 0

    def call(self, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """JSON over HTTP; raises urllib.error.HTTPError for what is refused."""
        request = urllib.request.Request(
            url,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)
