"""Which agents have a living connection, in any process."""

from datetime import datetime

from redis.asyncio import Redis

from handoff_api.domain.clock import to_ms
from handoff_api.store import keys
from handoff_api.store.connection import Connection


class Presence:
    """A generation is one connection: an agent with two tabs has two, and is gone when both are."""

    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._key = keys.presence(shop_id)

    async def beat(self, agent_id: str, generation: str, *, deadline: datetime) -> None:
        member = {f"{agent_id}|{generation}": to_ms(deadline)}
        await self._connection.call(lambda redis: redis.zadd(self._key, member))

    async def leave(self, agent_id: str, generation: str) -> None:
        await self._connection.call(lambda redis: redis.zrem(self._key, f"{agent_id}|{generation}"))

    async def online(self, *, now: datetime) -> set[str]:
        """Agents with a generation that is before its deadline; dead generations are swept on the way."""
        members = await self._connection.call(lambda redis: self._living(redis, to_ms(now)))
        return {str(member).partition("|")[0] for member in members}

    async def _living(self, redis: "Redis", now_ms: int) -> list[str]:
        async with redis.pipeline(transaction=False) as trip:
            trip.zremrangebyscore(self._key, "-inf", now_ms)
            trip.zrange(self._key, 0, -1)
            return list((await trip.execute())[1])
