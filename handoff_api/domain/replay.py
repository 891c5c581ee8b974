"""A day played again: the handoffs as they came, the same agents, another strategy. Pure, and the very `decide` that
routes the living queue.

What is assumed, because the record does not know it: an agent is there from their first offer to the end of their last
conversation; every conversation takes as long as it really took, whoever has it (the middle length where none is
known); an offer is accepted at once; nobody leaves the queue.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import fmean, median

from handoff_api.domain.routing import Candidate, Waiting, decide
from handoff_api.domain.rules import Routing

USUAL_S = 600.0
"""How long a conversation takes where no length at all is known."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Arrival:
    at: datetime
    skill: str = "general"
    weight: int = 1
    held_s: float | None = None


@dataclass(frozen=True)
class AgentLoad:
    agent_id: str
    name: str
    taken: int
    most_at_once: int


@dataclass(frozen=True)
class Outcome:
    """`left_over`: nobody was there who could have taken them."""

    served: int
    left_over: int
    mean_wait_s: int
    p90_wait_s: int
    longest_wait_s: int
    loads: tuple[AgentLoad, ...]


@dataclass
class _Day:
    """The state while it is played."""

    agents: dict[str, Candidate]
    queue: list[Arrival] = field(default_factory=list)
    events: list[tuple[datetime, int, str, int]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def at(self, instant: datetime, agent_id: str = "", weight: int = 0) -> None:
        """Something changes then: a conversation of that agent ends, or it is merely time to look again."""
        self.count += 1
        heapq.heappush(self.events, (instant, self.count, agent_id, weight))


def replay(
    arrivals: Sequence[Arrival], agents: Sequence[Candidate], present: Mapping[str, Span], rules: Routing
) -> Outcome:
    usual_s = median([each.held_s for each in arrivals if each.held_s is not None] or [USUAL_S])
    day = _Day({each.agent_id: replace(each, load=0, last_assigned_at=None) for each in agents})
    coming = sorted(arrivals, key=lambda each: each.at)
    for arrival in coming:
        day.at(arrival.at)
        day.at(arrival.at + timedelta(seconds=rules.overflow_s))
    for start, _ in present.values():
        day.at(start)
    while day.events:
        now, _, agent_id, weight = heapq.heappop(day.events)
        if agent_id:
            day.agents[agent_id] = replace(day.agents[agent_id], load=day.agents[agent_id].load - weight)
        while coming and coming[0].at <= now:
            day.queue.append(coming.pop(0))
        _match(day, present, rules, usual_s, now)
    return _outcome(day, agents)


def _match(day: _Day, present: Mapping[str, Span], rules: Routing, usual_s: float, now: datetime) -> None:
    for arrival in list(day.queue):
        here = [agent for agent in day.agents.values() if _is_here(agent, present, now)]
        waiting = Waiting(skill=arrival.skill, waited=now - arrival.at, weight=arrival.weight)
        chosen = decide(waiting, here, rules).agent
        if chosen is None:
            continue
        day.queue.remove(arrival)
        day.waits.append((now - arrival.at).total_seconds())
        taking = replace(chosen, load=chosen.load + arrival.weight, last_assigned_at=now)
        day.agents[chosen.agent_id] = taking
        day.taken[chosen.agent_id] = day.taken.get(chosen.agent_id, 0) + 1
        day.most[chosen.agent_id] = max(day.most.get(chosen.agent_id, 0), taking.load)
        held = timedelta(seconds=usual_s if arrival.held_s is None else arrival.held_s)
        day.at(now + held, chosen.agent_id, arrival.weight)


def _is_here(agent: Candidate, present: Mapping[str, Span], now: datetime) -> bool:
    start, end = present.get(agent.agent_id, (now, now - timedelta(1)))
    return start <= now <= end


def _outcome(day: _Day, agents: Sequence[Candidate]) -> Outcome:
    waits = sorted(day.waits)
    loads = [
        AgentLoad(each.agent_id, each.name, day.taken.get(each.agent_id, 0), day.most.get(each.agent_id, 0))
        for each in agents
    ]
    return Outcome(
        served=len(waits),
        left_over=len(day.queue),
        mean_wait_s=round(fmean(waits)) if waits else 0,
        p90_wait_s=round(waits[min(len(waits) - 1, int(len(waits) * 0.9))]) if waits else 0,
        longest_wait_s=round(waits[-1]) if waits else 0,
        loads=tuple(loads),
    )
