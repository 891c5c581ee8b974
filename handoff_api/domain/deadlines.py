"""The service's deadlines: first answer, each answer, the end. Counted while somebody is expected at the desks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.events import Status
from handoff_api.domain.hours import add_on_duty
from handoff_api.domain.rules import Deadline, Sla

Kind = Literal["first_response", "response", "resolution"]
Stage = Literal["warned", "breached"]

OPEN = (Status.QUEUED, Status.OFFERED, Status.ACTIVE)


@dataclass(frozen=True)
class Served:
    """A conversation with people: asked for at `requested_at`, first answered at `answered_at`, and the shopper's
    oldest unanswered message since then."""

    status: Status
    requested_at: datetime
    answered_at: datetime | None
    unanswered_since: datetime | None


@dataclass(frozen=True)
class Due:
    kind: Kind
    stage: Stage
    due_at: datetime


def due(served: Served, rules: Sla, *, now: datetime) -> Iterator[Due]:
    """What has come near or has passed by `now`."""
    if served.status not in OPEN:
        return
    if served.answered_at is None:
        yield from _of("first_response", served.requested_at, rules.first_response, rules, now)
    elif served.unanswered_since is not None:
        yield from _of("response", served.unanswered_since, rules.response, rules, now)
    yield from _of("resolution", served.requested_at, rules.resolution, rules, now)


def _of(kind: Kind, start: datetime, deadline: Deadline, rules: Sla, now: datetime) -> Iterator[Due]:
    due_at = add_on_duty(start, deadline.within_s, rules.clock)
    if now >= due_at:
        yield Due(kind, "breached", due_at)
    elif now >= add_on_duty(start, deadline.warn_s, rules.clock):
        yield Due(kind, "warned", due_at)
