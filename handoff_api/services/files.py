"""Pictures and documents beside messages: taken in, sent with a message, read, forgotten.

Rule 1. Bytes first, row then, message last: a file that no message names is forgotten after a day.
Rule 2. Everything else asks here: a channel calls `take_in` with the bytes it fetched and sends the id with the
        message, and `read` with the id of what it has to deliver.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Attachment
from handoff_api.clients.files import FileStore
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.uploads import made_safe, safe_name
from handoff_api.errors import FileNotFound, FileRefused, FileTooLarge, TooManyFiles
from handoff_api.record import files
from handoff_api.record.database import Record
from handoff_api.record.tables import FileRecord

log = structlog.get_logger()

SHOPPER = "shopper"
LARGEST = 15 * 1024 * 1024
DAY = timedelta(days=1)
PER_DAY = 60
"""Of one person in one conversation."""
AT_ONCE = 2
"""Pictures being redrawn: each may take a few hundred megabytes for a moment."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True)
class Bytes:
    """What is served."""

    content: bytes
    media_type: str
    name: str


class Files:
    def __init__(self, record: Record, store: FileStore, clock: Clock, *, lifetime: timedelta) -> None:
        self._record = record
        self._store = store
        self._clock = clock
        self._lifetime = lifetime
        self._redrawing = asyncio.Semaphore(AT_ONCE)

    async def take_in(
        self, conversation_id: str, uploaded_by: str, content: bytes, name: str = "", *, recordings: bool = False
    ) -> Attachment:
        """`uploaded_by` is `shopper` or an agent's id. What comes back is named by the message that is sent next.
        `recordings`: the shopper may have spoken it; an agent always may."""
        if not content:
            raise FileRefused
        if len(content) > LARGEST:
            raise FileTooLarge
        await self._require_room(conversation_id, uploaded_by)
        async with self._redrawing:
            by_agent = uploaded_by != SHOPPER
            safe = await asyncio.to_thread(made_safe, content, documents=by_agent, recordings=recordings or by_agent)
        row = FileRecord(
            attachment_id=new_id("f"),
            conversation_id=conversation_id,
            uploaded_by=uploaded_by,
            name=safe_name(name, safe.suffix),
            media_type=safe.media_type,
            size=len(safe.content),
            width=safe.width,
            height=safe.height,
            has_thumbnail=safe.thumbnail is not None,
            created_at=self._clock(),
        )
        await self._store.put(_key(row), safe.content)
        if safe.thumbnail is not None:
            await self._store.put(_key(row, is_small=True), safe.thumbnail)
        async with self._record.writing() as session:
            session.add(row)
        log.info("file.taken_in", conversation_id=conversation_id, media_type=row.media_type, size=row.size)
        return files.as_attachment(row)

    async def _require_room(self, conversation_id: str, uploaded_by: str) -> None:
        async with self._record.reading() as session:
            since = self._clock() - DAY
            if await files.count_since(session, conversation_id, uploaded_by, since) >= PER_DAY:
                raise TooManyFiles

    async def attach(
        self, session: AsyncSession, conversation_id: str, uploaded_by: str, ids: Sequence[str], event_id: str
    ) -> list[Attachment]:
        """Within the transaction that commits the message: each file stands in one message, once."""
        if not ids:
            return []
        found = await files.loose(session, conversation_id, uploaded_by, ids)
        if len(found) != len(ids):
            raise FileNotFound
        for row in found.values():
            row.event_id = event_id
        return [files.as_attachment(found[attachment_id]) for attachment_id in ids]

    async def conversation_of(self, attachment_id: str) -> str:
        """Whose file it is, for whoever decides who may see it."""
        return (await self._row(attachment_id)).conversation_id

    async def read(self, attachment_id: str, *, is_small: bool = False) -> Bytes:
        """`is_small`: the thumbnail; of a document there is none."""
        row = await self._row(attachment_id)
        if is_small and not row.has_thumbnail:
            raise FileNotFound
        content = await self._store.get(_key(row, is_small=is_small))
        if content is None:
            raise FileNotFound
        return Bytes(content, row.media_type, row.name)

    async def _row(self, attachment_id: str) -> FileRecord:
        async with self._record.reading() as session:
            row = await files.by_id(session, attachment_id)
        if row is None:
            raise FileNotFound
        return row

    # --- forgetting -------------------------------------------------------------------------------------------------
    async def erase(self, conversation_id: str) -> None:
        """Every file of a conversation: its shopper is being forgotten."""
        await self._store.delete_under(conversation_id)
        async with self._record.writing() as session:
            for row in await files.of_conversation(session, conversation_id):
                await session.delete(row)

    async def sweep(self) -> None:
        """What was never sent, and what is older than files are kept."""
        now = self._clock()
        async with self._record.reading() as session:
            old = await files.out_of_date(
                session, loose_before=now - DAY, before=now - self._lifetime, limit=SWEPT_AT_ONCE
            )
        for row in old:
            await self._store.delete(_key(row))
            await self._store.delete(_key(row, is_small=True))
        async with self._record.writing() as session:
            for row in old:
                kept = await files.by_id(session, row.attachment_id)
                if kept is not None:
                    await session.delete(kept)
        if old:
            log.info("files.forgotten", count=len(old))


def _key(row: FileRecord, *, is_small: bool = False) -> str:
    return f"{row.conversation_id}/{row.attachment_id}{'.small' if is_small else ''}"
