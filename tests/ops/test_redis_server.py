"""The Redis we start ourselves: a real one, on a socket of our own, with one owner."""

import subprocess
import time
from pathlib import Path

import pytest

from ops import redis_server
from ops.console import Stop


def test_a_server_of_a_fit_version_is_found() -> None:
    assert redis_server._version(redis_server.find_server()) >= redis_server.LEAST


def test_a_second_owner_of_the_folder_is_refused(tmp_path: Path) -> None:
    with redis_server.lock_folder(tmp_path / "redis"), pytest.raises(Stop, match="Another Shouhou"):
        redis_server.lock_folder(tmp_path / "redis")


def test_the_server_listens_on_a_private_socket_only(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    redis_server.lock_folder(folder).close()
    socket = redis_server.socket_path(folder)

    with subprocess.Popen(redis_server.command(folder), stdout=subprocess.DEVNULL) as server:
        for _ in range(100):
            if socket.exists():
                break
            time.sleep(0.05)
        mode, folder_mode = socket.stat().st_mode & 0o777, folder.stat().st_mode & 0o777
        server.terminate()

    assert mode == 0o700
    assert folder_mode == 0o700
