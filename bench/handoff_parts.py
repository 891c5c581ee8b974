"""The bare parts a message is made of, each alone: the floor under every number of the bridge.

`python -m bench.handoff_parts echo <port>` serves the bare echo WebSocket.
"""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from redis.asyncio import Redis

from bench.handoff_site import RedisProcess
from handoff_api.store.limits import TAKE

COUNT = 20_000
BATCH = 50


@dataclass(frozen=True)
class Part:
    """`cpu_us`: processor time of the measured process per operation."""

    name: str
    per_s: float
    cpu_us: float


def redis_benchmark(server: RedisProcess) -> Part:
    """The script the message path runs, by the fastest client there is; the processor time is Redis' own."""
    tool = shutil.which("redis-benchmark")
    if tool is None:
        return Part("redis-benchmark, same script: not installed (Debian: redis-tools)", 0, 0)
    with server.client() as client:
        digest = client.script_load(TAKE)
    before = server.cpu_s()
    command = [tool, "-s", str(server.socket), "-n", str(COUNT), "-c", "50", "-r", "1000", "--csv"]
    script = ["evalsha", str(digest), "1", "limit:__rand_int__", str(int(time.time() * 1000)), "1000", "1000"]
    printed = subprocess.run([*command, *script], capture_output=True, text=True, check=True).stdout
    rates = re.findall(r'","([\d.]+)"', printed)
    return Part("redis-benchmark, same script", float(rates[0]), (server.cpu_s() - before) / COUNT * 1e6)


async def redis_client(server: RedisProcess) -> Part:
    """The same script through redis-py at 50 connections; the processor time is the client's."""
    async with Redis.from_url(server.url, protocol=2) as client:
        script = client.register_script(TAKE)
        each = COUNT // 4 // 50

        async def worker(number: int) -> None:
            for _ in range(each):
                await script([f"limit:{number}"], [int(time.time() * 1000), 1000, 1000])

        await script(["limit:warm"], [0, 1000, 1000])
        cpu, started = time.process_time(), time.perf_counter()
        await asyncio.gather(*(worker(number) for number in range(50)))
        count = each * 50
        return Part(
            "redis-py, same script",
            count / (time.perf_counter() - started),
            (time.process_time() - cpu) / count * 1e6,
        )


def sqlite_batches(folder: Path) -> Part:
    """What one message writes (event, client id, conversation), 50 messages a commit, as durable as the record."""
    base = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE events(id TEXT PRIMARY KEY, c TEXT, seq INT, body TEXT, UNIQUE(c, seq));"
        "CREATE TABLE requests(c TEXT, id TEXT, seq INT, PRIMARY KEY(c, id));"
        "CREATE TABLE conversations(c TEXT PRIMARY KEY, seq INT)"
    )
    base.executemany("INSERT INTO conversations VALUES(?, 0)", [(f"c{n}",) for n in range(BATCH)])
    cpu, started = time.process_time(), time.perf_counter()
    for batch in range(COUNT // BATCH):
        base.execute("BEGIN IMMEDIATE")
        for number in range(BATCH):
            name, event = f"c{number}", f"e{batch}-{number}"
            base.execute("INSERT INTO events VALUES(?, ?, ?, ?)", (event, name, batch, '{"text": "我的快递到哪了"}'))
            base.execute("INSERT INTO requests VALUES(?, ?, ?)", (name, event, batch))
            base.execute("UPDATE conversations SET seq = ? WHERE c = ?", (batch, name))
        base.execute("COMMIT")
    passed = time.perf_counter() - started
    base.close()
    return Part("SQLite, 50 messages a commit (FULL)", COUNT / passed, (time.process_time() - cpu) / COUNT * 1e6)


def fsyncs(folder: Path) -> Part:
    """How often this disk says "it is safe"."""
    with (folder / "fsync").open("wb") as file:
        started = time.perf_counter()
        for _ in range(200):
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
    return Part("fdatasync", 200 / (time.perf_counter() - started), 0)


# --- the echo -------------------------------------------------------------------------------------------------------
async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Every text comes back; nothing else happens."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


if __name__ == "__main__":
    uvicorn.run(
        echo,
        host="127.0.0.1",
        port=int(sys.argv[2]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="error",
    )
