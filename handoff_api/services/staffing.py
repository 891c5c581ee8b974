"""Who is here: living connections, and what that means for routing."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.frames import AgentView
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.roles import Right, may
from handoff_api.domain.routing import Candidate
from handoff_api.gatherer import Shared
from handoff_api.record import agents, conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.store.connection import StoreDown
from handoff_api.store.presence import Presence


@dataclass(frozen=True)
class Staff:
    """The agents a shopper could reach now. `is_present` counts the busy ones too: somebody is there."""

    candidates: tuple[Candidate, ...] = ()
    is_present: bool = False

    @property
    def slots(self) -> int:
        return sum(agent.capacity for agent in self.candidates)

    @property
    def free_slots(self) -> int:
        return sum(max(0, agent.capacity - agent.load) for agent in self.candidates)


class Staffing:
    """Connections of this process are known here even while Redis is away."""

    def __init__(self, record: Record, presence: Presence, clock: Clock, *, lifetime: timedelta, shop_id: str) -> None:
        self._record = record
        self._presence = presence
        self._clock = clock
        self._lifetime = lifetime
        self._shop_id = shop_id
        self._local: dict[str, set[str]] = {}
        self._looking = Shared(self._look)

    async def connect(self, agent_id: str) -> str:
        """A new generation: one connection of this agent."""
        generation = new_id("g")
        self._local.setdefault(agent_id, set()).add(generation)
        async with self._record.writing() as session:
            await agents.came(session, agent_id)
        await self.beat(agent_id, generation)
        return generation

    async def beat(self, agent_id: str, generation: str) -> None:
        try:
            await self._presence.beat(agent_id, generation, deadline=self._clock() + self._lifetime)
        except StoreDown:
            return  # known locally; the next beat writes it again

    async def disconnect(self, agent_id: str, generation: str) -> None:
        """The last one starts the grace period."""
        generations = self._local.get(agent_id, set())
        generations.discard(generation)
        if not generations:
            self._local.pop(agent_id, None)
        with suppress(StoreDown):
            await self._presence.leave(agent_id, generation)
        if agent_id not in await self.online():
            async with self._record.writing() as session:
                await agents.went(session, agent_id, self._clock())

    async def beat_all(self) -> None:
        """After Redis lost everything: say again who is connected here."""
        for agent_id, generations in tuple(self._local.items()):
            for generation in tuple(generations):
                await self.beat(agent_id, generation)

    async def online(self) -> set[str]:
        try:
            elsewhere = await self._presence.online(now=self._clock())
        except StoreDown:
            elsewhere = set()
        return elsewhere | set(self._local)

    async def mark_gone(self) -> None:
        """Agents without a connection anywhere whose going nobody saw (their process died with them). Who only seemed
        to be gone, because Redis had lost them for a moment, is here again."""
        online = await self.online()
        async with self._record.reading() as session:
            everyone = await agents.of_shop(session, self._shop_id)
        unseen = [row.agent_id for row in everyone if row.gone_since is None and row.agent_id not in online]
        back = [row.agent_id for row in everyone if row.gone_since is not None and row.agent_id in online]
        if unseen or back:
            async with self._record.writing() as session:
                for agent_id in unseen:
                    await agents.went(session, agent_id, self._clock())
                for agent_id in back:
                    await agents.came(session, agent_id)

    async def now(self) -> Staff:
        """All who ask at the same moment are told the same."""
        return await self._looking.get()

    async def _look(self) -> Staff:
        online = await self.online()
        if not online:
            return Staff()
        async with self._record.reading() as session:
            rows = [row for row in await agents.those(session, online) if may(row.role, Right.WORK)]
            counts = await conversations.open_counts(session, [row.agent_id for row in rows])
        here = [row for row in rows if row.presence == "online"]
        candidates = tuple(_candidate(row, counts[row.agent_id]) for row in here)
        return Staff(candidates, is_present=any(row.presence in ("online", "busy") for row in rows))

    async def view(self, session: AsyncSession, row: AgentRecord) -> AgentView:
        load = (await conversations.loads(session, [row.agent_id]))[row.agent_id]
        is_online = row.agent_id in await self.online()
        return AgentView.model_validate(
            {
                "agent_id": row.agent_id,
                "name": row.name,
                "role": row.role,
                "presence": row.presence if is_online else "offline",
                "capacity": row.capacity,
                "open_count": load.held,
                "offered_count": load.offered,
                "load": load.weight,
                "level": row.level,
                "skills": row.skills,
            }
        )


def _candidate(row: AgentRecord, load: int) -> Candidate:
    skills = frozenset(row.skills)
    return Candidate(row.agent_id, skills, row.capacity, load, row.last_assigned_at, row.level, row.name)
