"""Deadlines of offers, so that the worker need not ask SQL every second. The offer itself is in the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from handoff_api.domain.clock import to_ms
from handoff_api.store import keys
from handoff_api.store.connection import Connection


class Reservations:
    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._key = keys.reservations(shop_id)

    async def hold(self, conversation_id: str, *, deadline: datetime) -> None:
        member = {conversation_id: to_ms(deadline)}
        await self._connection.call(lambda redis: redis.zadd(self._key, member))

    async def release(self, conversation_id: str) -> None:
        await self._connection.call(lambda redis: redis.zrem(self._key, conversation_id))

    async def held(self) -> set[str]:
        members = await self._connection.call(lambda redis: redis.zrange(self._key, 0, -1))
        return set(cast(list[str], members))

    async def due(self, *, now: datetime) -> list[str]:
        members = await self._connection.call(lambda redis: redis.zrangebyscore(self._key, "-inf", to_ms(now)))
        return cast(list[str], members)

    async def rebuild(self, deadlines: Mapping[str, datetime]) -> None:
        members = {conversation_id: to_ms(deadline) for conversation_id, deadline in deadlines.items()}
        await self._connection.call(lambda redis: redis.delete(self._key))
        if members:
            await self._connection.call(lambda redis: redis.zadd(self._key, members))
