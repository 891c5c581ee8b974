"""The shop under test: the one that `make conformance URL=… TOKEN=…` names, else our own on a free port.

URL, TOKEN, TURN_SECRET, SHOP_ID: where it is and how it is called. SHOPPER, OTHER_SHOPPER: two of its shoppers, each
with orders. WRITES=1 lets the suite open and withdraw a case and change a note; without it only what is refused or
harmless is written.
"""

import asyncio
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from contracts.identity import Audience, TurnIdentity, issue
from shop_api.app import create_app
from shop_api.migrate import migrate
from shop_api.record.database import Database
from shop_api.seed import seed
from shop_api.settings import Settings

START_S = 20
TIMEOUT_S = 10


@dataclass(frozen=True)
class Target:
    """Where the shop is, and whom the suite may be in it."""

    url: str
    token: str
    turn_secret: str
    shop_id: str = "demo"
    shopper: str = "S001"
    other_shopper: str = "S002"
    may_write: bool = False


@dataclass
class Party:
    """One shopper, agent or visitor, in a conversation of their own."""

    target: Target
    shopper_id: str | None
    role: str = "shopper"
    conversation: str = field(default_factory=lambda: f"conformance-{secrets.token_hex(6)}")

    def headers(self) -> dict[str, str]:
        identity = TurnIdentity(
            shop_id=self.target.shop_id,
            shopper_id=self.shopper_id,
            conversation_id=self.conversation,
            turn_id=secrets.token_hex(6),
            role=self.role,
        )
        turn = issue(
            identity, Audience.TURN, self.target.turn_secret, now=datetime.now(UTC), lifetime=timedelta(minutes=5)
        )
        return {"Authorization": f"Bearer {self.target.token}", "X-Turn-Token": turn}

    def get(self, path: str, **query: Any) -> httpx.Response:
        return httpx.get(
            self.target.url + path, params=query, headers=self.headers(), timeout=TIMEOUT_S, trust_env=False
        )

    def post(self, path: str, body: Any = None, *, key: str | None = "") -> httpx.Response:
        """`key` empty makes a new one, None sends none."""
        named = {} if key is None else {"Idempotency-Key": key or secrets.token_hex(16)}
        headers = self.headers() | named
        return httpx.post(self.target.url + path, json=body, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def orders(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/v1/orders", **query).json()
        return found


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    url = os.environ.get("URL", "").rstrip("/")
    if url:
        yield _named(url)
        return
    own = Target("", "conformance-token", "conformance-turn-secret-of-32-bytes", may_write=True)
    yield from _serve(own, tmp_path_factory.mktemp("conformance") / "shop.sqlite3")


def _named(url: str) -> Target:
    missing = [name for name in ("TOKEN", "TURN_SECRET", "SHOPPER", "OTHER_SHOPPER") if not os.environ.get(name)]
    if missing:
        pytest.exit(f"make conformance URL=… also needs {', '.join(missing)}", returncode=2)
    return Target(
        url,
        os.environ["TOKEN"],
        os.environ["TURN_SECRET"],
        os.environ.get("SHOP_ID", "demo"),
        os.environ["SHOPPER"],
        os.environ["OTHER_SHOPPER"],
        os.environ.get("WRITES") == "1",
    )


def _serve(own: Target, file: Path) -> Iterator[Target]:
    database_url = f"sqlite+aiosqlite:///{file}"
    asyncio.run(_prepare(database_url))
    settings = Settings(
        shop_database_url=database_url,
        shop_api_token=own.token,
        turn_secret=own.turn_secret,
        identity_secret=secrets.token_hex(32),
        notice_secret=secrets.token_hex(32),
        bridge_url="",
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    _wait_until(lambda: server.started)
    yield Target(f"http://127.0.0.1:{listener.getsockname()[1]}", own.token, own.turn_secret, may_write=True)
    server.should_exit = True
    thread.join()
    listener.close()


def _wait_until(is_true: Any) -> None:
    until = time.monotonic() + START_S
    while not is_true():
        assert time.monotonic() < until, "the shop did not start"
        time.sleep(0.05)


async def _prepare(url: str) -> None:
    await migrate(url)
    database = Database(url)
    await seed(database, now=datetime.now(UTC), tell=lambda line: None)
    await database.close()


@pytest.fixture
def shopper(target: Target) -> Party:
    return Party(target, target.shopper)


@pytest.fixture
def other(target: Target) -> Party:
    return Party(target, target.other_shopper)


@pytest.fixture
def visitor(target: Target) -> Party:
    return Party(target, None)


@pytest.fixture
def writer(target: Target, shopper: Party) -> Party:
    """A shopper whose data the suite may change."""
    if not target.may_write:
        pytest.skip("WRITES=1 lets the suite change the data of SHOPPER")
    return shopper
