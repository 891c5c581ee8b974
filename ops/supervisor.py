"""All processes of one installation under one roof: started in order, watched, started again, stopped in reverse.

Every child runs in a session of its own, so Ctrl-C reaches only the supervisor; and every child dies with it, even
when it is killed outright (Linux tells the child).
"""

import ctypes
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ops.console import Stop, say

PR_SET_PDEATHSIG = 1
STOP_GRACE_S = 10
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 20.0


@dataclass
class Service:
    """One process. `is_ready` is asked until it says yes; `pause_s` doubles with each quick death, and until `again_at`
    a dead one is not started again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    is_ready: Callable[[], bool]
    ready_within_s: int = 60
    log: Path = Path()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    again_at: float | None = None
    restarts: int = field(default=0)


def answers(url: str, headers: dict[str, str] | None = None) -> Callable[[], bool]:
    """A question to a health address: does it answer 200?"""

    def ask() -> bool:
        request = urllib.request.Request(url, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=2) as reply:
                return bool(reply.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    return ask


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Holds the services of one run; `stopping` is set once, by a signal or a failure."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._services: list[Service] = []
        self.stopping = threading.Event()
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, service: Service) -> None:
        """Start without waiting; `wait_ready` waits."""
        service.log = self._logs / f"{service.name}.log"
        self._launch(service)
        self._services.append(service)

    def _launch(self, service: Service) -> None:
        with service.log.open("ab") as log:
            service.process = subprocess.Popen(
                service.command,
                env=service.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        service.started_at = time.monotonic()

    def wait_ready(self, service: Service) -> None:
        """Raises Stop when it dies or stays silent; its log is named. Whether it lives is looked at before it is asked:
        somebody else on its port could answer for a dead one."""
        until = time.monotonic() + service.ready_within_s
        while True:
            if service.process is not None and service.process.poll() is not None:
                raise Stop(f"{service.name} ended while starting: {last_words(service.log)} Full log: {service.log}")
            if service.is_ready():
                return
            if self.stopping.wait(0.2):
                raise Stop("Stopped.")
            if time.monotonic() > until:
                raise Stop(f"{service.name} was not ready after {service.ready_within_s} s. Full log: {service.log}")

    def watch(self) -> None:
        """Start again whatever dies, each after a pause of its own, until `stopping`."""
        while not self.stopping.wait(0.2):
            for service in self._services:
                if service.process is not None and service.process.poll() is not None:
                    self._revive(service, time.monotonic())

    def _revive(self, service: Service, now: float) -> None:
        if service.again_at is None:
            lived_s = now - service.started_at
            service.pause_s = FIRST_PAUSE_S if lived_s > 60 else min(service.pause_s * 2, LONGEST_PAUSE_S)
            service.again_at = now + service.pause_s
            say(f"! {service.name} ended; starting it again in {service.pause_s:.0f} s (log: {service.log})")
        elif now >= service.again_at:
            service.again_at = None
            self._launch(service)
            service.restarts += 1

    def stop(self) -> None:
        """End everything, last started first, and wait until it is gone."""
        self.stopping.set()
        for service in reversed(self._services):
            if service.process is not None:
                end(service.process)


def last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing."


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process and its children to go; insist after ten seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            return
        try:
            process.wait(STOP_GRACE_S)
        except subprocess.TimeoutExpired:
            continue
        return
