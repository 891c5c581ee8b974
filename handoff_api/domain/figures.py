"""The figures of a shop, counted from its service sessions. Pure: what is counted and how stands here alone.

Rule 1. A session belongs to the Shanghai day it began on, and everything in it counts for that day.
Rule 2. Contained is a session nobody asked a person for. That says nothing about whether it helped, so beside it stands
        the verified resolution: contained, a day old, the shopper did not come back within that day and gave no rating
        below three. Sessions that are younger are not judged yet, and count in neither part of that rate.
Rule 3. A mean is over those that have the figure; where nobody has it, it is None and not nought.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.desk import AgentFigures, DayFigures, Figures, NamedFigures, Share
from handoff_api.domain.hours import SHANGHAI

SETTLED = timedelta(days=1)
POOR = 3


@dataclass(frozen=True)
class Take:
    """An agent took the conversation; `answered_at` is that agent's first message after it."""

    agent_id: str
    started_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Served:
    """A service session. `group` and `reason` are of its first handoff; `came_back_at`: the shopper's next session."""

    session_id: str
    channel: str
    started_at: datetime
    ended_at: datetime | None = None
    requested_at: datetime | None = None
    group: str = ""
    reason: str = ""
    takes: tuple[Take, ...] = ()
    score: int | None = None
    rated_agent: str | None = None
    intents: tuple[str, ...] = ()
    came_back_at: datetime | None = None

    @property
    def day(self) -> date:
        return self.started_at.astimezone(SHANGHAI).date()

    @property
    def is_contained(self) -> bool:
        return self.requested_at is None and not self.takes

    def is_judged(self, now: datetime) -> bool:
        return self.is_contained and now - self.started_at >= SETTLED

    def is_verified(self, now: datetime) -> bool:
        is_back = self.came_back_at is not None and self.came_back_at - self.started_at < SETTLED
        return self.is_judged(now) and not is_back and (self.score is None or self.score >= POOR)

    @property
    def wait_s(self) -> float | None:
        """From the wish for a person to the agent who took it."""
        if self.requested_at is None or not self.takes:
            return None
        return max(0.0, (self.takes[0].started_at - self.requested_at).total_seconds())

    @property
    def resolution_s(self) -> float | None:
        """From the wish for a person to the end of the session."""
        if self.requested_at is None or self.ended_at is None or not self.takes:
            return None
        return (self.ended_at - self.requested_at).total_seconds()


def matching(served: Iterable[Served], *, group: str = "", channel: str = "", agent_id: str = "") -> list[Served]:
    """Empty means any. What has no handoff has no group."""
    return [
        each
        for each in served
        if (not group or each.group == group)
        and (not channel or each.channel == channel)
        and (not agent_id or any(take.agent_id == agent_id for take in each.takes))
    ]


def figures(served: Sequence[Served], now: datetime) -> Figures:
    scores = [each.score for each in served if each.score is not None]
    return Figures(
        sessions=len(served),
        handoffs=sum(each.requested_at is not None for each in served),
        contained=sum(each.is_contained for each in served),
        judged=sum(each.is_judged(now) for each in served),
        verified=sum(each.is_verified(now) for each in served),
        wait_s=_mean_s(each.wait_s for each in served),
        first_response_s=_mean_s(_answer_s(take) for each in served for take in each.takes),
        resolution_s=_mean_s(each.resolution_s for each in served),
        rating=round(sum(scores) / len(scores), 2) if scores else None,
        ratings=len(scores),
    )


def by_day(served: Sequence[Served], days: Iterable[date], now: datetime) -> list[DayFigures]:
    parts = _parted(served, lambda each: each.day)
    return [DayFigures(day=day, **figures(parts.get(day, []), now).model_dump()) for day in days]


def by_name(served: Sequence[Served], name: Callable[[Served], str], now: datetime) -> list[NamedFigures]:
    """The most sessions first; what has no name is left out."""
    parts = _parted([each for each in served if name(each)], name)
    found = [NamedFigures(name=key, **figures(part, now).model_dump()) for key, part in parts.items()]
    return sorted(found, key=lambda each: (-each.sessions, each.name))


def by_agent(served: Sequence[Served], names: dict[str, str]) -> list[AgentFigures]:
    """`handled` are conversations taken; a rating counts for the agent the session ended with."""
    takes = [(take, each) for each in served for take in each.takes]
    return [_of_agent(agent_id, names, takes, served) for agent_id, _ in _frequent(take.agent_id for take, _ in takes)]


def _of_agent(
    agent_id: str, names: dict[str, str], takes: Sequence[tuple[Take, Served]], served: Sequence[Served]
) -> AgentFigures:
    own = [(take, each) for take, each in takes if take.agent_id == agent_id]
    scores = [each.score for each in served if each.rated_agent == agent_id and each.score is not None]
    return AgentFigures(
        agent_id=agent_id,
        agent_name=names.get(agent_id, ""),
        handled=len(own),
        first_response_s=_mean_s(_answer_s(take) for take, _ in own),
        resolution_s=_mean_s(each.resolution_s for take, each in own if take is each.takes[-1]),
        rating=round(sum(scores) / len(scores), 2) if scores else None,
        ratings=len(scores),
    )


def shares(names: Iterable[str], most: int | None = None) -> list[Share]:
    return [Share(name=name, count=count) for name, count in _frequent(names)[:most]]


def _frequent(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(name for name in names if name).items(), key=lambda pair: (-pair[1], pair[0]))


def _answer_s(take: Take) -> float | None:
    return (take.answered_at - take.started_at).total_seconds() if take.answered_at else None


def _mean_s(values: Iterable[float | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None


def _parted[Key: Hashable](served: Sequence[Served], key: Callable[[Served], Key]) -> dict[Key, list[Served]]:
    parts: dict[Key, list[Served]] = {}
    for each in served:
        parts.setdefault(key(each), []).append(each)
    return parts
