"""Accounts as they are made and changed: by an admin, by their owner, or on the console
(`python -m handoff_api.staff`).

Rule 1. A new password, a new role or the end of an account ends all its sign-ins at once, wherever they are.
Rule 2. Every change is in the audit log: who, whom, which fields and which role; never a password.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.staff import Account, AgentChange, AuditEntry, NewAgent, PasswordChange
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.roles import Right, may
from handoff_api.errors import AccountNotFound, LastAdmin, LoginTaken, PasswordRefused, RateLimited
from handoff_api.record import agents, audit, service
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.accounts import hash_password, is_password
from handoff_api.services.agent_desk import AgentDesk
from handoff_api.services.herald import Herald
from handoff_api.store.limits import Limits

log = structlog.get_logger()

ENDS_SIGN_INS = {"password", "role", "is_active"}
PASSWORD_TRIES_PER_MINUTE = 5


class Personnel:
    def __init__(
        self, record: Record, agent_desk: AgentDesk, herald: Herald, limits: Limits, clock: Clock, *, shop_id: str
    ) -> None:
        self._record = record
        self._agent_desk = agent_desk
        self._herald = herald
        self._limits = limits
        self._clock = clock
        self._shop_id = shop_id

    async def listed(self) -> list[Account]:
        async with self._record.reading() as session:
            return [_view(row) for row in await agents.all_of_shop(session, self._shop_id)]

    async def add(self, actor: str, new: NewAgent) -> Account:
        password_hash = await asyncio.to_thread(hash_password, new.password)
        now = self._clock()
        async with self._record.writing() as session:
            if new.username in {row.login for row in await agents.all_of_shop(session, self._shop_id)}:
                raise LoginTaken
            row = AgentRecord(
                agent_id=new_id("agent"),
                shop_id=self._shop_id,
                login=new.username,
                password_hash=password_hash,
                name=new.name,
                role=new.role,
                skills=new.skills,
                capacity=new.capacity,
                gone_since=now,
            )
            session.add(row)
            await session.flush()
            self._note(session, actor, "account.added", row, now=now, role=row.role)
            return _view(row)

    async def change(self, actor: str, agent_id: str, change: AgentChange) -> Account:
        """Takes effect at once: routing is matched anew, and who may no longer be signed in is not."""
        wanted = change.model_dump(exclude_none=True)
        password_hash = await asyncio.to_thread(hash_password, change.password) if change.password else None
        now = self._clock()
        async with self._record.writing() as session:
            row = await self._account(session, agent_id)
            changed = [name for name, value in wanted.items() if name == "password" or getattr(row, name) != value]
            did_manage = _manages(row)
            for name in changed:
                setattr(row, *(("password_hash", password_hash) if name == "password" else (name, wanted[name])))
            if did_manage and not _manages(row):
                await self._require_another_admin(session, row)
            ended = await self._end_sign_ins(session, row, changed, now=now)
            self._note(session, actor, "account.changed", row, now=now, fields=changed, role=row.role)
        await self._tell(agent_id, ended)
        return _view(row)

    async def change_own_password(self, agent: AgentRecord, wish: PasswordChange) -> None:
        """All sign-ins end, this one too: whoever has the new password comes back with it."""
        per_minute = PASSWORD_TRIES_PER_MINUTE
        is_allowed = await self._limits.take(
            "password", agent.agent_id, per_s=per_minute / 60, burst=per_minute, now=self._clock()
        )
        if not is_allowed:
            raise RateLimited
        if not await asyncio.to_thread(is_password, agent.password_hash, wish.current):
            raise PasswordRefused
        await self.change(agent.agent_id, agent.agent_id, AgentChange(password=wish.new))

    async def audit_log(self, *, before: int | None, limit: int) -> list[AuditEntry]:
        async with self._record.reading() as session:
            rows = await audit.newest(session, self._shop_id, before=before, limit=limit)
        return [AuditEntry.model_validate(row, from_attributes=True) for row in rows]

    async def _account(self, session: AsyncSession, agent_id: str) -> AgentRecord:
        row = await agents.locked(session, agent_id)
        if row is None or row.shop_id != self._shop_id:
            raise AccountNotFound
        return row

    async def _require_another_admin(self, session: AsyncSession, row: AgentRecord) -> None:
        """Nobody locks everybody out."""
        everyone = await agents.all_of_shop(session, self._shop_id)
        if not any(_manages(other) for other in everyone if other.agent_id != row.agent_id):
            raise LastAdmin

    async def _end_sign_ins(
        self, session: AsyncSession, row: AgentRecord, changed: Sequence[str], *, now: datetime
    ) -> list[str]:
        if not ENDS_SIGN_INS & set(changed):
            return []
        return await agents.end_sign_ins(session, row.agent_id, now)

    async def _tell(self, agent_id: str, ended: Sequence[str]) -> None:
        for token_hash in ended:
            await self._herald.signed_out(token_hash)
        await self._herald.agent_changed(agent_id)
        await self._agent_desk.staff_changed(agent_id)

    def _note(
        self, session: AsyncSession, actor: str, action: str, row: AgentRecord, *, now: datetime, **facts: Any
    ) -> None:
        service.audit(session, row.shop_id, actor, action, row.agent_id, now=now, **facts)
        log.info(action, agent_id=row.agent_id, by=actor)


def _manages(row: AgentRecord) -> bool:
    return row.is_active and may(row.role, Right.MANAGE)


def _view(row: AgentRecord) -> Account:
    return Account.model_validate(
        {
            "agent_id": row.agent_id,
            "username": row.login,
            "name": row.name,
            "role": row.role,
            "skills": row.skills,
            "capacity": row.capacity,
            "is_active": row.is_active,
        }
    )
