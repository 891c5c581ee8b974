"""How fast a message is acknowledged: closed loop and open loop, the channels and the web page alike, for
`bench.channels`. Every run has a fresh bridge whose bot answers: what was taken in goes on costing afterwards."""

import asyncio
import json
import statistics
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.channels_site import Client, Make, running, webhook_push, wechat_push
from bench.handoff import ORIGIN, hammer, seed
from bench.handoff_site import BridgeProcess, Site, scratch

SENDERS = 50
TALKERS = 200
TEXT = "我的快递到哪了"
OPEN_LOOP = (10, 25, 50)
"""Messages a second: a busy shop, and as many as the answers of one process keep up with, and more."""


@dataclass(frozen=True)
class Load:
    """`cpu_us`: the bridge's processor time by message, its answer and delivery among it."""

    name: str
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0.0


def _load(name: str, took: list[float], seconds: float) -> Load:
    took.sort()
    return Load(name, len(took) / seconds, statistics.median(took) * 1e3, took[int(len(took) * 0.99)] * 1e3)


Run = Callable[[BridgeProcess, float], Coroutine[Any, Any, Load]]


# --- the channels ---------------------------------------------------------------------------------------------------
def closed_loop(name: str, make: Make) -> Run:
    """As many senders as the web path has, each waiting for its `success`."""

    async def run(bridge: BridgeProcess, seconds: float) -> Load:
        took: list[float] = []
        until = time.perf_counter() + seconds

        async def send(sender: int) -> None:
            client, number = Client(bridge.url), sender * 1_000_000 + int(time.time()) % 1000 * 1000
            while time.perf_counter() < until:
                number += 1
                started = time.perf_counter()
                await _push(client, make, f"bench{sender}", number)
                took.append(time.perf_counter() - started)
            client.close()

        started = time.perf_counter()
        await asyncio.gather(*(send(sender) for sender in range(SENDERS)))
        return _load(name, took, time.perf_counter() - started)

    return run


def open_loop(name: str, make: Make, per_s: int) -> Run:
    """Pushes at fixed instants, on connections of their own while one waits: a slow answer makes no other push late."""

    async def run(bridge: BridgeProcess, seconds: float) -> Load:
        took: list[float] = []
        idle: list[Client] = []
        began = time.perf_counter()

        async def push(number: int) -> None:
            due = began + number / per_s
            await asyncio.sleep(due - time.perf_counter())
            client = idle.pop() if idle else Client(bridge.url)
            await _push(client, make, f"open{number % TALKERS}", number)
            took.append(time.perf_counter() - due)
            idle.append(client)

        await asyncio.gather(*(push(number) for number in range(int(per_s * seconds))))
        for client in idle:
            client.close()
        return _load(name, took, seconds)

    return run


async def _push(client: Client, make: Make, user_id: str, number: int) -> None:
    path, headers, body = make(user_id, number, TEXT)
    status, said = await client.post(path, headers, body)
    assert status in (200, 202), said


# --- the web page ---------------------------------------------------------------------------------------------------
def web_closed_loop(name: str, tokens: list[str]) -> Run:
    async def run(bridge: BridgeProcess, seconds: float) -> Load:
        web = await hammer(_socket(bridge), tokens[:SENDERS], seconds)
        return Load(name, web.per_s, web.p50_ms, web.p99_ms)

    return run


def web_open_loop(name: str, tokens: list[str], per_s: int) -> Run:
    """The same instants and as many shoppers as the channels' runs have."""

    async def run(bridge: BridgeProcess, seconds: float) -> Load:
        took: list[float] = []
        sockets = [await _opened(bridge, token) for token in tokens]
        due: dict[str, float] = {}
        began, count, is_over = time.perf_counter() + 0.1, int(per_s * seconds), asyncio.Event()

        def accepted(client_id: str) -> None:
            took.append(time.perf_counter() - due[client_id])
            if len(took) == count:
                is_over.set()

        listening = [asyncio.create_task(_hear(socket, accepted)) for socket in sockets]
        for number in range(count):
            client_id = f"bench-{number:08}"
            due[client_id] = began + number / per_s
            await asyncio.sleep(max(0.0, due[client_id] - time.perf_counter()))
            message = {"type": "message.send", "client_message_id": client_id, "text": TEXT}
            await sockets[number % len(sockets)].send(json.dumps(message))
        async with asyncio.timeout(60):
            await is_over.wait()
        for task in listening:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in sockets), *listening, return_exceptions=True)
        return _load(name, took, seconds)

    return run


async def _opened(bridge: BridgeProcess, token: str) -> ClientConnection:
    socket = await connect(_socket(bridge), origin=ORIGIN, compression=None)  # type: ignore[arg-type]
    await socket.send(json.dumps({"type": "hello", "token": token}))
    await socket.recv()
    return socket


async def _hear(socket: ClientConnection, accepted: Callable[[str], None]) -> None:
    async for text in socket:
        frame = json.loads(text)
        if frame["type"] == "accepted":
            accepted(frame["client_message_id"])
        assert frame["type"] != "error", frame


def _socket(bridge: BridgeProcess) -> str:
    return f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket"


# --- measuring ------------------------------------------------------------------------------------------------------
def measured(seconds: float, make_run: Callable[[list[str]], Run]) -> Load:
    """On a fresh bridge, warm; the processor time of what was still to be answered at the end is not in it."""
    with scratch() as folder, Site(folder) as site, ExitStack() as stack:
        bridge, _, redis = running(site, folder, stack)
        tokens = asyncio.run(seed(bridge.environment["DATABASE_URL"], redis.url, TALKERS, with_agent=False))
        uvloop.run(open_loop("warm", webhook_push, 20)(bridge, 1.0))
        cpu, started = bridge.cpu_s(), time.perf_counter()
        load = uvloop.run(make_run(tokens)(bridge, seconds))
        passed = time.perf_counter() - started
        cpu_us = (bridge.cpu_s() - cpu) / max(1.0, load.per_s * passed) * 1e6
        return Load(load.name, load.per_s, load.p50_ms, load.p99_ms, cpu_us)


def runs() -> list[Callable[[list[str]], Run]]:
    """One after the other, the web page beside each of the channels' loads."""
    wechat, webhook, web = "WeChat push (AES) to `success`", "webhook call to 202", "web page's socket to `accepted`"
    found: list[Callable[[list[str]], Run]] = [
        lambda _: closed_loop(f"{wechat}, {SENDERS} senders", wechat_push),
        lambda _: closed_loop(f"{webhook}, {SENDERS} senders", webhook_push),
        lambda tokens: web_closed_loop(f"{web}, {SENDERS} senders", tokens),
    ]
    for per_s in OPEN_LOOP:
        found += [
            lambda _, rate=per_s: open_loop(f"{wechat}, {rate} due a second", wechat_push, rate),  # type: ignore[misc]
            lambda _, rate=per_s: open_loop(f"{webhook}, {rate} due a second", webhook_push, rate),  # type: ignore[misc]
            lambda tokens, rate=per_s: web_open_loop(f"{web}, {rate} due a second", tokens, rate),  # type: ignore[misc]
        ]
    return found
