"""Which agent a waiting conversation is offered to, and why: filters first, then one of four strategies."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from contracts.events import AgentChoice, ConsideredAgent
from handoff_api.domain.rules import Routing, Strategy

Outcome = Literal["free", "full", "lacks_skill", "junior", "passed"]

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SHOWN = 12
"""Agents an explanation names; the rest of a big team says nothing more."""


@dataclass(frozen=True)
class Candidate:
    """An agent who is online for routing. `load` is the weight of what they hold and of what is reserved for them."""

    agent_id: str
    skills: frozenset[str]
    capacity: int
    load: int
    last_assigned_at: datetime | None = None
    level: int = 1
    name: str = ""

    @property
    def idle_since(self) -> datetime:
        return self.last_assigned_at or _LONG_AGO

    def has_room(self, weight: int = 1) -> bool:
        return self.load + weight <= self.capacity


@dataclass(frozen=True)
class Waiting:
    """What is to be matched. `passed` said no a moment ago; `last_agent` served this shopper the last time."""

    skill: str = "general"
    waited: timedelta = timedelta()
    weight: int = 1
    passed: Collection[str] = ()
    last_agent: str | None = None


@dataclass(frozen=True)
class Decision:
    """`agent` is None where nobody fits now. `is_held_up`: only by who passed or is waited for, so that a later
    conversation of the same group may still find somebody."""

    agent: Candidate | None
    strategy: str
    outcomes: Sequence[tuple[Candidate, Outcome]] = field(default=())
    is_held_up: bool = False


def decide(waiting: Waiting, online: Iterable[Candidate], rules: Routing) -> Decision:
    everyone = list(online)
    outcomes = [(agent, _outcome(agent, waiting, everyone, rules)) for agent in everyone]
    fit = [agent for agent, outcome in outcomes if outcome == "free"]
    last = next((agent for agent in everyone if agent.agent_id == waiting.last_agent), None)
    if last in fit:
        return Decision(last, "sticky", outcomes)
    if last and _is_waited_for(last, waiting, rules):
        return Decision(None, "sticky", outcomes, is_held_up=True)
    if not fit:
        return Decision(None, rules.strategy, outcomes, is_held_up=bool(waiting.passed))
    return Decision(STRATEGIES[rules.strategy](fit, everyone), rules.strategy, outcomes)


def _outcome(agent: Candidate, waiting: Waiting, everyone: Sequence[Candidate], rules: Routing) -> Outcome:
    if agent.agent_id in waiting.passed:
        return "passed"
    if not agent.has_room(waiting.weight):
        return "full"
    is_overflown = waiting.waited >= timedelta(seconds=rules.overflow_s)
    if not is_overflown and agent.level < rules.level.get(waiting.skill, 1):
        return "junior"
    somebody_knows = any(waiting.skill in other.skills for other in everyone)
    is_skilled = waiting.skill == "general" or waiting.skill in agent.skills or not somebody_knows
    return "free" if is_skilled or is_overflown else "lacks_skill"


def _is_waited_for(last: Candidate, waiting: Waiting, rules: Routing) -> bool:
    """For a moment, where only their room is missing."""
    is_patient = waiting.waited < timedelta(seconds=rules.sticky_wait_s)
    return is_patient and last.agent_id not in waiting.passed and last.capacity >= waiting.weight


# --- strategies: those who fit, and everybody who is online → one of those who fit ----------------------------------
def least_loaded(fit: Sequence[Candidate], online: Sequence[Candidate]) -> Candidate:
    """By the number of conversations; a tie goes to whoever has been idle longest."""
    return min(fit, key=lambda agent: (agent.load, agent.idle_since, agent.agent_id))


def longest_idle(fit: Sequence[Candidate], online: Sequence[Candidate]) -> Candidate:
    return min(fit, key=lambda agent: (agent.idle_since, agent.load, agent.agent_id))


def round_robin(fit: Sequence[Candidate], online: Sequence[Candidate]) -> Candidate:
    """The next in turn after whoever got the last one; the turn is the agents' ids in order."""
    latest = max(online, key=lambda agent: (agent.idle_since, agent.agent_id))
    return min(fit, key=lambda agent: (agent.agent_id <= latest.agent_id, agent.agent_id))


def skill_first(fit: Sequence[Candidate], online: Sequence[Candidate]) -> Candidate:
    """The most specialised, so that those who know everything stay free."""
    return min(fit, key=lambda agent: (len(agent.skills), agent.load, agent.idle_since, agent.agent_id))


STRATEGIES: dict[Strategy, Callable[[Sequence[Candidate], Sequence[Candidate]], Candidate]] = {
    "least_loaded": least_loaded,
    "longest_idle": longest_idle,
    "round_robin": round_robin,
    "skill_first": skill_first,
}

# --- why this agent -------------------------------------------------------------------------------------------------
_REASONS = {
    "sticky": "上次就是这位客服接待",
    "least_loaded": "接待数最少",
    "longest_idle": "空闲最久",
    "round_robin": "按顺序轮到",
    "skill_first": "最专长这类问题",
    "by_hand": "由人手动选定",
}
_OUTCOMES = {"full": "接待数已满", "lacks_skill": "不在这个技能组", "junior": "级别不够", "passed": "刚刚没有接受"}


def explain(decision: Decision, *, now: datetime) -> AgentChoice:
    """Who was looked at and who lost by what; the chosen one first."""
    chosen = decision.agent
    if chosen is None:
        raise ValueError("nobody was chosen")
    rest = sorted((pair for pair in decision.outcomes if pair[0] != chosen), key=lambda pair: pair[1] != "free")
    reason = _REASONS[decision.strategy]
    shown = [_considered(chosen, "chosen", reason)]
    shown += [_considered(agent, outcome, _lost(agent, outcome, chosen, decision)) for agent, outcome in rest]
    return AgentChoice(
        agent_id=chosen.agent_id,
        agent_name=chosen.name,
        strategy=decision.strategy,
        text=f"{reason}（在线 {len(decision.outcomes)} 位，可接待 {_free(decision)} 位）",
        at=now,
        considered=shown[:SHOWN],
    )


def chosen_by_hand(agent_id: str, name: str, text: str, *, now: datetime) -> AgentChoice:
    return AgentChoice(agent_id=agent_id, agent_name=name, strategy="by_hand", text=text, at=now)


def _free(decision: Decision) -> int:
    return sum(1 for _, outcome in decision.outcomes if outcome == "free")


def _lost(agent: Candidate, outcome: Outcome, chosen: Candidate, decision: Decision) -> str:
    if outcome != "free":
        return _OUTCOMES[outcome]
    if decision.strategy == "least_loaded" and agent.load > chosen.load:
        return f"接待数 {agent.load}，多于 {chosen.load}"
    if decision.strategy == "skill_first" and len(agent.skills) > len(chosen.skills):
        return "技能更多，留给别的问题"
    if decision.strategy == "sticky":
        return "有空，但上次不是这位接待"
    return "还没轮到" if decision.strategy == "round_robin" else "空闲时间更短"


def _considered(agent: Candidate, outcome: Outcome | Literal["chosen"], text: str) -> ConsideredAgent:
    return ConsideredAgent(
        agent_id=agent.agent_id,
        name=agent.name,
        load=agent.load,
        capacity=agent.capacity,
        outcome=outcome,
        text=text,
    )
