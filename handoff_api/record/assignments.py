"""Queries about handoffs, offers and claims: who was asked, who took it, how long it lasted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import AgentChoice, HandoffPackage
from handoff_api.domain.ids import new_id
from handoff_api.record.tables import AssignmentRecord, ConversationRecord, HandoffRecord

A = AssignmentRecord
RECENT = 60
SHOWN_CHOICES = 10

# Asked at every offer: built once.
_TABLE = cast(Table, A.__table__)
_SETTLE = (
    update(_TABLE)
    .where(_TABLE.c.conversation_id == bindparam("key"), _TABLE.c.outcome == "offered")
    .values(outcome=bindparam("ended_in"), settled_at=bindparam("now"), started_at=bindparam("from"))
)
_END = (
    update(_TABLE)
    .where(_TABLE.c.conversation_id == bindparam("key"), _TABLE.c.started_at.is_not(None), _TABLE.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_OF_THOSE = A.conversation_id.in_(bindparam("keys", expanding=True))
_PASSED = select(A.conversation_id, A.agent_id).where(
    _OF_THOSE,
    A.outcome.in_(["declined", "expired", "lapsed", "handed_on"]),
    A.settled_at > bindparam("since"),
)
_SERVED = (
    select(A.conversation_id, A.agent_id)
    .where(_OF_THOSE, A.ended_at > bindparam("since"), A.outcome.in_(["accepted", "claimed"]))
    .order_by(A.ended_at)
)
_HANDLED = (
    select(A.offered_at, A.ended_at)
    .where(A.shop_id == bindparam("shop"), A.ended_at > bindparam("since"), A.started_at.is_not(None))
    .order_by(A.ended_at.desc())
    .limit(RECENT)
)


def add_handoff(session: AsyncSession, row: ConversationRecord, package: HandoffPackage) -> None:
    session.add(
        HandoffRecord(
            handoff_id=new_id("h"),
            conversation_id=row.conversation_id,
            session_id=row.session_id,
            reason=package.reason,
            package=package.model_dump(mode="json"),
            requested_at=package.requested_at,
        )
    )


async def reasons_of(session: AsyncSession, session_id: str) -> set[str]:
    """Why this service session went to a person before."""
    query = select(HandoffRecord.reason).where(HandoffRecord.session_id == session_id)
    return set((await session.execute(query)).scalars())


def add(session: AsyncSession, row: ConversationRecord, choice: AgentChoice, outcome: str, *, now: datetime) -> None:
    is_held = outcome == "claimed"
    session.add(
        A(
            assignment_id=new_id("a"),
            shop_id=row.shop_id,
            conversation_id=row.conversation_id,
            agent_id=choice.agent_id,
            choice=choice.model_dump(mode="json"),
            outcome=outcome,
            offered_at=now,
            settled_at=now if is_held else None,
            started_at=now if is_held else None,
        )
    )


async def settle(session: AsyncSession, conversation_id: str, outcome: str, *, now: datetime) -> None:
    """The open offer of this conversation ended in `outcome`."""
    started_at = now if outcome == "accepted" else None
    await session.flush()
    connection = await session.connection()
    values = {"key": conversation_id, "ended_in": outcome, "now": now, "from": started_at}
    await connection.execute(_SETTLE, values)


async def end(session: AsyncSession, conversation_id: str, *, now: datetime) -> None:
    await session.flush()
    connection = await session.connection()
    await connection.execute(_END, {"key": conversation_id, "now": now})


async def hand_on(session: AsyncSession, conversation_id: str, *, now: datetime) -> None:
    """It ends because somebody gave it to somebody else: nobody to go back to, and passed over for a while."""
    held = update(A).where(A.conversation_id == conversation_id, A.started_at.is_not(None), A.ended_at.is_(None))
    await session.execute(held.values(outcome="handed_on", settled_at=now, ended_at=now))


async def lapse(session: AsyncSession, conversation_id: str, *, now: datetime) -> None:
    """It ends because its agent did not answer; they are passed over for a while, as after a declined offer."""
    held = update(A).where(A.conversation_id == conversation_id, A.started_at.is_not(None), A.ended_at.is_(None))
    await session.execute(held.values(outcome="lapsed", settled_at=now, ended_at=now))


async def passed_lately(session: AsyncSession, conversation_ids: Sequence[str], since: datetime) -> dict[str, set[str]]:
    """Per conversation, the agents who declined it, missed it or let it lapse after `since`."""
    passed: dict[str, set[str]] = {}
    for conversation_id, agent_id in await session.execute(_PASSED, {"keys": list(conversation_ids), "since": since}):
        passed.setdefault(conversation_id, set()).add(agent_id)
    return passed


async def choices(session: AsyncSession, conversation_id: str) -> list[AgentChoice]:
    """Why each agent it was given to, the latest ones, oldest first."""
    query = select(A.choice).where(A.conversation_id == conversation_id, A.choice.is_not(None))
    rows = (await session.execute(query.order_by(A.offered_at.desc()).limit(SHOWN_CHOICES))).scalars().all()
    return [AgentChoice.model_validate(choice) for choice in reversed(rows)]


async def last_agents(session: AsyncSession, conversation_ids: Sequence[str], *, since: datetime) -> dict[str, str]:
    """Per conversation, who served it last, if that ended after `since` and not because they did not answer."""
    rows = await session.execute(_SERVED, {"keys": list(conversation_ids), "since": since})
    return {row[0]: row[1] for row in rows}


async def recent_handling_s(session: AsyncSession, shop_id: str, *, now: datetime) -> list[float]:
    """How long the last finished conversations of the past day took, from the offer on: the desk was taken then."""
    rows = await session.execute(_HANDLED, {"shop": shop_id, "since": now - timedelta(days=1)})
    return [(ended - offered).total_seconds() for offered, ended in rows if ended]
