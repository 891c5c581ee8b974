"""Who answers: the life cycle of a conversation as one table.

Rule 1. A conversation has exactly one owner: the bot, the queue, one agent, or nobody (closed).
Rule 2. The epoch grows by one at every change of owner and at nothing else. Whatever is said on the shop's side
        carries the epoch it was made under; a stale one is refused.
Rule 3. A step that is not in the table is illegal, and nothing changes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.events import Status
from handoff_api.errors import IllegalStep, StaleEpoch


class Step(StrEnum):
    """What can happen to a conversation. The names say who does it where that is not plain."""

    REQUEST_PERSON = "request_person"
    OFFER = "offer"
    ACCEPT = "accept"
    RETURN_OFFER = "return_offer"  # declined, expired or withdrawn
    CLAIM = "claim"
    TAKE_OVER = "take_over"  # by a supervisor, whoever owns it
    LEAVE_QUEUE = "leave_queue"
    LEAVE_MESSAGE = "leave_message"
    REQUEUE = "requeue"  # transferred to a skill, or the agent is gone
    TRANSFER = "transfer"  # to one colleague, who must still accept
    FINISH = "finish"  # the agent is done but has not said how it ended
    CLOSE = "close"
    REOPEN = "reopen"  # the shopper writes while the agent is wrapping up
    GO_IDLE = "go_idle"
    OPEN_SESSION = "open_session"


TRANSITIONS: dict[tuple[Status, Step], Status] = {
    (Status.BOT, Step.REQUEST_PERSON): Status.QUEUED,
    (Status.BOT, Step.CLAIM): Status.ACTIVE,
    (Status.BOT, Step.TAKE_OVER): Status.ACTIVE,
    (Status.BOT, Step.LEAVE_MESSAGE): Status.MESSAGE_LEFT,
    (Status.BOT, Step.GO_IDLE): Status.CLOSED,
    (Status.QUEUED, Step.OFFER): Status.OFFERED,
    (Status.QUEUED, Step.CLAIM): Status.ACTIVE,
    (Status.QUEUED, Step.TAKE_OVER): Status.ACTIVE,
    (Status.QUEUED, Step.LEAVE_QUEUE): Status.BOT,
    (Status.QUEUED, Step.LEAVE_MESSAGE): Status.MESSAGE_LEFT,
    (Status.OFFERED, Step.ACCEPT): Status.ACTIVE,
    (Status.OFFERED, Step.RETURN_OFFER): Status.QUEUED,
    (Status.OFFERED, Step.TAKE_OVER): Status.ACTIVE,
    (Status.OFFERED, Step.LEAVE_QUEUE): Status.BOT,
    (Status.OFFERED, Step.LEAVE_MESSAGE): Status.MESSAGE_LEFT,
    (Status.ACTIVE, Step.REQUEUE): Status.QUEUED,
    (Status.ACTIVE, Step.TRANSFER): Status.OFFERED,
    (Status.ACTIVE, Step.TAKE_OVER): Status.ACTIVE,
    (Status.ACTIVE, Step.FINISH): Status.WRAP_UP,
    (Status.ACTIVE, Step.CLOSE): Status.CLOSED,
    (Status.WRAP_UP, Step.CLOSE): Status.CLOSED,
    (Status.WRAP_UP, Step.REOPEN): Status.ACTIVE,
    (Status.WRAP_UP, Step.TAKE_OVER): Status.ACTIVE,
    (Status.MESSAGE_LEFT, Step.CLAIM): Status.ACTIVE,
    (Status.MESSAGE_LEFT, Step.TAKE_OVER): Status.ACTIVE,
    (Status.MESSAGE_LEFT, Step.REQUEST_PERSON): Status.QUEUED,
    (Status.MESSAGE_LEFT, Step.LEAVE_QUEUE): Status.BOT,
    (Status.CLOSED, Step.OPEN_SESSION): Status.BOT,
}

WAITING = (Status.QUEUED, Status.OFFERED)
HELD = (Status.ACTIVE, Status.WRAP_UP)


@dataclass(frozen=True)
class Ownership:
    """The part of a conversation that decides who may speak. `agent_id` is set exactly while a person owns it."""

    status: Status
    epoch: int
    agent_id: str | None
    since: datetime

    @property
    def owner(self) -> str:
        if self.status in HELD:
            return f"agent:{self.agent_id}"
        if self.status is Status.BOT or self.status is Status.CLOSED:
            return self.status.value
        return "queue"


def advance(ownership: Ownership, step: Step, *, now: datetime, agent_id: str | None = None) -> Ownership:
    """What `ownership` becomes by `step`; `agent_id` names who takes it where a person becomes the owner."""
    try:
        status = TRANSITIONS[ownership.status, step]
    except KeyError:
        raise IllegalStep from None
    holder = (agent_id or ownership.agent_id) if status in HELD else None
    after = replace(ownership, status=status, agent_id=holder, since=now)
    return after if after.owner == ownership.owner else replace(after, epoch=ownership.epoch + 1)


def require_epoch(ownership: Ownership, epoch: int) -> None:
    """Refuse what was decided on an older state of affairs."""
    if ownership.epoch != epoch:
        raise StaleEpoch
