"""Signed calls that were seen. Without Redis each process remembers for itself: a repeated message is still done
once, because its id is in the record."""

import hashlib
from datetime import datetime, timedelta

from handoff_api.store import keys
from handoff_api.store.connection import Connection, StoreDown

MAX_LOCAL = 50_000


class Nonces:
    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._shop_id = shop_id
        self._local: dict[str, datetime] = {}

    async def is_new(self, channel: str, nonce: str, *, lifetime: timedelta, now: datetime) -> bool:
        """True once per nonce."""
        key = keys.nonce(self._shop_id, channel, hashlib.sha256(nonce.encode()).hexdigest()[:32])
        try:
            kept = await self._connection.call(
                lambda redis: redis.set(key, "1", nx=True, px=int(lifetime.total_seconds() * 1000))
            )
        except StoreDown:
            return self._is_new_here(key, now + lifetime, now)
        return bool(kept)

    async def was_seen(self, channel: str, nonce: str, *, now: datetime) -> bool:
        key = keys.nonce(self._shop_id, channel, hashlib.sha256(nonce.encode()).hexdigest()[:32])
        try:
            return bool(await self._connection.call(lambda redis: redis.exists(key)))
        except StoreDown:
            return self._local.get(key, now) > now

    async def forget(self, channel: str, nonce: str) -> None:
        """What it came with was not kept: the sender may come again with the same."""
        key = keys.nonce(self._shop_id, channel, hashlib.sha256(nonce.encode()).hexdigest()[:32])
        self._local.pop(key, None)
        try:
            await self._connection.call(lambda redis: redis.delete(key))
        except StoreDown:
            return

    def _is_new_here(self, key: str, until: datetime, now: datetime) -> bool:
        if len(self._local) > MAX_LOCAL:
            self._local = {known: end for known, end in self._local.items() if end > now}
        is_new = self._local.get(key, now) <= now
        self._local[key] = until
        return is_new
