"""Token buckets: how often somebody may do something. Without Redis each process counts for itself."""

from datetime import datetime

from handoff_api.domain.clock import to_ms
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
MAX_LOCAL = 10_000


class Limits:
    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._shop_id = shop_id
        self._local: dict[str, tuple[float, int]] = {}

    async def take(self, name: str, principal: str, *, per_s: float, burst: int, now: datetime) -> bool:
        """True if `principal` may do `name` once more at `now`."""
        key = keys.limit(self._shop_id, name, principal)
        arguments = [to_ms(now), per_s / 1000, burst]
        try:
            taken = await self._connection.call(lambda redis: redis.register_script(TAKE)([key], arguments))
        except StoreDown:
            return self._take_locally(key, per_s=per_s, burst=burst, now_ms=to_ms(now))
        return bool(taken)

    def _take_locally(self, key: str, *, per_s: float, burst: int, now_ms: int) -> bool:
        if len(self._local) > MAX_LOCAL:
            self._local.clear()
        tokens, at_ms = self._local.get(key, (float(burst), now_ms))
        tokens = min(burst, tokens + max(0, now_ms - at_ms) * per_s / 1000)
        is_allowed = tokens >= 1
        self._local[key] = (tokens - 1 if is_allowed else tokens, now_ms)
        return is_allowed
