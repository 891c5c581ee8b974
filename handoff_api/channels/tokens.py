"""The access token of a platform account, fetched by one process for all of them.

Rule 1. A token is renewed five minutes before it ends, or when the platform refuses it; by one refresher at a time:
        one per process (a lock), one of all processes (a lock in Redis).
Rule 2. Who finds that somebody else has renewed it takes theirs.
Rule 3. Without Redis every process fetches for itself; the platforms' stable tokens allow that.
"""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handoff_api.domain.clock import Clock
from handoff_api.store import keys
from handoff_api.store.connection import Connection, StoreDown

EARLY = timedelta(minutes=5)
LOCK = timedelta(seconds=15)
LOOK_AGAIN_S = 0.05
GIVE_BACK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True)
class Token:
    value: str
    until: datetime


Fetch = Callable[[bool], Awaitable[tuple[str, float]]]
"""Asks the platform for (token, lifetime in seconds); True forces a new one."""


class TokenKeeper:
    def __init__(self, redis: Connection, shop_id: str, channel: str, fetch: Fetch, clock: Clock) -> None:
        self._redis = redis
        self._key = keys.platform_token(shop_id, channel)
        self._lock_key = keys.platform_token_lock(shop_id, channel)
        self._fetch = fetch
        self._clock = clock
        self._mine = asyncio.Lock()
        self._known: Token | None = None

    async def get(self) -> str:
        return self._known.value if self._is_fresh(self._known) and self._known else await self._renewed("")

    async def renew(self, refused: str) -> str:
        """Another token than the one the platform has just refused."""
        return await self._renewed(refused)

    def _is_fresh(self, token: Token | None) -> bool:
        return token is not None and token.until - EARLY > self._clock()

    async def _renewed(self, refused: str) -> str:
        async with self._mine:
            if self._known and self._is_fresh(self._known) and self._known.value != refused:
                return self._known.value
            holder = secrets.token_hex(8)
            try:
                token = await self._shared(refused, holder)
            except StoreDown:
                token = await self._ask(refused)
            self._known = token
            return token.value

    async def _shared(self, refused: str, holder: str) -> Token:
        """From whoever has it already, or by asking as the only one."""
        until = self._clock() + LOCK
        while True:
            kept = await self._load()
            if kept and self._is_fresh(kept) and kept.value != refused:
                return kept
            if await self._take_lock(holder) or self._clock() > until:
                break
            await asyncio.sleep(LOOK_AGAIN_S)
        try:
            token = await self._ask(refused)
            await self._keep(token)
            return token
        finally:
            await self._redis.call(lambda redis: redis.eval(GIVE_BACK, 1, self._lock_key, holder))

    async def _take_lock(self, holder: str) -> bool:
        ms = int(LOCK.total_seconds() * 1000)
        return bool(await self._redis.call(lambda redis: redis.set(self._lock_key, holder, nx=True, px=ms)))

    async def _ask(self, refused: str) -> Token:
        value, lifetime_s = await self._fetch(False)
        if value == refused:  # the platform still thinks it is good
            value, lifetime_s = await self._fetch(True)
        return Token(value, self._clock() + timedelta(seconds=lifetime_s))

    async def _load(self) -> Token | None:
        text = await self._redis.call(lambda redis: redis.get(self._key))
        if not text:
            return None
        said = json.loads(text)
        return Token(said["value"], datetime.fromtimestamp(said["until"], UTC))

    async def _keep(self, token: Token) -> None:
        text = json.dumps({"value": token.value, "until": token.until.timestamp()})
        lifetime_ms = max(1000, int((token.until - self._clock()).total_seconds() * 1000))
        await self._redis.call(lambda redis: redis.set(self._key, text, px=lifetime_ms))
