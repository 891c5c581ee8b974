"""What agents use beside the conversations: canned replies, search, tags, corrected readings, their own day."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from starlette.responses import PlainTextResponse

from contracts.desk import (
    CannedReplies,
    CannedReply,
    ConversationTags,
    Correction,
    Corrections,
    CorrectReading,
    KnownTags,
    NewCannedReply,
    OwnDay,
    SearchResult,
)
from contracts.wire import Id
from handoff_api.endpoints.access import BridgePart, OwnOrigin, SignedIn
from handoff_api.record.desk import Narrowed

router = APIRouter(tags=["desk"])

View = Literal["mine", "waiting", "served", "all", "closed", "bot"]


@router.get("/v1/agent/canned-replies")
async def list_replies(bridge: BridgePart, agent: SignedIn) -> CannedReplies:
    """The shop's and one's own."""
    return CannedReplies(replies=await bridge.canned_replies.listed(agent))


@router.post("/v1/agent/canned-replies", dependencies=[OwnOrigin], status_code=201)
async def add_reply(new: NewCannedReply, bridge: BridgePart, agent: SignedIn) -> CannedReply:
    """A personal one anybody; one for the whole shop its leads."""
    return await bridge.canned_replies.add(agent, new)


@router.post("/v1/agent/canned-replies/{reply_id}", dependencies=[OwnOrigin])
async def change_reply(reply_id: Id, new: NewCannedReply, bridge: BridgePart, agent: SignedIn) -> CannedReply:
    return await bridge.canned_replies.change(agent, reply_id, new)


@router.post("/v1/agent/canned-replies/{reply_id}/remove", dependencies=[OwnOrigin], status_code=204)
async def remove_reply(reply_id: Id, bridge: BridgePart, agent: SignedIn) -> Response:
    await bridge.canned_replies.remove(agent, reply_id)
    return Response(status_code=204)


@router.get("/v1/agent/search")
async def search(
    bridge: BridgePart,
    agent: SignedIn,
    words: Annotated[str, Query(max_length=60)] = "",
    view: View = "all",
    channel: Annotated[str, Query(max_length=20)] = "",
    tag: Annotated[str, Query(max_length=20)] = "",
    level: Annotated[str, Query(max_length=20)] = "",
    mood: Annotated[str, Query(max_length=20)] = "",
    skill: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> SearchResult:
    """Over names, phones (once an agent has looked at the customer), everything said (notes too), order numbers and
    tags; newest first."""
    narrowed = Narrowed(view=view, channel=channel, tag=tag, level=level, mood=mood, skill=skill)
    return await bridge.desk_search.search(agent, words, narrowed, limit=limit)


@router.get("/v1/agent/tags")
async def known_tags(bridge: BridgePart, agent: SignedIn) -> KnownTags:
    return KnownTags(tags=await bridge.desk_search.known_tags(agent))


@router.get("/v1/agent/conversations/{conversation_id}/tags")
async def tags(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> ConversationTags:
    return ConversationTags(tags=await bridge.desk_search.tags(agent, conversation_id))


@router.post("/v1/agent/conversations/{conversation_id}/tags", dependencies=[OwnOrigin])
async def set_tags(
    conversation_id: Id, wanted: ConversationTags, bridge: BridgePart, agent: SignedIn
) -> ConversationTags:
    """All tags it shall have."""
    return ConversationTags(tags=await bridge.desk_search.set_tags(agent, conversation_id, wanted.tags))


@router.get("/v1/agent/conversations/{conversation_id}/corrections")
async def corrections(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> Corrections:
    return Corrections(corrections=await bridge.corrections.of(agent, conversation_id))


@router.post("/v1/agent/conversations/{conversation_id}/corrections/{event_id}", dependencies=[OwnOrigin])
async def correct_reading(
    conversation_id: Id, event_id: Id, right: CorrectReading, bridge: BridgePart, agent: SignedIn
) -> Correction:
    """What the shopper's message really means; said again, the last word counts."""
    return await bridge.corrections.correct(agent, conversation_id, event_id, right.intent)


@router.get("/v1/agent/corrections.yml", response_class=PlainTextResponse)
async def corrections_as_training_data(bridge: BridgePart, agent: SignedIn) -> PlainTextResponse:
    """Every corrected message in the format of `nlu_data/intents/`; for leads."""
    text = await bridge.corrections.as_training_data(agent)
    headers = {"Content-Disposition": 'attachment; filename="corrections.yml"', "X-Content-Type-Options": "nosniff"}
    return PlainTextResponse(text, media_type="application/yaml", headers=headers)


@router.get("/v1/agent/own-day")
async def own_day(bridge: BridgePart, agent: SignedIn) -> OwnDay:
    """Since midnight in Shanghai."""
    return await bridge.desk_search.own_day(agent)
