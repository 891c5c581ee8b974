"""What platforms call the files that were uploaded to them. Without Redis a file is uploaded anew for every try."""

from datetime import timedelta

from handoff_api.store import keys
from handoff_api.store.connection import Connection, StoreDown


class MediaIds:
    def __init__(self, connection: Connection, shop_id: str) -> None:
        self._connection = connection
        self._shop_id = shop_id

    async def get(self, channel: str, attachment_id: str) -> str:
        """ "" where none is known, or it has ended."""
        key = keys.platform_media(self._shop_id, channel, attachment_id)
        try:
            return str(await self._connection.call(lambda redis: redis.get(key)) or "")
        except StoreDown:
            return ""

    async def keep(self, channel: str, attachment_id: str, media_id: str, *, lifetime: timedelta) -> None:
        key, lifetime_ms = (
            keys.platform_media(self._shop_id, channel, attachment_id),
            int(lifetime.total_seconds()) * 1000,
        )
        try:
            await self._connection.call(lambda redis: redis.set(key, media_id, px=lifetime_ms))
        except StoreDown:
            return

    async def forget(self, channel: str, attachment_id: str) -> None:
        key = keys.platform_media(self._shop_id, channel, attachment_id)
        try:
            await self._connection.call(lambda redis: redis.delete(key))
        except StoreDown:
            return
