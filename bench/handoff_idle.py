"""Many idle shoppers on one bridge process: `python -m bench.handoff_idle [sockets] [minutes]`.

Each has a conversation of their own and sends the heartbeat of the web client, nothing else. What a socket costs is
the growth of the bridge's resident memory divided by the sockets, at the end of the time.
"""

import asyncio
import itertools
import json
import random
import resource
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import Table, insert, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from bench.handoff_site import PATIENCE, SECRETS, BridgeProcess, RedisProcess, Site, Unavailable, scratch
from contracts.identity import Audience, VisitorIdentity, issue
from handoff_api.migrate import upgrade
from handoff_api.record.tables import ConversationRecord, EventRecord, SessionRecord
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

SOCKETS, MINUTES = 10_000, 10.0
HEARTBEAT_S = 20.0
WARM = 200
AT_ONCE = 100
CONNECTING = 20
"""At once: a hello that comes too late, because this side is busy, is refused."""
SPARE = 200
COPIED: dict[Table, tuple[str, ...]] = {
    ConversationRecord.__table__: ("conversation_id", "visitor_id", "session_id"),
    SessionRecord.__table__: ("conversation_id", "session_id"),
    EventRecord.__table__: ("event_id", "conversation_id", "session_id"),
}
ORIGIN = "https://store.example"


def raise_file_limit(wanted: int) -> None:
    """A socket is a file. Raises Unavailable where this process may not have so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
        except (ValueError, PermissionError):
            raise Unavailable(f"{wanted} open files are needed and {hard} allowed (ulimit -Hn)") from None
    print(f"open files: {soft} allowed, {wanted} needed{', raised' if soft < wanted else ''}", flush=True)


async def seed(database_url: str, redis_url: str, count: int) -> list[str]:
    """One conversation is opened as any shopper does, the others are its copies under ids of their own."""
    secrets: dict[str, Any] = {name.lower(): value for name, value in SECRETS.items()}
    bridge = build_bridge(Settings(database_url=database_url, redis_url=redis_url, **secrets))
    first = bridge.conversations.visitor((await bridge.conversations.open("demo"))[0])
    async with bridge.record.writing() as session:
        for table, keys in COPIED.items():
            row = dict((await session.execute(select(table))).mappings().one())
            copies = [{**row, **{key: f"{row[key]}-{number}" for key in keys}} for number in range(1, count)]
            for start in range(0, len(copies), AT_ONCE):
                await session.execute(insert(table), copies[start : start + AT_ONCE])
    await bridge.close()
    names = [first.conversation_id, *(f"{first.conversation_id}-{number}" for number in range(1, count))]
    return [_token(first.model_copy(update={"conversation_id": name})) for name in names]


def _token(visitor: VisitorIdentity) -> str:
    now, lifetime = datetime.now(UTC), timedelta(days=1)
    return issue(visitor, Audience.VISITOR, SECRETS["BRIDGE_SECRET"], now=now, lifetime=lifetime)


@dataclass
class Crowd:
    """Everybody who is connected, and what became of them."""

    url: str
    answered: int = 0
    dropped: int = 0

    def __post_init__(self) -> None:
        self.sockets: list[ClientConnection] = []
        self.reading: list[asyncio.Task[None]] = []
        self.beating: list[asyncio.Task[int]] = []
        self.is_over = False

    async def come(self, tokens: list[str]) -> None:
        gate = asyncio.Semaphore(CONNECTING)

        async def one(token: str) -> None:
            async with gate:
                socket = await connect(
                    self.url,
                    origin=ORIGIN,  # type: ignore[arg-type]
                    compression=None,
                    ping_interval=None,
                    open_timeout=60,
                )
                await socket.send(json.dumps({"type": "hello", "token": token}))
                first = str(await socket.recv())
                if '"welcome"' not in first:
                    raise AssertionError(first)
                self.sockets.append(socket)
                self.reading.append(asyncio.create_task(self._read(socket)))
                self.beating.append(asyncio.create_task(self._beat(socket)))

        await asyncio.gather(*(one(token) for token in tokens))

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for _ in socket:
                self.answered += 1
        except WebSocketException:
            pass
        self.dropped += 1

    async def _beat(self, socket: ClientConnection) -> int:
        """From the moment it is connected, at its own moments: until all have come, the first would seem dead. How many
        heartbeats were sent."""
        sent = 0
        await asyncio.sleep(random.uniform(0, HEARTBEAT_S))
        while not self.is_over:
            try:
                await socket.send('{"type":"ping"}')
            except WebSocketException:
                break
            sent += 1
            await asyncio.sleep(HEARTBEAT_S)
        return sent

    async def end(self) -> int:
        """The heartbeats of all; the last ones are answered."""
        self.is_over = True
        return sum(await asyncio.gather(*self.beating))

    async def go(self) -> None:
        for task in self.reading:
            task.cancel()
        for socket in self.sockets:
            socket.transport.abort()


def resident_kb(bridge: BridgeProcess) -> int:
    lines = Path(f"/proc/{bridge.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def tell(crowd: Crowd, bridge: BridgeProcess, before_kb: int, count: int) -> None:
    """A line a minute: it is a long time to see nothing."""
    for minute in itertools.count(1):
        await asyncio.sleep(60)
        each_kb = (resident_kb(bridge) - before_kb) / count
        print(f"  {minute} min: dropped {crowd.dropped}, {each_kb:.1f} KB each", flush=True)


async def hold(bridge: BridgeProcess, tokens: list[str], minutes: float) -> bool:
    crowd = Crowd(f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket")
    await crowd.come(tokens[:WARM])
    before, started, cpu = resident_kb(bridge), time.monotonic(), bridge.cpu_s()
    await crowd.come(tokens[WARM:])
    count = len(tokens) - WARM
    came_s, came_cpu = time.monotonic() - started, bridge.cpu_s() - cpu
    print(
        f"{len(tokens):,} connected: {count / came_s:,.0f} a second, {came_cpu / count * 1e3:.2f} ms CPU each",
        flush=True,
    )
    cpu = bridge.cpu_s()
    began = time.monotonic()
    telling = asyncio.create_task(tell(crowd, bridge, before, count))
    await asyncio.sleep(minutes * 60)
    sent = await crowd.end()
    await asyncio.sleep(1)
    telling.cancel()
    each_kb = (resident_kb(bridge) - before) / count
    share = (bridge.cpu_s() - cpu) / (time.monotonic() - began)
    print(
        f"held {minutes:g} minutes: dropped {crowd.dropped}, heartbeats {sent:,}, answered {crowd.answered:,}\n"
        f"{each_kb:.1f} KB resident each ({resident_kb(bridge) / 1024:.0f} MB in all), {share:.1%} of one core"
    )
    dropped = crowd.dropped
    await crowd.go()
    return not dropped


def run(count: int, minutes: float) -> bool:
    raise_file_limit(count + SPARE)
    with scratch() as folder, Site(folder) as site:
        database_url = f"sqlite+aiosqlite:///{folder / 'bridge.sqlite3'}"
        upgrade(database_url)
        redis = site.run(RedisProcess(folder))
        tokens = asyncio.run(seed(database_url, redis.url, count))
        bridge = site.run(BridgeProcess(folder, database_url, redis.url, site.bot(), **PATIENCE))
        return uvloop.run(hold(bridge, tokens, minutes))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SOCKETS
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else MINUTES
    try:
        is_sound = run(count, minutes)
    except Unavailable as missing:
        print(f"idle sockets: SKIPPED, {missing}")
        return
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
