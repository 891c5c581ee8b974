"""The real app on a real SQLite file per test: a copy of one that was migrated and seeded once."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from contracts.identity import Audience, TurnIdentity, issue
from shop_api.app import create_app
from shop_api.migrate import migrate
from shop_api.record.database import Database
from shop_api.seed import seed
from shop_api.services.shop import Shop
from shop_api.settings import Settings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # Sunday, 10:00 in Shanghai
TURN_SECRET = "turn-secret-that-is-long-enough-for-hs256"
SERVICE = {"Authorization": "Bearer service-token"}


@dataclass
class Clock:
    """The shop's clock, moved by hand."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **amount: float) -> None:
        self.at += timedelta(**amount)


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


async def _build(path: Path) -> None:
    await migrate(url_of(path))
    database = Database(url_of(path))
    await seed(database, now=NOW, tell=lambda line: None)
    await database.close()


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seeded") / "shop.sqlite3"
    asyncio.run(_build(path))
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(seeded_file: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "shop.sqlite3"
    shutil.copy(seeded_file, path)
    return Settings(
        shop_database_url=url_of(path),
        shop_api_token="service-token",
        turn_secret=TURN_SECRET,
        identity_secret="identity-secret-that-is-long-enough",
        notice_secret="notice-secret",
        bridge_url="http://bridge",
        demo=True,
        demo_store_folder=tmp_path / "no-store-here",
    )


@pytest.fixture
async def app(settings: Settings, clock: Clock) -> AsyncIterator[FastAPI]:
    app = create_app(settings, now=clock)
    yield app
    await app.state.shop.database.close()


@pytest.fixture
def shop(app: FastAPI) -> Shop:
    shop: Shop = app.state.shop
    return shop


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Without any credential."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client


def turn_token(
    shopper_id: str | None = "S001",
    *,
    role: str = "shopper",
    agent_name: str = "",
    shop_id: str = "demo",
    conversation_id: str = "c_1",
    lifetime: timedelta = timedelta(minutes=5),
    secret: str = TURN_SECRET,
    audience: Audience = Audience.TURN,
) -> str:
    identity = TurnIdentity(
        shop_id=shop_id,
        shopper_id=shopper_id,
        conversation_id=conversation_id,
        turn_id="t_1",
        role=role,
        agent_name=agent_name,
    )
    return issue(identity, audience, secret, now=datetime.now(UTC), lifetime=lifetime)


@dataclass
class Caller:
    """One party's calls; every write gets a key of its own unless one is given."""

    http: httpx.AsyncClient
    token: str
    keys: int = field(default=0)
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers={**SERVICE, "X-Turn-Token": self.token})

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        self.keys += 1
        headers = {**SERVICE, "X-Turn-Token": self.token, "Idempotency-Key": key or f"{self.name}-{self.keys}"}
        return await self.http.post(path, json=body, headers=headers)

    async def order(self, index: int = 0) -> dict[str, Any]:
        orders: list[dict[str, Any]] = (await self.get("/v1/orders")).json()
        return orders[index]

    async def order_of(self, title: str) -> dict[str, Any]:
        orders: list[dict[str, Any]] = (await self.get("/v1/orders")).json()
        return next(order for order in orders if title in order["lines"][0]["title"])


@pytest.fixture
def as_shopper(http: httpx.AsyncClient) -> Callable[..., Caller]:
    return lambda *args, **kwargs: Caller(http, turn_token(*args, **kwargs))


def wish(order: dict[str, Any], type_: str, reason: str, **changes: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "order_number": order["order_number"],
        "line_id": "L1",
        "reason": reason,
        **changes,
    }


@pytest.fixture
def make_wish() -> Callable[..., dict[str, Any]]:
    return wish


@pytest.fixture
def make_token() -> Callable[..., str]:
    return turn_token
