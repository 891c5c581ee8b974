"""What can befall an installation: each fault begins, lasts, and ends; what it must have shown besides is returned."""

import asyncio
import errno
import os
import random
import signal
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from bench.balancer import Balancer
from bench.chaos_clients import Client, Ledger
from bench.handoff_site import BotProcess, BridgeProcess, RedisProcess, Running, Unavailable

FREEZE_S = 10.0
LOCK_S = 8.0
FULL_S = 4.0
DISK_MB = 96
BLOCK = b"x" * 65_536


class SmallDisk:
    """A file system of its own for the SQLite file, small enough to be filled."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "disk"
        self.path.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(self.path)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Unavailable(f"no small disk here: {made.stderr.strip() or 'mount failed'}")

    def fill(self) -> None:
        with (self.path / "filler").open("wb", buffering=0) as file:
            try:
                while file.write(BLOCK):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def empty(self) -> None:
        (self.path / "filler").unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.path)], check=False)


@dataclass
class Stage:
    database_url: str
    bridges: list[BridgeProcess]
    balancer: Balancer
    redis: RedisProcess
    bot: BotProcess
    worker: Running
    clients: list[Client]
    ledger: Ledger
    disk: SmallDisk | None = None

    @property
    def some_bridge(self) -> BridgeProcess:
        return random.choice(self.bridges)


Found = list[str]
Fault = Callable[[Stage], Awaitable[Found | None]]


async def kill_bridge(stage: Stage) -> None:
    bridge = stage.some_bridge
    bridge.kill()
    await asyncio.to_thread(bridge.start)


async def rolling_restart(stage: Stage) -> Found:
    """One after the other, as at an update; those who were connected must have been told to come back."""
    told = stage.ledger.told_to_come_back
    for bridge in stage.bridges:
        await asyncio.to_thread(bridge.end)
        await asyncio.to_thread(bridge.start)
    return [] if stage.ledger.told_to_come_back > told else ["nobody was told to come back"]


async def kill_redis(stage: Stage) -> None:
    stage.redis.kill()
    await asyncio.sleep(1)
    await asyncio.to_thread(stage.redis.start)


async def kill_worker(stage: Stage) -> None:
    stage.worker.kill()
    await asyncio.sleep(2)
    stage.worker.start()


async def kill_bot(stage: Stage) -> None:
    stage.bot.kill()
    await asyncio.sleep(3)
    await asyncio.to_thread(stage.bot.start)


async def kill_bridge_and_redis(stage: Stage) -> None:
    bridge = stage.some_bridge
    stage.redis.kill()
    bridge.kill()
    await asyncio.to_thread(stage.redis.start)
    await asyncio.to_thread(bridge.start)


async def flush_redis(stage: Stage) -> None:
    await asyncio.to_thread(stage.redis.flush)


async def freeze(process: Running) -> None:
    process.freeze()
    try:
        await asyncio.sleep(FREEZE_S)
    finally:
        process.thaw()


async def freeze_bridge(stage: Stage) -> None:
    await freeze(stage.some_bridge)


async def freeze_redis(stage: Stage) -> None:
    await freeze(stage.redis)


async def cut_sockets(stage: Stage) -> None:
    for client in stage.clients:
        client.cut()


async def cut_again_and_again(stage: Stage) -> None:
    for _ in range(10):
        random.choice(stage.clients).cut()
        await asyncio.sleep(0.2)


async def half_open(stage: Stage) -> None:
    stage.balancer.fall_silent()


async def read_nothing(stage: Stage) -> None:
    for client in stage.clients:
        client.may_read.clear()
    await asyncio.sleep(FREEZE_S / 2)
    for client in stage.clients:
        client.may_read.set()


async def repeat_frames(stage: Stage) -> None:
    for client in stage.clients:
        client.repeats_itself = True
    await asyncio.sleep(3)
    for client in stage.clients:
        client.repeats_itself = False


async def step_clock(stage: Stage) -> None:
    """An hour ahead and back again, one way at some bridges only."""
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        os.kill(stage.some_bridge.pid, number)
        await asyncio.sleep(2)


async def lock_database(stage: Stage) -> None:
    """Longer than anybody waits for it."""
    url = make_url(stage.database_url)
    if url.get_backend_name() == "sqlite":
        base = sqlite3.connect(url.database or "", isolation_level=None)
        base.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(LOCK_S)
        base.execute("ROLLBACK")
        base.close()
        return
    connection = await asyncpg.connect(user=url.username, database=url.database, host=str(url.query["host"]))
    async with connection.transaction():
        await connection.execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(LOCK_S)
    await connection.close()


async def fill_disk(stage: Stage) -> None:
    if stage.disk:
        await asyncio.to_thread(stage.disk.fill)
        await asyncio.sleep(FULL_S)
        stage.disk.empty()


FAULTS: dict[str, Fault] = {
    "kill -9 a bridge": kill_bridge,
    "rolling restart": rolling_restart,
    "kill -9 Redis": kill_redis,
    "kill -9 the worker": kill_worker,
    "kill -9 the bot": kill_bot,
    "kill -9 bridge and Redis": kill_bridge_and_redis,
    "FLUSHALL": flush_redis,
    "SIGSTOP a bridge, 10 s": freeze_bridge,
    "SIGSTOP Redis, 10 s": freeze_redis,
    "all sockets cut": cut_sockets,
    "sockets cut 10 times": cut_again_and_again,
    "all sockets half-open": half_open,
    "nobody reads, 5 s": read_nothing,
    "frames twice, old ones again": repeat_frames,
    "clock an hour off and back": step_clock,
    "database locked, 8 s": lock_database,
    "disk full, 4 s": fill_disk,
}
NEEDS_SMALL_DISK = "disk full, 4 s"
