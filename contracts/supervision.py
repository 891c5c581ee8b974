"""What supervisors see and set: the living board, the rules of the running shop, a day played again."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.events import ConversationRow
from contracts.frames import AgentView, SlaFrame
from contracts.wire import WireModel

Section = Literal["routing", "hours", "calendar", "sla", "order"]


class Board(WireModel):
    """As it stands now; every change after it arrives by the socket (`row`, `agent`, `sla`). `deadlines`: those that
    came near or passed since midnight in Shanghai, the newest first."""

    agents: list[AgentView]
    rows: list[ConversationRow]
    deadlines: list[SlaFrame]
    response_s: int
    warn_s: int


class RulesInForce(WireModel):
    """`version` 0 is the file alone. `changed`: the sections this shop has set otherwise than the file."""

    version: int
    changed_by: str
    changed_at: datetime | None
    changed: list[Section]
    sections: dict[Section, dict[str, Any]]


class RulesChange(WireModel):
    """`version` is the one that was looked at: somebody else's change in between is not overwritten. A section that is
    None goes back to the file."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    sections: dict[Section, dict[str, Any] | None]


class ReplayedAgent(WireModel):
    agent_id: str
    name: str
    taken: int
    most_at_once: int


class ReplayedDay(WireModel):
    strategy: Literal["least_loaded", "longest_idle", "round_robin", "skill_first"]
    is_in_force: bool
    served: int
    left_over: int
    mean_wait_s: int
    p90_wait_s: int
    longest_wait_s: int
    loads: list[ReplayedAgent]


class DryRun(WireModel):
    """One day's handoffs through each strategy."""

    day: date
    handoffs: int
    strategies: list[ReplayedDay]
