"""Who is named in notes, and who has seen it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Event, Mention, NoteBody
from contracts.frames import Mentioned
from handoff_api.record import agents
from handoff_api.record.desk_tables import MentionRecord
from handoff_api.record.tables import ConversationRecord, EventRecord

C, E, M = ConversationRecord, EventRecord, MentionRecord
MOST = 50


async def named(session: AsyncSession, shop_id: str, agent_ids: Sequence[str]) -> list[Mention]:
    """Those of them who work in this shop, each once."""
    if not agent_ids:
        return []
    known = {row.agent_id: row.name for row in await agents.of_shop(session, shop_id)}
    return [Mention(agent_id=each, name=known[each]) for each in dict.fromkeys(agent_ids) if each in known]


def add(session: AsyncSession, event: Event) -> None:
    mentioned = event.body.mentions if isinstance(event.body, NoteBody) else []
    for each in mentioned:
        session.add(
            MentionRecord(
                event_id=event.event_id,
                agent_id=each.agent_id,
                conversation_id=event.conversation_id,
                at=event.at,
                seen_at=None,
            )
        )


def frame(event: Event, row: ConversationRecord) -> Mentioned:
    return Mentioned(
        conversation_id=event.conversation_id,
        event_id=event.event_id,
        author_name=event.author.name,
        shopper_name=row.shopper_name,
        text=event.body.text if isinstance(event.body, NoteBody) else "",
        at=event.at,
    )


async def unseen(session: AsyncSession, agent_id: str) -> list[Mentioned]:
    """Newest first."""
    query = (
        select(E, C)
        .join(M, M.event_id == E.event_id)
        .join(C, C.conversation_id == E.conversation_id)
        .where(M.agent_id == agent_id, M.seen_at.is_(None))
        .order_by(M.at.desc())
        .limit(MOST)
    )
    return [
        Mentioned(
            conversation_id=event.conversation_id,
            event_id=event.event_id,
            author_name=event.author_name,
            shopper_name=row.shopper_name,
            text=str(event.body.get("text", "")),
            at=event.at,
        )
        for event, row in await session.execute(query)
    ]


async def has_unseen(session: AsyncSession, agent_id: str, conversation_id: str) -> bool:
    query = select(M.event_id).where(M.agent_id == agent_id, M.conversation_id == conversation_id, M.seen_at.is_(None))
    return (await session.execute(query.limit(1))).first() is not None


async def see(session: AsyncSession, agent_id: str, conversation_id: str, *, now: datetime) -> None:
    seen = update(M).where(M.agent_id == agent_id, M.conversation_id == conversation_id, M.seen_at.is_(None))
    await session.execute(seen.values(seen_at=now).execution_options(synchronize_session=False))
