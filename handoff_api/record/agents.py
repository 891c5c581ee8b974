"""Queries about agents: accounts, sign-ins, socket tickets, presence as chosen, who went away."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import AgentRecord, AgentSessionRecord, SocketTicketRecord

A, S = AgentRecord, AgentSessionRecord

# Asked at every match: built once.
_LOCKED = select(A).where(A.agent_id == bindparam("key")).with_for_update()
_THOSE = select(A).where(A.agent_id.in_(bindparam("keys", expanding=True)), A.is_active)


async def by_id(session: AsyncSession, agent_id: str) -> AgentRecord | None:
    return await session.get(A, agent_id)


async def locked(session: AsyncSession, agent_id: str) -> AgentRecord | None:
    """Held until the transaction ends, so that two claims of one agent are counted one after the other."""
    return (await session.execute(_LOCKED, {"key": agent_id})).scalar_one_or_none()


async def by_login(session: AsyncSession, shop_id: str, login: str) -> AgentRecord | None:
    query = select(A).where(A.shop_id == shop_id, A.login == login, A.is_active)
    return (await session.execute(query)).scalar_one_or_none()


async def those(session: AsyncSession, agent_ids: Collection[str]) -> Sequence[AgentRecord]:
    return (await session.execute(_THOSE, {"keys": list(agent_ids)})).scalars().all()


async def of_shop(session: AsyncSession, shop_id: str) -> Sequence[AgentRecord]:
    return (await session.execute(select(A).where(A.shop_id == shop_id, A.is_active))).scalars().all()


async def all_of_shop(session: AsyncSession, shop_id: str) -> Sequence[AgentRecord]:
    """Those who have left as well, by login."""
    return (await session.execute(select(A).where(A.shop_id == shop_id).order_by(A.login))).scalars().all()


async def came(session: AsyncSession, agent_id: str) -> None:
    await session.execute(update(A).where(A.agent_id == agent_id).values(gone_since=None))


async def went(session: AsyncSession, agent_id: str, now: datetime) -> None:
    gone = update(A).where(A.agent_id == agent_id, A.gone_since.is_(None))
    await session.execute(gone.values(gone_since=now))


async def gone_before(session: AsyncSession, shop_id: str, instant: datetime) -> Sequence[str]:
    query = select(A.agent_id).where(A.shop_id == shop_id, A.gone_since <= instant)
    return (await session.execute(query)).scalars().all()


async def sign_in(session: AsyncSession, token_hash: str, agent_id: str, *, now: datetime, until: datetime) -> None:
    session.add(AgentSessionRecord(token_hash=token_hash, agent_id=agent_id, created_at=now, expires_at=until))
    await session.flush()


async def signed_in(session: AsyncSession, token_hash: str, now: datetime) -> AgentRecord | None:
    query = (
        select(A)
        .join(AgentSessionRecord, AgentSessionRecord.agent_id == A.agent_id)
        .where(
            AgentSessionRecord.token_hash == token_hash,
            AgentSessionRecord.expires_at > now,
            AgentSessionRecord.ended_at.is_(None),
            A.is_active,
        )
    )
    return (await session.execute(query)).scalar_one_or_none()


async def valid_sign_ins(session: AsyncSession, token_hashes: Collection[str], now: datetime) -> set[str]:
    """Which of these still hold."""
    query = (
        select(S.token_hash)
        .join(A, A.agent_id == S.agent_id)
        .where(S.token_hash.in_(token_hashes), S.expires_at > now, S.ended_at.is_(None), A.is_active)
    )
    return set((await session.execute(query)).scalars())


async def end_sign_ins(session: AsyncSession, agent_id: str, now: datetime) -> list[str]:
    """All sign-ins of the account; those that were running."""
    running = select(S.token_hash).where(S.agent_id == agent_id, S.ended_at.is_(None), S.expires_at > now)
    token_hashes = list((await session.execute(running)).scalars())
    await session.execute(update(S).where(S.token_hash.in_(token_hashes)).values(ended_at=now))
    return token_hashes


async def sign_out(session: AsyncSession, token_hash: str, now: datetime) -> None:
    query = update(AgentSessionRecord).where(AgentSessionRecord.token_hash == token_hash)
    await session.execute(query.values(ended_at=now))


async def add_ticket(session: AsyncSession, ticket_hash: str, token_hash: str, until: datetime) -> None:
    session.add(SocketTicketRecord(ticket_hash=ticket_hash, token_hash=token_hash, expires_at=until))
    await session.flush()


async def use_ticket(session: AsyncSession, ticket_hash: str, now: datetime) -> str | None:
    """The sign-in the ticket was made from, exactly once."""
    fresh = update(SocketTicketRecord).where(
        SocketTicketRecord.ticket_hash == ticket_hash,
        SocketTicketRecord.used_at.is_(None),
        SocketTicketRecord.expires_at > now,
    )
    if cast(CursorResult[Any], await session.execute(fresh.values(used_at=now))).rowcount != 1:
        return None
    row = await session.get(SocketTicketRecord, ticket_hash)
    return row.token_hash if row else None
