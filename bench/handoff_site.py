"""A whole installation in a folder of its own, to measure or to disturb: Redis, PostgreSQL, bridges, a stand-in bot.

Every process is started here, is known by its id, and ends with the `with` block.
"""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
import redis

from handoff_api.settings import HERE
from ops.redis_server import find_server

ROOT = Path(__file__).resolve().parent.parent
SECRETS = {
    "BRIDGE_SECRET": "bridge-secret-of-the-bench-0123456789",
    "IDENTITY_SECRET": "identity-secret-of-the-bench-01234567",
    "TURN_SECRET": "turn-secret-of-the-bench-0123456789ab",
    "NOTICE_SECRET": "notice-secret-of-the-bench-0123456789",
    "SHOP_API_TOKEN": "shop-token",
    "BOT_TOKEN": "bot-token",
}
PATIENCE = {
    "MESSAGES_PER_S": "100000",
    "MESSAGE_BURST": "1000000",
    "FRAMES_PER_S": "100000",
    "FRAME_BURST": "1000000",
    "VISITORS_PER_MINUTE": "1000000",
}
START_S = 120.0


class Unavailable(Exception):
    """A part this machine does not have; says which one and how to get it."""


def free_port() -> int:
    """Below the range the kernel takes for outgoing connections: a client that keeps trying the port of a dead server
    there can end up connected to itself, and the server cannot come back."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise Unavailable("no free port between 20000 and 32000")


@dataclass
class Running:
    """One process of ours, and the faults that can befall it."""

    command: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    log: Path = Path()

    def start(self) -> None:
        self.log = self.folder / f"{Path(self.command[0]).name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )

    def require_alive(self) -> None:
        """Raises Unavailable with its last words."""
        if self.process and self.process.poll() is not None:
            lines = self.log.read_text(errors="replace").strip().splitlines()
            raise Unavailable(f"{self.command[-1]} ended: {lines[-1][:300] if lines else 'it said nothing'}")

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait(10)

    def end(self) -> None:
        """As at a restart: it may finish what it is doing."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def cpu_s(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class RedisProcess(Running):
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "r.sock"
        command = [find_server(), "--port", "0", "--unixsocket", str(self.socket), "--dir", str(folder)]
        super().__init__([*command, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""], folder)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), protocol=2)

    def start(self) -> None:
        super().start()
        _wait("Redis", self._answers)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()


def deep_queue(folder: Path) -> Path:
    """The rules with room for everybody in the queue."""
    rules = folder / "handoff.yml"
    rules.write_text((HERE / "handoff.yml").read_text().replace("most_waiting: 500", "most_waiting: 100000"))
    (folder / "holidays.yml").write_text((HERE / "holidays.yml").read_text())
    return rules


class BridgeProcess(Running):
    def __init__(
        self, folder: Path, database_url: str, redis_url: str, bot_url: str, *, module: str = "handoff_api", **more: str
    ) -> None:
        self.port = free_port()
        environment = {
            **SECRETS,
            **PATIENCE,
            "BRIDGE_PORT": str(self.port),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "BOT_URL": bot_url,
            "SHOP_API_URL": "http://127.0.0.1:9",
            "STORE_ORIGINS": "https://store.example",
            **more,
        }
        super().__init__([sys.executable, "-m", module], folder, environment)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        super().start()
        self.wait()

    def wait(self) -> None:
        _wait("the bridge", self._answers)

    def _answers(self) -> bool:
        self.require_alive()
        return answers(f"{self.url}/health/live")


class BotProcess(Running):
    """The stand-in of `bench/handoff_bot.py`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        super().__init__([sys.executable, "-m", "bench.handoff_bot", str(self.port)], folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        super().start()
        _wait("the stand-in bot", lambda: answers(f"{self.url}/webhooks/bridge/"))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _wait(name: str, is_ready: object) -> None:
    until = time.monotonic() + START_S
    while not is_ready():  # type: ignore[operator]
        if time.monotonic() > until:
            raise Unavailable(f"{name} did not start within {START_S:.0f} s")
        time.sleep(0.02)


class Postgres(Running):
    """PostgreSQL from the PATH or from Debian's package, listening on a socket in its own folder only."""

    def __init__(self, folder: Path) -> None:
        self._bin = _postgres_folder()
        self.home = folder / "pg"
        self._prefix = _as_somebody_else()
        durable = "on" if os.environ.get("BENCH_FSYNC", "1") == "1" else "off"
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.home} -c fsync={durable} -c max_connections=200"
        )
        command = [*self._prefix, str(self._bin / "postgres"), "-D", str(self.home / "data"), *options.split()]
        super().__init__(command, folder)

    def start(self) -> None:
        if not (self.home / "data").exists():
            self._create()
        super().start()
        _wait("PostgreSQL", self._answers)

    def _create(self) -> None:
        self.home.mkdir(mode=0o700)
        if self._prefix:
            owner = pwd.getpwnam("postgres")
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            for parent in self.home.parents[:-1]:
                if not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)
        create = [
            str(self._bin / "initdb"),
            "-D",
            str(self.home / "data"),
            "-U",
            "bridge",
            "--auth=trust",
            "-E",
            "UTF8",
        ]
        made = subprocess.run([*self._prefix, *create], capture_output=True, text=True, check=False, cwd="/")
        if made.returncode:
            raise Unavailable(f"initdb failed: {made.stderr[-300:]}")

    def _answers(self) -> bool:
        check = [str(self._bin / "pg_isready"), "-h", str(self.home), "-U", "bridge"]
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    def database(self, name: str) -> str:
        """Create it; its SQLAlchemy address."""
        create = [str(self._bin / "createdb"), "-h", str(self.home), "-U", "bridge", name]
        subprocess.run(create, check=True, capture_output=True)
        return f"postgresql+asyncpg://bridge@/{name}?host={self.home}"

    def end(self) -> None:
        """SIGINT is PostgreSQL's fast shutdown; it waits for no client."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


def _postgres_folder() -> Path:
    for known in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (known / "initdb").exists():
            return known
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise Unavailable("no PostgreSQL: install Debian's `postgresql` or put initdb and postgres on the PATH")


def _as_somebody_else() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        setpriv = None
    if setpriv is None:
        raise Unavailable("PostgreSQL does not run as root, and there is no user `postgres` (or no setpriv) here")
    return [setpriv, "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


class Site:
    """`with Site(folder) as site:` ends everything that was started through it, the last one first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run[R: Running](self, running: R) -> R:
        self._stack.callback(running.end)
        running.start()
        return running

    def at_end(self, work: Callable[[], None]) -> None:
        self._stack.callback(work)

    def bot(self) -> str:
        """The address of a stand-in that answers every turn and reads every message at once."""
        return self.run(BotProcess(self.folder)).url


@contextmanager
def scratch() -> Iterator[Path]:
    """A short path: unix sockets allow 107 bytes."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="sh-") as name:
        yield Path(name)
