"""Accounts as an admin sees and changes them, and the audit log as an admin or an auditor reads it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.wire import NO_NUL, WireModel

Role = Literal["agent", "supervisor", "admin", "auditor"]
Login = Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Name = Annotated[str, Field(min_length=1, max_length=40, pattern=NO_NUL)]
Password = Annotated[str, Field(min_length=10, max_length=256)]
Skill = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Skills = Annotated[list[Skill], Field(max_length=40)]
Capacity = Annotated[int, Field(ge=0, le=50)]


class NewAgent(WireModel):
    username: Login
    password: Password
    name: Name
    role: Role = "agent"
    skills: Skills = []
    capacity: Capacity = 5


class AgentChange(WireModel):
    """Only what is named changes. A new password, a new role or `is_active: false` ends all sign-ins of the account."""

    password: Password | None = None
    name: Name | None = None
    role: Role | None = None
    skills: Skills | None = None
    capacity: Capacity | None = None
    is_active: bool | None = None


class Account(WireModel):
    agent_id: str
    username: str
    name: str
    role: Role
    skills: list[str]
    capacity: int
    is_active: bool


class Accounts(WireModel):
    accounts: list[Account]


class PasswordChange(WireModel):
    current: Annotated[str, Field(min_length=1, max_length=256)]
    new: Password


class AuditEntry(WireModel):
    """`position` and `hash` are its place in the chain, once it is sealed."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Any]
    position: int | None
    hash: str | None


class AuditLog(WireModel):
    """Newest first."""

    entries: list[AuditEntry]
