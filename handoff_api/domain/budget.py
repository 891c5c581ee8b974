"""What a platform still allows, as a budget.

Rule 1. The shopper's message replaces everything: so many messages, for so long. They do not add up.
Rule 2. An event (follow, menu, entering) helps only where less was left.
Rule 3. The last message of a message's window is reserved for the handoff and for "write anything to go on"; an
        event allows too little for that.
Rule 4. What was refused or never reached the platform is given back.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from handoff_api.domain.clock import to_ms

Grants = list[list[int]]
"""[[until in ms, messages left, of them reserved, granted], …]; the one that ends first is spent first."""


class Decision(StrEnum):
    SEND = "send"
    PROMPT = "prompt"
    HOLD = "hold"


def open_grants(grants: Grants, *, now: datetime) -> Grants:
    return sorted([*grant] for grant in grants if grant[0] > to_ms(now))


def granted(grants: Grants, *, left: int, lasting: timedelta, since: datetime, is_message: bool) -> Grants:
    grant = [to_ms(since + lasting), left, int(is_message), left]
    known = open_grants(grants, now=since)
    if is_message:
        return [grant]
    return known if left_of(known) >= left else sorted([*known, grant])


def left_of(grants: Grants) -> int:
    return sum(grant[1] for grant in grants)


def decide(grants: Grants, *, may_use_reserve: bool, now: datetime) -> Decision:
    known = open_grants(grants, now=now)
    left, reserved = left_of(known), max((grant[2] for grant in known), default=0)
    if left <= 0:
        return Decision.HOLD
    return Decision.SEND if left > reserved or may_use_reserve else Decision.PROMPT


def spent(grants: Grants, *, now: datetime) -> Grants:
    known = open_grants(grants, now=now)
    for grant in known:
        if grant[1] > 0:
            grant[1] -= 1
            break
    return known


def given_back(grants: Grants, *, now: datetime) -> Grants:
    known = open_grants(grants, now=now)
    if known:
        known[-1][1] += 1
    return known


def emptied(grants: Grants, *, now: datetime) -> Grants:
    """The platform counts less than we do; it is right."""
    return [[until, 0, *rest] for until, _, *rest in open_grants(grants, now=now)]
