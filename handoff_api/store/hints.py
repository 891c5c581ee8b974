"""Hints between processes: what changed, never the change itself, except for what nobody keeps (typing, read marks)."""

import asyncio
import json
import time
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
ALONE_S = 5.0
"""So long nothing is said after nobody else was there to hear it; who comes says so."""


class Hints:
    """One subscription per process. `own` hints are not heard again; a process that is alone gives none."""

    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._channel = keys.hints(shop_id)
        self._origin = new_id("p")
        self._given: list[str] = []
        self._giving: asyncio.Task[None] | None = None
        self._alone_until = 0.0
        self._own_ears = 0

    @property
    def is_alone(self) -> bool:
        """Nobody else was there to hear it a moment ago."""
        return time.monotonic() < self._alone_until

    def give(self, hint: dict[str, Any], *, in_any_case: bool = False) -> None:
        """Soon, with all that is given in the same moment; it may be lost, the other processes' sweeps find it.

        in_any_case: also where nobody seemed to listen a moment ago.
        """
        if self.is_alone and not in_any_case:
            return
        self._given.append(json.dumps({"origin": self._origin, **hint}, ensure_ascii=False))
        if self._giving is None or self._giving.done():
            self._giving = asyncio.create_task(self._give_all())

    async def _give_all(self) -> None:
        while self._given:
            texts, self._given = self._given, []
            with suppress(StoreDown):
                heard_by = await self._connection.call(partial(_publish, channel=self._channel, texts=texts))
                self._alone_until = time.monotonic() + ALONE_S if heard_by <= self._own_ears else 0.0

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
            self._own_ears = 1
            self.give({"kind": "here"}, in_any_case=True)
            try:
                yield {"kind": "resync"}
                async for message in pubsub.listen():
                    hint = json.loads(message["data"]) if message["type"] == "message" else {}
                    if hint and hint.pop("origin", None) != self._origin:
                        self._alone_until = 0.0
                        yield hint
            finally:
                self._own_ears = 0


async def _publish(redis: "Redis", channel: str, texts: Sequence[str]) -> int:
    """In one trip, in order; how many subscriptions heard the last one, our own among them."""
    async with redis.pipeline(transaction=False) as trip:
        for text in texts:
            trip.publish(channel, text)
        heard_by: list[int] = await trip.execute()
    return heard_by[-1]
