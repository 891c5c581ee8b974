"""Processes under one roof: started, watched, started again, all gone at the end."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from ops.console import Stop
from ops.supervisor import Service, Supervisor

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


def service(command: list[str], log: Path | None = None) -> Service:
    return Service("one", command, dict(os.environ), lambda: bool(log and log.exists() and "up" in log.read_text()))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_dies_is_started_again_and_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    one = service(SLEEPER, tmp_path / "one.log")
    supervisor.start(one)
    supervisor.wait_ready(one)
    assert one.process is not None
    first = one.process.pid
    watching = threading.Thread(target=supervisor.watch)
    watching.start()

    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 20
    while one.restarts == 0 and time.monotonic() < until:
        time.sleep(0.05)
    second = one.process.pid
    supervisor.stop()
    watching.join()

    assert one.restarts == 1
    assert second != first
    assert not is_alive(second)


def test_what_ends_while_starting_is_reported_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    one = service([sys.executable, "-c", "raise SystemExit('the database is missing')"])
    supervisor.start(one)

    with pytest.raises(Stop, match="the database is missing"):
        supervisor.wait_ready(one)


def test_what_stays_silent_is_given_up_on(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    one = service(SLEEPER)
    one.ready_within_s = 1
    supervisor.start(one)

    with pytest.raises(Stop, match="not ready after 1 s"):
        supervisor.wait_ready(one)

    supervisor.stop()


def test_a_dead_process_is_noticed_even_where_somebody_else_answers_for_it(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    one = Service(
        "one", [sys.executable, "-c", "raise SystemExit('the port is taken')"], dict(os.environ), lambda: True
    )
    supervisor.start(one)
    assert one.process is not None
    one.process.wait()

    with pytest.raises(Stop, match="the port is taken"):
        supervisor.wait_ready(one)


def test_the_pause_of_one_does_not_keep_another_waiting(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    failing = service([sys.executable, "-c", "raise SystemExit(1)"])
    failing.pause_s = 20.0
    steady = service(SLEEPER, tmp_path / "one.log")
    steady.name = "steady"
    for each in (failing, steady):
        supervisor.start(each)
    assert steady.process is not None
    watching = threading.Thread(target=supervisor.watch)
    watching.start()

    os.kill(steady.process.pid, signal.SIGKILL)
    until = time.monotonic() + 15
    while steady.restarts == 0 and time.monotonic() < until:
        time.sleep(0.05)
    supervisor.stop()
    watching.join()

    assert (failing.restarts, steady.restarts) == (0, 1)
