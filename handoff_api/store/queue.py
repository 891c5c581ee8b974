"""The order of the waiting: a sorted set whose scores are places, changed by scripts only."""

from collections.abc import Mapping
from itertools import batched
from typing import Any, cast

from handoff_api.store import keys
from handoff_api.store.connection import Connection

# KEYS: queue, ticks. ARGV: conversation, tick, boost. A conversation that is put again keeps its first tick and gets
# the boost it has now; nothing is written before everything is known.
PUT = """
local tick = redis.call('HGET', KEYS[2], ARGV[1]) or ARGV[2]
local place = string.format('%.0f', tonumber(tick) - tonumber(ARGV[3]))
redis.call('HSET', KEYS[2], ARGV[1], tick)
redis.call('ZADD', KEYS[1], place, ARGV[1])
return tick
"""
TAKE_OUT = """
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
"""
# ARGV: pairs of conversation and tick, each followed by its boost.
FILL = """
for i = 1, #ARGV, 3 do
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(ARGV[i + 1]) - tonumber(ARGV[i + 2])), ARGV[i])
end
return redis.call('ZCARD', KEYS[1])
"""
FILLED_AT_ONCE = 2000


class Queue:
    """One shop's queue. Every call raises `StoreDown` when Redis is away."""

    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._keys = [keys.queue(shop_id), keys.ticks(shop_id)]

    async def _run(self, script: str, *arguments: str | int) -> Any:
        return await self._connection.call(lambda redis: redis.register_script(script)(self._keys, arguments))

    async def put(self, conversation_id: str, *, tick: int, boost: int) -> None:
        await self._run(PUT, conversation_id, tick, boost)

    async def take_out(self, conversation_id: str) -> None:
        await self._run(TAKE_OUT, conversation_id)

    async def order(self) -> list[str]:
        members = await self._connection.call(lambda redis: redis.zrange(self._keys[0], 0, -1))
        return cast(list[str], members)

    async def place(self, conversation_id: str) -> int | None:
        """From 1; None if it is not in here."""
        rank = await self._connection.call(lambda redis: redis.zrank(self._keys[0], conversation_id))
        return None if rank is None else cast(int, rank) + 1

    async def rebuild(self, entries: Mapping[str, tuple[int, int]]) -> None:
        """`entries`: conversation → (tick, boost), the truth of the record. In parts, so that a long queue keeps nobody
        else from Redis; what comes in meanwhile stays."""
        await self._connection.call(lambda redis: redis.delete(*self._keys))
        for part in batched(entries.items(), FILLED_AT_ONCE):
            flat: list[str | int] = [word for key, (tick, boost) in part for word in (key, tick, boost)]
            await self._run(FILL, *flat)
