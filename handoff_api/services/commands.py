"""From the text of a frame to a command, or to a refusal that names the frame it is about."""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from handoff_api.errors import FrameInvalid, FrameUnknown


def decode[T](adapter: TypeAdapter[T], text: str) -> T:
    """The frame in `text`, or FrameInvalid/FrameUnknown."""
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        kinds = {detail["type"] for detail in error.errors(include_context=False, include_input=False)}
        unknown = kinds & {"union_tag_invalid", "union_tag_not_found"}
        raise (FrameUnknown if unknown else FrameInvalid) from None


def reference_in(text: str) -> str | None:
    """What a refused frame was about: its client id, else its conversation."""
    try:
        frame: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict):
        return None
    found = frame.get("client_message_id") or frame.get("conversation_id")
    return found[:64] if isinstance(found, str) else None
