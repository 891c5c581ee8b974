"""Which agent a waiting conversation is offered to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SKILL_PATIENCE = timedelta(seconds=60)
"""After this long anybody is better than nobody."""

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """An agent who is online for routing. `open_count` includes what is reserved for them."""

    agent_id: str
    skills: frozenset[str]
    capacity: int
    open_count: int
    last_assigned_at: datetime | None = None

    @property
    def is_free(self) -> bool:
        return self.open_count < self.capacity


def choose_agent(
    skill: str, waited: timedelta, online: Iterable[Candidate], *, passed: Collection[str] = ()
) -> Candidate | None:
    """Least loaded first; ties go to whoever has been idle longest. `passed` said no a moment ago."""
    everyone = list(online)
    free = [agent for agent in everyone if agent.is_free and agent.agent_id not in passed]
    skilled = [agent for agent in free if skill == "general" or skill in agent.skills]
    nobody_knows = not any(skill in agent.skills for agent in everyone)
    fit = skilled or (free if nobody_knows or waited >= SKILL_PATIENCE else [])
    return min(fit, key=lambda agent: (agent.open_count, agent.last_assigned_at or _LONG_AGO), default=None)
