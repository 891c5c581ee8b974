"""The connection to Redis, and what its absence looks like: `StoreDown`, at once, never a long wait.

Retries are off: redis-py would repeat a command that was already carried out. After a failure the next calls are
refused without a try for a moment, so that a hanging Redis does not slow every message down.
"""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger()

TIMEOUT = timedelta(seconds=1)
PAUSE_S = 1.0


class StoreDown(Exception):
    """Redis does not answer. Whoever asks falls back to the record."""


class Connection:
    """`await connection.call(lambda redis: redis.zcard(key))`; every failure is `StoreDown`."""

    def __init__(self, redis_url: str, *, timeout: timedelta = TIMEOUT) -> None:
        self.url = redis_url
        self._redis = _client(redis_url, timeout_s=timeout.total_seconds())
        self._down_until = 0.0

    async def call[T](self, command: Callable[["Redis"], Awaitable[T]]) -> T:
        if time.monotonic() < self._down_until:
            raise StoreDown
        try:
            return await command(self._redis)
        except (RedisError, OSError) as error:
            self._went_down(error)
            raise StoreDown from error

    def _went_down(self, error: BaseException) -> None:
        self._down_until = time.monotonic() + PAUSE_S
        log.warning("redis.unavailable", error=type(error).__name__)

    async def is_up(self) -> bool:
        try:
            await self.call(_ping)
        except StoreDown:
            return False
        return True

    def listener(self) -> "Redis":
        """A client of its own for pub/sub, which waits for ever on purpose."""
        return _client(self.url, timeout_s=None)

    async def close(self) -> None:
        await self._redis.aclose()


async def _ping(redis: "Redis") -> Any:
    return await redis.ping()


def _client(url: str, *, timeout_s: float | None) -> "Redis":
    return Redis.from_url(
        url,
        protocol=2,
        decode_responses=True,
        socket_timeout=timeout_s,
        socket_connect_timeout=TIMEOUT.total_seconds(),
        retry=Retry(NoBackoff(), 0),
    )
