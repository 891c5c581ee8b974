"""Files that go out to a platform: uploaded once, sent under the id it gave them, uploaded anew when it forgot them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from handoff_api.channels.errors import MediaIdRefused, Refused
from handoff_api.channels.messages import OutgoingFile
from handoff_api.errors import FileNotFound
from handoff_api.services.files import Bytes, Files
from handoff_api.store.media_ids import MediaIds

LIFETIME = timedelta(days=3) - timedelta(hours=2)
"""Platforms keep an upload for three days."""
GONE = "文件已经过期，没有送达。"


class OutgoingFiles:
    def __init__(self, files: Files, ids: MediaIds) -> None:
        self._files = files
        self._ids = ids

    async def send[T](
        self,
        channel: str,
        file: OutgoingFile,
        upload: Callable[[Bytes], Awaitable[str]],
        send: Callable[[str], Awaitable[T]],
    ) -> T:
        """`upload` gives a media id, `send` sends it or raises MediaIdRefused."""
        known = await self._ids.get(channel, file.attachment_id)
        if known:
            try:
                return await send(known)
            except MediaIdRefused:
                await self._ids.forget(channel, file.attachment_id)
        try:
            content = await self._files.read(file.attachment_id)
        except FileNotFound:
            raise Refused("file is gone", reason=GONE) from None
        media_id = await upload(content)
        await self._ids.keep(channel, file.attachment_id, media_id, lifetime=LIFETIME)
        return await send(media_id)
