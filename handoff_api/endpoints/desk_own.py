"""What agents keep (views, macros, notes on customers) and what is looked up for them while they write."""

from fastapi import APIRouter, Response

from contracts.desk import (
    CustomerNote,
    NewPreset,
    PastServices,
    Preset,
    Presets,
    SimilarAnswers,
    WriteCustomerNote,
)
from contracts.wire import Id
from handoff_api.endpoints.access import BridgePart, OwnOrigin, SignedIn

router = APIRouter(tags=["desk"])


@router.get("/v1/agent/presets")
async def list_presets(bridge: BridgePart, agent: SignedIn) -> Presets:
    """One's own saved views and macros."""
    return Presets(presets=await bridge.presets.listed(agent))


@router.post("/v1/agent/presets", dependencies=[OwnOrigin], status_code=201)
async def add_preset(new: NewPreset, bridge: BridgePart, agent: SignedIn) -> Preset:
    return await bridge.presets.save(agent, new)


@router.post("/v1/agent/presets/{preset_id}", dependencies=[OwnOrigin])
async def change_preset(preset_id: Id, new: NewPreset, bridge: BridgePart, agent: SignedIn) -> Preset:
    return await bridge.presets.save(agent, new, preset_id)


@router.post("/v1/agent/presets/{preset_id}/remove", dependencies=[OwnOrigin], status_code=204)
async def remove_preset(preset_id: Id, bridge: BridgePart, agent: SignedIn) -> Response:
    await bridge.presets.remove(agent, preset_id)
    return Response(status_code=204)


@router.get("/v1/agent/conversations/{conversation_id}/services")
async def past_services(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> PastServices:
    """This shopper's service sessions with their agents, ends and ratings."""
    return PastServices(services=await bridge.shopper_history.services(agent, conversation_id))


@router.get("/v1/agent/conversations/{conversation_id}/customer-note")
async def customer_note(conversation_id: Id, bridge: BridgePart, agent: SignedIn) -> CustomerNote:
    return await bridge.shopper_history.note(agent, conversation_id)


@router.post("/v1/agent/conversations/{conversation_id}/customer-note", dependencies=[OwnOrigin])
async def write_customer_note(
    conversation_id: Id, wanted: WriteCustomerNote, bridge: BridgePart, agent: SignedIn
) -> CustomerNote:
    """The whole note as it shall stand; empty takes it away."""
    return await bridge.shopper_history.write_note(agent, conversation_id, wanted.text)


@router.get("/v1/agent/conversations/{conversation_id}/similar-answers/{event_id}")
async def similar_answers(conversation_id: Id, event_id: Id, bridge: BridgePart, agent: SignedIn) -> SimilarAnswers:
    """What agents of this shop once answered to messages like this one, without what belongs to one shopper alone."""
    await bridge.agent_desk.require_readable(agent, conversation_id)
    question = await bridge.readings.words_of(conversation_id, event_id)
    return SimilarAnswers(answers=await bridge.similar_answers.to(agent, conversation_id, question))
