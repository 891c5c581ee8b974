"""Who is calling: the parts every route takes from here, so that no route checks on its own."""

from typing import Annotated

from fastapi import Depends, Header, Request

from contracts.identity import VisitorIdentity
from handoff_api.domain.roles import Right, require
from handoff_api.errors import OriginRefused, TokenInvalid
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge

COOKIE = "shouhou_agent"


def bridge_of(request: Request) -> Bridge:
    bridge: Bridge = request.app.state.bridge
    return bridge


BridgePart = Annotated[Bridge, Depends(bridge_of)]


def visitor_of(bridge: BridgePart, authorization: Annotated[str, Header()] = "") -> VisitorIdentity:
    """`Authorization: Bearer <visitor token>`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid
    return bridge.conversations.visitor(token.strip())


Visitor = Annotated[VisitorIdentity, Depends(visitor_of)]


def own_origin(request: Request, bridge: BridgePart) -> None:
    """A page of another origin may not act with an agent's cookie. Browsers name theirs in every POST."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in bridge.settings.own_origins:
        raise OriginRefused


OwnOrigin = Depends(own_origin)


async def agent_of(request: Request, bridge: BridgePart) -> AgentRecord:
    return await bridge.accounts.agent(request.cookies.get(COOKIE))


SignedIn = Annotated[AgentRecord, Depends(agent_of)]


def admin_of(agent: SignedIn) -> AgentRecord:
    require(agent.role, Right.MANAGE)
    return agent


def auditing_of(agent: SignedIn) -> AgentRecord:
    require(agent.role, Right.AUDIT)
    return agent


Admin = Annotated[AgentRecord, Depends(admin_of)]
Auditing = Annotated[AgentRecord, Depends(auditing_of)]


def address_of(request: Request, bridge: BridgePart) -> str:
    """The caller's address, behind a trusted proxy the one it reports last."""
    if bridge.settings.trusted_proxy:
        reported = request.headers.get("x-forwarded-for", "")
        if reported:
            return reported.rsplit(",", 1)[-1].strip()
    return request.client.host if request.client else ""


Address = Annotated[str, Depends(address_of)]
