"""The settings of one installation: ports, and secrets made once and kept in `var/secrets.env` (mode 0600)."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from ops.console import Stop

SECRETS = (
    "BRIDGE_SECRET", "IDENTITY_SECRET", "TURN_SECRET", "SHOP_API_TOKEN", "BOT_TOKEN", "ACTIONS_TOKEN", "NOTICE_SECRET",
)  # fmt: skip
PORTS = {"BRIDGE_PORT": 8600, "SHOP_PORT": 8601, "ACTIONS_PORT": 8602, "BOT_PORT": 8603}


@dataclass(frozen=True)
class Settings:
    """`environment` is what every process gets; `ports` by name."""

    var: Path
    ports: dict[str, int]
    environment: dict[str, str]

    def url(self, port: str) -> str:
        return f"http://127.0.0.1:{self.ports[port]}"


def _kept_secrets(file: Path) -> dict[str, str]:
    kept = {}
    if file.is_file():
        kept = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    missing = [name for name in SECRETS if name not in kept]
    if missing:
        kept.update({name: secrets.token_urlsafe(32) for name in missing})
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept


def _port(name: str) -> int:
    value = os.environ.get(name, str(PORTS[name]))
    if not (value.isascii() and value.isdigit()) or not 0 < int(value) < 65536:
        raise Stop(f"{name}={value} is no port: set it to a number from 1 to 65535.")
    port = int(value)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"Port {port} is in use: stop what uses it, or choose another with {name}={port + 100} make run."
            ) from None
    return port


def load(var: Path) -> Settings:
    """The settings for state folder `var`; the process environment overrides whatever is derived here."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    ports = {name: _port(name) for name in PORTS}
    if len(set(ports.values())) < len(ports):
        raise Stop(f"Two ports are the same: give each of {', '.join(ports)} its own number.")
    derived = {
        **_kept_secrets(var / "secrets.env"),
        **{name: str(port) for name, port in ports.items()},
        "BRIDGE_HOST": "127.0.0.1",
        "SHOP_HOST": "127.0.0.1",
        "BRIDGE_URL": f"http://127.0.0.1:{ports['BRIDGE_PORT']}",
        "SHOP_API_URL": f"http://127.0.0.1:{ports['SHOP_PORT']}",
        "ACTIONS_URL": f"http://127.0.0.1:{ports['ACTIONS_PORT']}",
        "BOT_URL": f"http://127.0.0.1:{ports['BOT_PORT']}",
        "STORE_ORIGINS": ",".join(
            f"http://{host}:{ports[name]}"
            for host in ("127.0.0.1", "localhost")
            for name in ("SHOP_PORT", "BRIDGE_PORT")
        ),
        "DATABASE_URL": f"sqlite+aiosqlite:///{var / 'bridge.sqlite3'}",
        "SHOP_DATABASE_URL": f"sqlite+aiosqlite:///{var / 'shop.sqlite3'}",
        "JIEBA_CACHE_DIR": str(var / "cache" / "jieba"),
        "VAR_DIR": str(var),
        "FILES_DIR": str(var / "files"),
        "DEMO": "1",
        "PYTHONUNBUFFERED": "1",
    }
    (var / "cache" / "jieba").mkdir(parents=True, exist_ok=True, mode=0o700)
    return Settings(var, ports, {**derived, **os.environ})
