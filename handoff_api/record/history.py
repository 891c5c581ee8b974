"""Queries about a shopper's earlier services, and the note colleagues keep on them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.desk import PastService
from handoff_api.record import events
from handoff_api.record.desk_tables import CustomerNoteRecord
from handoff_api.record.tables import AgentRecord, CsatRecord, HandoffRecord, SessionRecord

A, H, R, S = AgentRecord, HandoffRecord, CsatRecord, SessionRecord
MOST = 50


async def past_services(session: AsyncSession, conversation_id: str) -> list[PastService]:
    """Newest first; those in which nothing was said are none."""
    query = (
        select(S, R, A.name)
        .outerjoin(R, R.session_id == S.session_id)
        .outerjoin(A, A.agent_id == S.agent_id)
        .where(S.conversation_id == conversation_id)
        .order_by(S.started_at.desc())
        .limit(MOST)
    )
    rows = (await session.execute(query)).all()
    begins = await events.first_seqs(session, conversation_id)
    reasons = await _reasons(session, conversation_id)
    return [
        PastService(
            session_id=row.session_id,
            started_at=row.started_at,
            ended_at=row.ended_at,
            first_seq=begins[row.session_id],
            agent_name=name or "",
            disposition=row.disposition,
            reason_text=reasons.get(row.session_id, ""),
            score=rating.score if rating else None,
            comment=rating.comment if rating else "",
        )
        for row, rating, name in rows
        if row.session_id in begins
    ]


async def _reasons(session: AsyncSession, conversation_id: str) -> dict[str, str]:
    """Why a person was wanted, by service session; the last reason counts."""
    query = (
        select(H.session_id, H.package["reason_text"].as_string())
        .where(H.conversation_id == conversation_id)
        .order_by(H.requested_at)
    )
    return {session_id: text or "" for session_id, text in await session.execute(query)}


async def customer_note(session: AsyncSession, conversation_id: str) -> CustomerNoteRecord | None:
    return await session.get(CustomerNoteRecord, conversation_id)
