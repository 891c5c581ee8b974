"""What each role may do: one table. Whoever needs a right asks here and nowhere else."""

from enum import StrEnum

from handoff_api.errors import Forbidden


class Right(StrEnum):
    READ = "read"
    """Conversations, lists, customers."""
    WORK = "work"
    """Speak with shoppers, take conversations, write notes."""
    LEAD = "lead"
    """Step into colleagues' conversations, keep what belongs to the shop."""
    AUDIT = "audit"
    """Read who did what."""
    MANAGE = "manage"
    """Accounts: who works here, in which role, with which skills."""


RIGHTS = {
    "agent": {Right.READ, Right.WORK},
    "supervisor": {Right.READ, Right.WORK, Right.LEAD},
    "admin": {Right.READ, Right.WORK, Right.LEAD, Right.AUDIT, Right.MANAGE},
    "auditor": {Right.READ, Right.AUDIT},
}


def may(role: str, right: Right) -> bool:
    return right in RIGHTS.get(role, ())


def require(role: str, right: Right) -> None:
    if not may(role, right):
        raise Forbidden
