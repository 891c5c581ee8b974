"""Token buckets: how often somebody may do something. Without Redis each process counts for itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from handoff_api.domain.clock import to_ms
from handoff_api.gatherer import Gatherer
from handoff_api.store import keys
from handoff_api.store.connection import Connection, StoreDown

# KEYS: bucket. ARGV: now in ms, tokens per ms, size. Returns 1 and takes a token, or 0.
TAKE = """
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local now, rate, size = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(bucket[1]) or size
local passed = math.max(0, now - (tonumber(bucket[2]) or now))
tokens = math.min(size, tokens + passed * rate)
local taken = 0
if tokens >= 1 then
  tokens = tokens - 1
  taken = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(size / rate) + 1000)
return taken
"""
TAKE_SHA = hashlib.sha1(TAKE.encode(), usedforsecurity=False).hexdigest()
"""By which Redis knows the script."""
MAX_LOCAL = 10_000
APART_S = 0.008
"""Trips to Redis, where many ask."""


@dataclass(frozen=True)
class Wish:
    key: str
    per_s: float
    burst: int
    now_ms: int


class Limits:
    """Everybody who asks at the same moment is answered by one trip to Redis."""

    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._shop_id = shop_id
        self._local: dict[str, tuple[float, int]] = {}
        self._gatherer = Gatherer(self._take_together, apart_s=APART_S)

    async def take(self, name: str, principal: str, *, per_s: float, burst: int, now: datetime) -> bool:
        """True if `principal` may do `name` once more at `now`."""
        return await self._gatherer.do(Wish(keys.limit(self._shop_id, name, principal), per_s, burst, to_ms(now)))

    async def _take_together(self, wishes: Sequence[Wish]) -> Sequence[bool]:
        try:
            return await self._connection.call(lambda redis: _take(redis, wishes))
        except StoreDown:
            return [self._take_locally(w.key, per_s=w.per_s, burst=w.burst, now_ms=w.now_ms) for w in wishes]

    def _take_locally(self, key: str, *, per_s: float, burst: int, now_ms: int) -> bool:
        if len(self._local) > MAX_LOCAL:
            self._local.clear()
        tokens, at_ms = self._local.get(key, (float(burst), now_ms))
        tokens = min(burst, tokens + max(0, now_ms - at_ms) * per_s / 1000)
        is_allowed = tokens >= 1
        self._local[key] = (tokens - 1 if is_allowed else tokens, now_ms)
        return is_allowed


async def _take(redis: "Redis", wishes: Sequence[Wish]) -> list[bool]:
    """A Redis that was restarted does not know the script; then nothing was taken yet."""
    try:
        return await _trip(redis, wishes)
    except NoScriptError:
        await redis.script_load(TAKE)
        return await _trip(redis, wishes)


async def _trip(redis: "Redis", wishes: Sequence[Wish]) -> list[bool]:
    async with redis.pipeline(transaction=False) as trip:
        for wish in wishes:
            trip.evalsha(TAKE_SHA, 1, wish.key, wish.now_ms, wish.per_s / 1000, wish.burst)
        taken: list[Any] = await trip.execute()
    return [bool(each) for each in taken]
