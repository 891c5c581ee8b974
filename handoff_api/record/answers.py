"""What agents have answered to what shoppers asked."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from contracts.events import AuthorKind
from handoff_api.record.tables import ConversationRecord, CsatRecord, EventRecord

C, E, R = ConversationRecord, EventRecord, CsatRecord
ILL_RATED = 2


@dataclass(frozen=True)
class Answered:
    conversation_id: str
    question: str
    answer: str


async def latest(session: AsyncSession, shop_id: str, *, limit: int) -> list[Answered]:
    """The newest answers of agents, each with the last thing the shopper had said before it. Only the first answer to
    a message counts; what the shopper rated badly is no example."""
    before = aliased(E)
    asked_seq = (
        select(func.max(before.seq))
        .where(
            before.conversation_id == E.conversation_id,
            before.audience == "everyone",
            before.seq < E.seq,
            before.author_kind.in_([AuthorKind.SHOPPER.value, AuthorKind.AGENT.value]),
        )
        .correlate(E)
        .scalar_subquery()
    )
    asked = aliased(E)
    ill_rated = select(R.session_id).where(R.session_id == E.session_id, R.score <= ILL_RATED).exists()
    query = (
        select(E.conversation_id, asked.body["text"].as_string(), E.body["text"].as_string())
        .join(C, C.conversation_id == E.conversation_id)
        .join(asked, (asked.conversation_id == E.conversation_id) & (asked.audience == "everyone"))
        .where(
            C.shop_id == shop_id,
            E.audience == "everyone",
            E.author_kind == AuthorKind.AGENT.value,
            asked.seq == asked_seq,
            asked.author_kind == AuthorKind.SHOPPER.value,
            ~ill_rated,
        )
        .order_by(E.at.desc())
        .limit(limit)
    )
    rows = await session.execute(query)
    return [Answered(conversation_id, asked_, said) for conversation_id, asked_, said in rows if asked_ and said]
