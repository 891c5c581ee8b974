"""Hints between processes: what changed, never the change itself, except for what nobody keeps (typing, read marks)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import structlog
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

    async def give(self, hint: dict[str, Any]) -> None:
        text = json.dumps({"origin": self._origin, **hint}, ensure_ascii=False)
        try:
            await self._connection.call(lambda redis: redis.publish(self._channel, text))
        except StoreDown:
            return  # the other processes' sweeps find it

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
