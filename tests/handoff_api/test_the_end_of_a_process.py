"""A restart: clients hear that they should come back, and where they left off is where they go on."""

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.handoff_site import SECRETS, BridgeProcess, RedisProcess, Site, scratch
from handoff_api.migrate import upgrade
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

GOING_AWAY = 1001


async def visitor_token(database_url: str, redis_url: str) -> str:
    secrets = {name.lower(): value for name, value in SECRETS.items()}
    bridge = build_bridge(Settings(database_url=database_url, redis_url=redis_url, **secrets))  # type: ignore[arg-type]
    token, _ = await bridge.conversations.open("demo")
    await bridge.close()
    return token


async def joined(bridge: BridgeProcess, token: str) -> ClientConnection:
    url = f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket"
    socket = await connect(url, origin="https://store.example")  # type: ignore[arg-type]
    await socket.send(json.dumps({"type": "hello", "token": token}))
    assert json.loads(await socket.recv())["type"] == "welcome"
    return socket


async def last_words(socket: ClientConnection) -> tuple[list[str], int]:
    """The kinds of frames that still came, and the code it was closed with."""
    kinds = []
    try:
        while True:
            kinds.append(json.loads(await socket.recv())["type"])
    except ConnectionClosed as closed:
        return kinds, closed.rcvd.code if closed.rcvd else 0


@pytest.mark.timeout(180)
def test_a_bridge_that_stops_tells_its_clients_to_come_back() -> None:
    async def play(folder: Path, site: Site) -> None:
        database_url = f"sqlite+aiosqlite:///{folder / 'bridge.sqlite3'}"
        await asyncio.to_thread(upgrade, database_url)
        redis = site.run(RedisProcess(folder))
        token = await visitor_token(database_url, redis.url)
        bridge = site.run(BridgeProcess(folder, database_url, redis.url, "http://127.0.0.1:9"))
        socket = await joined(bridge, token)

        ending = asyncio.create_task(asyncio.to_thread(bridge.end))
        kinds, code = await last_words(socket)
        await ending

        assert kinds[-1:] == ["reconnect"]
        assert code == GOING_AWAY

    with scratch() as folder, Site(folder) as site:
        asyncio.run(play(folder, site))
