"""The agents' routes: signing in and out, lists, the customer beside the conversation, readings."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from contracts.desk import EventPage, Mentions
from contracts.events import ConversationRow, ExplainedReading, Reading
from contracts.frames import AgentView, Snapshot
from contracts.wire import Id, WireModel
from handoff_api.endpoints.access import COOKIE, Address, BridgePart, OwnOrigin, SignedIn
from handoff_api.services.customers import Customer

router = APIRouter(tags=["agent"])

Before = Annotated[AwareDatetime, Field(gt=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))]
LAST_SEQ = 2**31 - 1
View = Literal["mine", "waiting", "served", "all", "closed", "bot"]


class SignIn(WireModel):
    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class SignedInView(WireModel):
    """Who is signed in, and at which shop: what the desk shows before its socket is open."""

    agent: AgentView
    shop_name: str


class SocketTicket(WireModel):
    ticket: str


class Conversations(WireModel):
    rows: list[ConversationRow]


class Counts(WireModel):
    """How many rows each view has."""

    mine: int
    waiting: int
    served: int
    all: int
    closed: int
    bot: int


class Agents(WireModel):
    agents: list[AgentView]


@router.post("/v1/agent/sign-in", dependencies=[OwnOrigin])
async def sign_in(credentials: SignIn, response: Response, bridge: BridgePart, address: Address) -> AgentView:
    token, agent = await bridge.accounts.sign_in(credentials.username, credentials.password, address=address)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(bridge.settings.sign_in_lifetime.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=bridge.settings.is_https,
        path="/v1",
    )
    return await bridge.agent_desk.view(agent.agent_id)


@router.post("/v1/agent/sign-out", dependencies=[OwnOrigin], status_code=204)
async def sign_out(request: Request, bridge: BridgePart, agent: SignedIn) -> Response:
    """Ends this sign-in and the sockets that belong to it."""
    await bridge.accounts.sign_out(request.cookies[COOKIE])
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/v1")
    return response


@router.get("/v1/agent/me")
async def me(bridge: BridgePart, agent: SignedIn) -> SignedInView:
    view = await bridge.agent_desk.view(agent.agent_id)
    return SignedInView(agent=view, shop_name=bridge.settings.shop_name)


@router.get("/v1/agent/colleagues")
async def colleagues(bridge: BridgePart, agent: SignedIn) -> Agents:
    """Everybody of the shop, for a transfer."""
    return Agents(agents=await bridge.agent_desk.colleagues(agent))


@router.post("/v1/agent/socket-tickets", dependencies=[OwnOrigin], status_code=201)
async def issue_ticket(request: Request, bridge: BridgePart, agent: SignedIn) -> SocketTicket:
    return SocketTicket(ticket=await bridge.accounts.issue_ticket(request.cookies[COOKIE]))


@router.get("/v1/agent/conversations")
async def list_conversations(
    bridge: BridgePart,
    agent: SignedIn,
    view: View = "mine",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Before | None = None,
) -> Conversations:
    """Newest first; `before` is the `last_at` of the last row of the page before."""
    return Conversations(rows=await bridge.agent_desk.listed(agent, view, limit=limit, before=before))


@router.get("/v1/agent/counts")
async def count_conversations(bridge: BridgePart, agent: SignedIn) -> Counts:
    return Counts(**await bridge.agent_desk.counts(agent))


@router.get("/v1/agent/conversations/{conversation_id}")
async def show_conversation(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> Snapshot:
    """The same snapshot as on the socket, for one who only wants to read."""
    return await bridge.agent_desk.snapshot(agent, conversation_id)


@router.get("/v1/agent/conversations/{conversation_id}/events")
async def earlier_events(
    conversation_id: Id,
    bridge: BridgePart,
    agent: SignedIn,
    before: Annotated[int, Query(ge=1, le=LAST_SEQ)] = LAST_SEQ,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EventPage:
    """What was said before the event of this number, as far back as the shopper's first word."""
    return await bridge.agent_desk.earlier(agent, conversation_id, before, limit=limit)


@router.get("/v1/agent/mentions")
async def mentions(bridge: BridgePart, agent: SignedIn) -> Mentions:
    """Notes that name one and whose conversation one has not opened since."""
    return Mentions(mentions=await bridge.mentions.unseen(agent))


@router.get("/v1/agent/conversations/{conversation_id}/customer")
async def customer(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> Customer:
    row = await bridge.agent_desk.require_readable(agent, conversation_id)
    return await bridge.customers.of(agent, row)


@router.get("/v1/conversations/{conversation_id}/readings/{event_id}")
async def reading(conversation_id: Id, event_id: Id, bridge: BridgePart, agent: SignedIn) -> Reading:
    await bridge.agent_desk.require_readable(agent, conversation_id)
    return await bridge.readings.of_event(conversation_id, event_id)


@router.get("/v1/conversations/{conversation_id}/readings/{event_id}/explanation")
async def explanation(conversation_id: Id, event_id: Id, bridge: BridgePart, agent: SignedIn) -> ExplainedReading:
    """The message as it was read: normalised text, words, candidates, and the features that spoke for the winner."""
    await bridge.agent_desk.require_readable(agent, conversation_id)
    return await bridge.readings.explain(conversation_id, event_id)
