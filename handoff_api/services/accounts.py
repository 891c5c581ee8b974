"""Agents' accounts: passwords (argon2id), sign-ins (an opaque cookie, hashed at rest), tickets for sockets."""

import asyncio
import hashlib
import secrets
from datetime import timedelta

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.text import without_controls
from handoff_api.errors import AccountLocked, NotSignedIn, RateLimited, SignInRefused, TokenInvalid
from handoff_api.record import agents, service
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.herald import Herald
from handoff_api.store.limits import Limits

log = structlog.get_logger()

TICKET_LIFETIME = timedelta(seconds=30)
FAILURES_UNTIL_LOCKED = 10
SIGN_INS_PER_ADDRESS = 10
"""Times what one login may try from there: an office behind one address, and no more logins than that to guess at."""
LOCKED_FOR = timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(16))
"""Checked where the login is unknown, so that both answers take the same time."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Accounts:
    def __init__(
        self,
        record: Record,
        limits: Limits,
        herald: Herald,
        clock: Clock,
        *,
        shop_id: str,
        sign_in_lifetime: timedelta,
        sign_ins_per_minute: int,
    ) -> None:
        self._record = record
        self._limits = limits
        self._herald = herald
        self._clock = clock
        self._shop_id = shop_id
        self._sign_in_lifetime = sign_in_lifetime
        self._sign_ins_per_minute = sign_ins_per_minute

    async def sign_in(self, login: str, password: str, *, address: str) -> tuple[str, AgentRecord]:
        """The cookie's token and the agent. One answer for a wrong login and a wrong password."""
        login = without_controls(login)
        await self._require_patience(login, address)
        now = self._clock()
        async with self._record.reading() as session:
            agent = await agents.by_login(session, self._shop_id, login)
        if agent and agent.locked_until and agent.locked_until > now:
            raise AccountLocked
        is_right = await asyncio.to_thread(is_password, agent.password_hash if agent else _NOBODYS_HASH, password)
        if agent is None or not is_right:
            await self._refused(agent)
            raise SignInRefused
        return await self._signed_in(agent), agent

    async def _require_patience(self, login: str, address: str) -> None:
        for principal, times in ((address, SIGN_INS_PER_ADDRESS), (f"{address}|{login}", 1)):
            burst = self._sign_ins_per_minute * times
            if not await self._limits.take("sign-in", principal, per_s=burst / 60, burst=burst, now=self._clock()):
                raise RateLimited

    async def _signed_in(self, agent: AgentRecord) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        async with self._record.writing() as session:
            row = await agents.locked(session, agent.agent_id)
            if row is None:
                raise SignInRefused
            row.failed_sign_ins, row.locked_until = 0, None
            until = now + self._sign_in_lifetime
            await agents.sign_in(session, hash_token(token), agent.agent_id, now=now, until=until)
            service.audit(session, agent.shop_id, agent.agent_id, "agent.signed_in", agent.agent_id, now=now)
        log.info("agent.signed_in", agent_id=agent.agent_id)
        return token

    async def _refused(self, agent: AgentRecord | None) -> None:
        log.info("agent.sign_in_refused", agent_id=agent.agent_id if agent else None)
        if agent is None:
            return
        now = self._clock()
        async with self._record.writing() as session:
            row = await agents.locked(session, agent.agent_id)
            if row is None:
                return
            row.failed_sign_ins += 1
            if row.failed_sign_ins >= FAILURES_UNTIL_LOCKED:
                row.failed_sign_ins, row.locked_until = 0, now + LOCKED_FOR
            service.audit(session, row.shop_id, row.agent_id, "agent.sign_in_refused", row.agent_id, now=now)

    async def agent(self, token: str | None) -> AgentRecord:
        """Whose cookie this is; raises NotSignedIn."""
        if not token:
            raise NotSignedIn
        return await self.agent_of_sign_in(hash_token(token))

    async def agent_of_sign_in(self, token_hash: str) -> AgentRecord:
        async with self._record.reading() as session:
            agent = await agents.signed_in(session, token_hash, self._clock())
        if agent is None:
            raise NotSignedIn
        return agent

    async def sign_out(self, token: str) -> None:
        """Its open sockets end with it."""
        token_hash = hash_token(token)
        async with self._record.writing() as session:
            await agents.sign_out(session, token_hash, self._clock())
        await self._herald.signed_out(token_hash)

    async def close_ended(self) -> None:
        """The connections of this process whose sign-in has ended elsewhere, for when the hint of it was lost."""
        heard = self._herald.open_sign_ins()
        if not heard:
            return
        async with self._record.reading() as session:
            valid = await agents.valid_sign_ins(session, heard, self._clock())
        for token_hash in heard - valid:
            self._herald.close_sign_in(token_hash)

    async def issue_ticket(self, token: str) -> str:
        await self.agent(token)
        ticket = secrets.token_urlsafe(24)
        async with self._record.writing() as session:
            until = self._clock() + TICKET_LIFETIME
            await agents.add_ticket(session, hash_token(ticket), hash_token(token), until)
        return ticket

    async def use_ticket(self, ticket: str) -> tuple[str, AgentRecord]:
        """The sign-in the socket belongs to, and its agent. A ticket opens one socket."""
        async with self._record.writing() as session:
            token_hash = await agents.use_ticket(session, hash_token(ticket), self._clock())
        if token_hash is None:
            raise TokenInvalid
        return token_hash, await self.agent_of_sign_in(token_hash)

    async def add_agent(
        self, login: str, password: str, name: str, *, role: str, skills: list[str], capacity: int
    ) -> bool:
        """False if the login is taken already."""
        password_hash = await asyncio.to_thread(hash_password, password)
        async with self._record.writing() as session:
            if await agents.by_login(session, self._shop_id, login):
                return False
            session.add(
                AgentRecord(
                    agent_id=new_id("agent"),
                    shop_id=self._shop_id,
                    login=login,
                    password_hash=password_hash,
                    name=name,
                    role=role,
                    skills=skills,
                    capacity=capacity,
                    gone_since=self._clock(),
                )
            )
        return True


def is_password(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
