"""Accounts, one's own password, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from contracts.staff import Account, Accounts, AgentChange, AuditLog, NewAgent, PasswordChange
from contracts.wire import Id
from handoff_api.endpoints.access import COOKIE, Admin, Auditing, BridgePart, OwnOrigin, SignedIn

router = APIRouter(tags=["staff"])

AuditId = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.post("/v1/agent/password", dependencies=[OwnOrigin], status_code=204)
async def change_password(wish: PasswordChange, bridge: BridgePart, agent: SignedIn) -> Response:
    """One's own. Ends all sign-ins of the account, this one too."""
    await bridge.personnel.change_own_password(agent, wish)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/v1")
    return response


@router.get("/v1/admin/agents")
async def list_accounts(bridge: BridgePart, admin: Admin) -> Accounts:
    """Everybody, those who have left as well."""
    return Accounts(accounts=await bridge.personnel.listed())


@router.post("/v1/admin/agents", dependencies=[OwnOrigin], status_code=201)
async def add_account(new: NewAgent, bridge: BridgePart, admin: Admin) -> Account:
    return await bridge.personnel.add(admin.agent_id, new)


@router.post("/v1/admin/agents/{agent_id}", dependencies=[OwnOrigin])
async def change_account(agent_id: Id, change: AgentChange, bridge: BridgePart, admin: Admin) -> Account:
    """A new password, a new role or `is_active: false` ends the account's sign-ins within two seconds."""
    return await bridge.personnel.change(admin.agent_id, agent_id, change)


@router.get("/v1/admin/audit")
async def audit_log(
    bridge: BridgePart, auditor: Auditing, before: AuditId = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> AuditLog:
    """Newest first; `before` is the `audit_id` of the last entry of the page before."""
    return AuditLog(entries=await bridge.personnel.audit_log(before=before, limit=limit))
