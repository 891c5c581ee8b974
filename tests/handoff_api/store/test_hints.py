"""Hints between two processes on a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from handoff_api.store.connection import Connection
from handoff_api.store.hints import Hints
from tests.handoff_api.conftest import RedisServer


class Process:
    """One process: its hints, and what it has heard."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url)
        self.hints = Hints(self.connection, "demo")
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listening: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        """Returns when the subscription stands and the others know of it."""
        self._listening = asyncio.create_task(self._listen())
        assert await asyncio.wait_for(self.heard.get(), 10) == {"kind": "resync"}
        await self.hints.settle()

    async def _listen(self) -> None:
        async for hint in self.hints.listen():
            await self.heard.put(hint)

    async def hears(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.heard.get(), 10)

    async def end(self) -> None:
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self.hints.settle()
        await self.connection.close()


@pytest.fixture
async def processes(redis_server: RedisServer) -> AsyncIterator[list[Process]]:
    both = [Process(redis_server.url), Process(redis_server.url)]
    yield both
    for process in both:
        await process.end()


async def test_what_is_given_together_is_heard_in_order_and_not_by_oneself(processes: list[Process]) -> None:
    speaker, listener = processes
    await speaker.listen()
    await listener.listen()
    assert await speaker.hears() == {"kind": "here"}

    for number in range(5):
        speaker.hints.give({"kind": "grown", "number": number})

    assert [(await listener.hears())["number"] for _ in range(5)] == [0, 1, 2, 3, 4]
    assert speaker.heard.empty()


async def test_who_is_alone_says_nothing_until_somebody_comes(
    processes: list[Process], redis_server: RedisServer
) -> None:
    speaker, newcomer = processes
    await speaker.listen()
    watching = Process(redis_server.url)
    before = await watching.connection.call(lambda redis: redis.info("commandstats"))

    for number in range(3):
        speaker.hints.give({"kind": "grown", "number": number})
        await speaker.hints.settle()
    after = await watching.connection.call(lambda redis: redis.info("commandstats"))
    await newcomer.listen()
    assert await speaker.hears() == {"kind": "here"}
    speaker.hints.give({"kind": "grown", "number": 3})

    assert after.get("cmdstat_publish") == before.get("cmdstat_publish")
    assert (await newcomer.hears())["number"] == 3
    await watching.end()


async def test_a_sign_out_is_said_even_to_an_empty_room(processes: list[Process], redis_server: RedisServer) -> None:
    speaker, _ = processes
    await speaker.listen()
    async with Connection(redis_server.url).listener() as redis:
        before = (await redis.info("commandstats"))["cmdstat_publish"]["calls"]

        speaker.hints.give({"kind": "signed_out"}, in_any_case=True)
        await speaker.hints.settle()

        assert (await redis.info("commandstats"))["cmdstat_publish"]["calls"] == before + 1
