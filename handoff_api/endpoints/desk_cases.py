"""What an agent does at the shop for the shopper in front of them: cases and tickets."""

from typing import Annotated

from fastapi import APIRouter, Header

from contracts.frames import ClientId
from contracts.shop import Case, CaseChange, NewCase, NewTicket, Ticket
from contracts.verdict import Verdict
from contracts.wire import Id
from handoff_api.endpoints.access import BridgePart, OwnOrigin, SignedIn

router = APIRouter(tags=["desk"], prefix="/v1/agent/conversations/{conversation_id}", dependencies=[OwnOrigin])

Key = Annotated[ClientId, Header(alias="Idempotency-Key", description="the same key does it once")]


@router.post("/cases/verdict")
async def verdict_on(conversation_id: Id, wish: NewCase, bridge: BridgePart, agent: SignedIn) -> Verdict:
    """What the rules say to it; nothing is opened."""
    return await bridge.case_desk.verdict_on(agent, conversation_id, wish)


@router.post("/cases", status_code=201)
async def open_case(conversation_id: Id, wish: NewCase, key: Key, bridge: BridgePart, agent: SignedIn) -> Case:
    """On the shopper's behalf; the shopper sees it as a card in the conversation."""
    return await bridge.case_desk.open_case(agent, conversation_id, key, wish)


@router.post("/cases/{case_id}/steps")
async def take_step(
    conversation_id: Id, case_id: Id, change: CaseChange, key: Key, bridge: BridgePart, agent: SignedIn
) -> Case:
    """Approve, refuse with a reason, receive, inspect … : the shop's steps."""
    return await bridge.case_desk.take_step(agent, conversation_id, key, case_id, change)


@router.post("/tickets", status_code=201)
async def open_ticket(conversation_id: Id, new: NewTicket, key: Key, bridge: BridgePart, agent: SignedIn) -> Ticket:
    return await bridge.case_desk.open_ticket(agent, conversation_id, key, new)
