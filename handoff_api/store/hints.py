"""Hints between processes: what changed, never the change itself, except for what nobody keeps (typing, read marks)."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from handoff_api.domain.ids import new_id
from handoff_api.store import keys
from handoff_api.store.connection import Connection, StoreDown

log = structlog.get_logger()

RECONNECT_S = 1.0


class Hints:
    """One subscription per process. `own` hints are not heard again."""

    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._channel = keys.hints(shop_id)
        self._origin = new_id("p")
        self._given: list[str] = []
        self._giving: asyncio.Task[None] | None = None

    def give(self, hint: dict[str, Any]) -> None:
        """Soon, with all that is given in the same moment; it may be lost, the other processes' sweeps find it."""
        self._given.append(json.dumps({"origin": self._origin, **hint}, ensure_ascii=False))
        if self._giving is None or self._giving.done():
            self._giving = asyncio.create_task(self._give_all())

    async def _give_all(self) -> None:
        while self._given:
            texts, self._given = self._given, []
            with suppress(StoreDown):
                await self._connection.call(partial(_publish, channel=self._channel, texts=texts))

    async def settle(self) -> None:
        """Wait until all that was given is out."""
        if self._giving:
            await self._giving

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        """Hints of other processes, for ever. After every (re)connection comes `{"kind": "resync"}` first."""
        while True:
            try:
                async for hint in self._listen_once():
                    yield hint
            except (RedisError, OSError) as error:
                log.info("redis.hints_lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_S)

    async def _listen_once(self) -> AsyncIterator[dict[str, Any]]:
        async with self._connection.listener() as redis, redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            yield {"kind": "resync"}
            async for message in pubsub.listen():
                hint = json.loads(message["data"]) if message["type"] == "message" else {}
                if hint and hint.pop("origin", None) != self._origin:
                    yield hint


async def _publish(redis: "Redis", channel: str, texts: Sequence[str]) -> None:
    """In one trip, in order."""
    async with redis.pipeline(transaction=False) as trip:
        for text in texts:
            trip.publish(channel, text)
        await trip.execute()
