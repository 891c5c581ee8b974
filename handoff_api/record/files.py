"""Queries about uploads: taken in, put beside a message, found again, forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Attachment, AuthorKind
from handoff_api.record.tables import EventRecord, FileRecord

F = FileRecord

# Asked at every turn: built once.
_SENT_BY_SHOPPER = (
    select(F)
    .join(EventRecord, EventRecord.event_id == F.event_id)
    .where(EventRecord.session_id == bindparam("key"), EventRecord.author_kind == AuthorKind.SHOPPER.value)
    .where(F.has_thumbnail)
    .order_by(EventRecord.seq.desc(), F.attachment_id)
    .limit(bindparam("count"))
)


async def by_id(session: AsyncSession, attachment_id: str) -> FileRecord | None:
    return await session.get(F, attachment_id)


async def count_since(session: AsyncSession, conversation_id: str, uploaded_by: str, since: datetime) -> int:
    query = select(func.count()).where(
        F.conversation_id == conversation_id, F.uploaded_by == uploaded_by, F.created_at > since
    )
    return int((await session.execute(query)).scalar_one())


async def loose(
    session: AsyncSession, conversation_id: str, uploaded_by: str, attachment_ids: Collection[str]
) -> dict[str, FileRecord]:
    """Those that this person put into this conversation and that stand in no message yet, by id."""
    query = select(F).where(
        F.attachment_id.in_(attachment_ids),
        F.conversation_id == conversation_id,
        F.uploaded_by == uploaded_by,
        F.event_id.is_(None),
    )
    return {row.attachment_id: row for row in (await session.execute(query)).scalars()}


async def sent_by_shopper(session: AsyncSession, session_id: str, *, latest: int) -> Sequence[FileRecord]:
    """The latest pictures of the shopper in one service session, in order."""
    found = await session.execute(_SENT_BY_SHOPPER, {"key": session_id, "count": latest})
    return found.scalars().all()[::-1]


async def out_of_date(
    session: AsyncSession, *, loose_before: datetime, before: datetime, limit: int
) -> Sequence[FileRecord]:
    """Never sent and not going to be, or older than anything is kept."""
    is_abandoned = F.event_id.is_(None) & (F.created_at < loose_before)
    query = select(F).where(is_abandoned | (F.created_at < before)).limit(limit)
    return (await session.execute(query)).scalars().all()


async def of_conversation(session: AsyncSession, conversation_id: str) -> Sequence[FileRecord]:
    return (await session.execute(select(F).where(F.conversation_id == conversation_id))).scalars().all()


def as_attachment(row: FileRecord) -> Attachment:
    return Attachment(
        kind="picture" if row.has_thumbnail else "document",
        attachment_id=row.attachment_id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        width=row.width,
        height=row.height,
    )
