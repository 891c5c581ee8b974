"""The shopper's long poll, for networks that let no WebSocket through: the same frames over HTTP."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from contracts.frames import Count, ShopperFrame, ShopperHello, shopper_command
from contracts.wire import WireModel
from handoff_api.endpoints.access import BridgePart, Visitor
from handoff_api.errors import BridgeError, error_frame
from handoff_api.services.bridge import Bridge
from handoff_api.services.commands import decode, reference_in

router = APIRouter(tags=["shopper"])

MAX_COMMANDS = 50


class Poll(WireModel):
    """`commands` as on the socket, a hello without its token; then up to `wait_s` seconds for something new."""

    last_seq: Count = 0
    wait_s: Annotated[float, Field(ge=0, le=30)] = 0
    commands: Annotated[list[dict[str, Any]], Field(max_length=MAX_COMMANDS)] = []


class Frames(WireModel):
    frames: list[ShopperFrame]


@router.post("/v1/shopper/poll")
async def poll(asked: Poll, bridge: BridgePart, visitor: Visitor) -> Frames:
    """What a socket would have sent: each command's answer or error, and what is new."""
    answers: list[WireModel] = []
    for command in asked.commands:
        answers += await _answers(bridge, visitor, command)
    is_greeting = any(command.get("type") == "hello" for command in asked.commands)
    new = [] if is_greeting else await bridge.shopper_desk.poll(visitor, asked.last_seq, asked.wait_s)
    return Frames.model_validate({"frames": [*answers, *new]})


async def _answers(bridge: Bridge, visitor: Visitor, frame: dict[str, Any]) -> list[WireModel]:
    text = json.dumps({**frame, "token": ""} if frame.get("type") == "hello" else frame)
    try:
        return await _obey(bridge, visitor, text)
    except BridgeError as error:
        return [error_frame(error, reference_in(text))]


async def _obey(bridge: Bridge, visitor: Visitor, text: str) -> list[WireModel]:
    command = decode(shopper_command, text)
    if isinstance(command, ShopperHello):
        return [await bridge.shopper_desk.welcome(visitor, command.last_seq)]
    return await bridge.shopper_desk.obey(visitor, command)


@router.post("/v1/shopper/frames")
async def send_frame(request: Request, bridge: BridgePart, visitor: Visitor) -> Frames:
    """One command and its answers. A refusal is an HTTP error with the same code as the error frame's."""
    body = await request.body()
    return Frames.model_validate({"frames": await _obey(bridge, visitor, body.decode(errors="replace"))})


@router.get("/v1/shopper/events")
async def events(
    bridge: BridgePart,
    visitor: Visitor,
    after: Count = 0,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
) -> Frames:
    """Everything after `after`, as soon as there is something or `wait` seconds have passed, and the view."""
    return Frames.model_validate({"frames": await bridge.shopper_desk.poll(visitor, after, wait)})
