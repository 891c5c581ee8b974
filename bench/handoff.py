"""What one bridge process takes in, beside what its parts could: `make bench-handoff` or `python -m bench.handoff`.

Closed loop: 50 shoppers, each in a conversation a person owns, send one message after the other and wait until it is
accepted. SQLite is the record, synchronous=FULL. The processor time is the bridge's alone and includes everything a
message causes: the limit, the commit, the echo to the sender, the reading asked from a stand-in bot, the hints.
"""

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection, connect

from bench import handoff_parts as parts
from bench.handoff_parts import Part
from bench.handoff_site import SECRETS, BridgeProcess, RedisProcess, Running, Site, answers, free_port, scratch
from handoff_api.migrate import upgrade
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

SHOPPERS = 50
SECONDS = 8.0
ORIGIN = "https://store.example"


@dataclass(frozen=True)
class Load:
    """What the senders saw; latencies in ms."""

    accepted: int
    per_s: float
    p50_ms: float
    p99_ms: float


async def seed(database_url: str, redis_url: str, count: int, *, with_agent: bool = True) -> list[str]:
    """So many conversations, each owned by one agent or else by the bot; their visitor tokens."""
    secrets = {name.lower(): value for name, value in SECRETS.items()}
    settings = Settings(database_url=database_url, redis_url=redis_url, **secrets)  # type: ignore[arg-type]
    bridge = build_bridge(settings)
    await bridge.accounts.add_agent("bench", "bench-password", "小林", role="agent", skills=["general"], capacity=9999)
    tokens = [(await bridge.conversations.open("demo"))[0] for _ in range(count)]
    if with_agent:
        async with bridge.record.writing() as session:
            held = update(ConversationRecord).values(status="active", epoch=2, agent_id="agent_bench")
            await session.execute(held)
    await bridge.close()
    return tokens


async def hammer(url: str, tokens: list[str], seconds: float) -> Load:
    """Everybody sends as fast as they are answered."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    started = time.perf_counter()
    await asyncio.gather(*(_talk(url, token, until, took) for token in tokens))
    passed = time.perf_counter() - started
    took.sort()
    return Load(len(took), len(took) / passed, statistics.median(took) * 1e3, took[int(len(took) * 0.99)] * 1e3)


async def _talk(url: str, token: str, until: float, took: list[float]) -> None:
    async with connect(url, origin=ORIGIN, compression=None) as socket:  # type: ignore[arg-type]
        await socket.send(json.dumps({"type": "hello", "token": token}))
        await _until(socket, '"type":"welcome"')
        number = 0
        while (started := time.perf_counter()) < until:
            number += 1
            message = {"type": "message.send", "client_message_id": f"bench-{number:08}", "text": "我的快递到哪了"}
            await socket.send(json.dumps(message))
            await _until(socket, '"type":"accepted"')
            took.append(time.perf_counter() - started)


async def _until(socket: ClientConnection, wanted: str) -> None:
    async for text in socket:
        if wanted in str(text):
            return
        if '"type":"error"' in str(text):
            raise AssertionError(text)


async def _echo(url: str, seconds: float) -> int:
    async def talk() -> int:
        count, until = 0, time.perf_counter() + seconds
        async with connect(url, compression=None) as socket:
            while time.perf_counter() < until:
                await socket.send(
                    '{"type":"message.send","client_message_id":"bench-00000001","text":"我的快递到哪了"}'
                )
                await socket.recv()
                count += 1
        return count

    return sum(await asyncio.gather(*(talk() for _ in range(SHOPPERS))))


def echo_part(site: Site) -> Part:
    port = free_port()
    server = site.run(Running([sys.executable, "-m", "bench.handoff_parts", "echo", str(port)], site.folder))
    while not answers(f"http://127.0.0.1:{port}/"):
        time.sleep(0.02)
    cpu, started = server.cpu_s(), time.perf_counter()
    count = uvloop.run(_echo(f"ws://127.0.0.1:{port}/", 3))
    part = Part("bare echo WebSocket", count / (time.perf_counter() - started), (server.cpu_s() - cpu) / count * 1e6)
    server.end()
    return part


def measure(site: Site, redis: RedisProcess, seconds: float) -> tuple[Load, float, float]:
    """The load, and the processor time per message of the bridge and of Redis in µs."""
    database_url = f"sqlite+aiosqlite:///{site.folder / 'bridge.sqlite3'}"
    upgrade(database_url)
    tokens = asyncio.run(seed(database_url, redis.url, SHOPPERS))
    bridge = site.run(BridgeProcess(site.folder, database_url, redis.url, site.bot()))
    url = f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket"
    uvloop.run(hammer(url, tokens[:5], 1))
    cpu, redis_cpu = bridge.cpu_s(), redis.cpu_s()
    load = uvloop.run(hammer(url, tokens, seconds))
    bridge_us = (bridge.cpu_s() - cpu) / load.accepted * 1e6
    return load, bridge_us, (redis.cpu_s() - redis_cpu) / load.accepted * 1e6


def report(load: Load, bridge_us: float, redis_us: float, bare: list[Part]) -> None:
    print(f"{'':46}{'per second':>12}{'CPU µs each':>14}")
    for part in bare:
        print(f"{part.name:46}{part.per_s:12,.0f}{part.cpu_us:14.1f}")
    print(f"{'bridge: accepted messages':46}{load.per_s:12,.0f}{bridge_us:14.1f}")
    print(f"{'  of it in Redis':46}{'':12}{redis_us:14.1f}")
    print(f"accepted {load.accepted} from {SHOPPERS} shoppers: p50 {load.p50_ms:.1f} ms, p99 {load.p99_ms:.1f} ms")
    floor = sum(part.cpu_us for part in bare if part.name.startswith(("bare echo", "redis-py", "SQLite")))
    print(f"sum of the bare parts {floor:.0f} µs; the bridge needs {bridge_us / floor:.1f} times that")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with scratch() as folder, Site(folder) as site:
        redis = site.run(RedisProcess(folder))
        bare = [
            parts.redis_benchmark(redis),
            uvloop.run(parts.redis_client(redis)),
            echo_part(site),
            parts.sqlite_batches(folder),
            parts.fsyncs(Path(folder)),
        ]
        load, bridge_us, redis_us = measure(site, redis, seconds)
    report(load, bridge_us, redis_us, bare)


if __name__ == "__main__":
    main()
