"""Uploads in and out. What goes out goes out under a policy that lets it do nothing, and only to who may see it.

The body of an upload is the file itself; its name comes percent-encoded in `X-File-Name`.
"""

import hmac
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Query, Request, Response

from contracts.events import Attachment
from contracts.wire import Id
from handoff_api.endpoints.access import COOKIE, BridgePart, OwnOrigin, SignedIn, Visitor, visitor_of
from handoff_api.errors import FileNotFound, TokenInvalid
from handoff_api.services.bridge import Bridge
from handoff_api.services.files import LARGEST, SHOPPER, Bytes

router = APIRouter(tags=["files"])

LARGER_BODIES = {"/v1/shopper/files": LARGEST + 1, "/v1/agent/conversations/*/files": LARGEST + 1}
"""One byte more than is taken: the service says in its own words what is too large."""
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600",
}

Key = Annotated[str, Query(max_length=64)]
FileName = Annotated[str, Header(alias="X-File-Name", max_length=1024)]


@router.post("/v1/shopper/files", status_code=201)
async def upload_of_shopper(request: Request, bridge: BridgePart, visitor: Visitor, name: FileName = "") -> Attachment:
    """A picture, for the message that is sent next."""
    content = await request.body()
    return await bridge.files.take_in(visitor.conversation_id, SHOPPER, content, unquote(name))


@router.post("/v1/agent/conversations/{conversation_id}/files", status_code=201, dependencies=[OwnOrigin])
async def upload_of_agent(
    request: Request, conversation_id: Id, bridge: BridgePart, agent: SignedIn, name: FileName = ""
) -> Attachment:
    """A picture or a PDF; by whoever may speak in the conversation now."""
    await bridge.agent_desk.require_speaker(agent, conversation_id)
    content = await request.body()
    return await bridge.files.take_in(conversation_id, agent.agent_id, content, unquote(name))


@router.get("/v1/files/{attachment_id}", response_class=Response)
async def file(
    attachment_id: Id, request: Request, bridge: BridgePart, authorization: Annotated[str, Header()] = ""
) -> Response:
    """For the conversation's own shopper, the shop's agents, and the shop's server (`Bearer` of its API token)."""
    await _require_reader(bridge, request, authorization, attachment_id)
    return _served(await bridge.files.read(attachment_id))


@router.get("/v1/files/{attachment_id}/thumbnail", response_class=Response)
async def thumbnail(
    attachment_id: Id, request: Request, bridge: BridgePart, authorization: Annotated[str, Header()] = ""
) -> Response:
    """The picture at most 480 pixels wide and high."""
    await _require_reader(bridge, request, authorization, attachment_id)
    return _served(await bridge.files.read(attachment_id, is_small=True))


@router.get("/v1/files/{attachment_id}/shared", response_class=Response)
async def shared(attachment_id: Id, until: int, key: Key, bridge: BridgePart) -> Response:
    """For whoever holds the link, which a channel without files of its own was given. A picture is shown at once."""
    bridge.file_links.require_good(attachment_id, until, key)
    served = await bridge.files.read(attachment_id)
    return _served(served, how="inline" if served.media_type.startswith("image/") else "attachment")


async def _require_reader(bridge: Bridge, request: Request, authorization: str, attachment_id: str) -> None:
    """Somebody else's file does not exist."""
    if not authorization:
        if COOKIE not in request.cookies:
            raise TokenInvalid
        agent = await bridge.accounts.agent(request.cookies.get(COOKIE))
        await bridge.agent_desk.require_readable(agent, await bridge.files.conversation_of(attachment_id))
        return
    shop = f"Bearer {bridge.settings.shop_api_token.get_secret_value()}"
    if hmac.compare_digest(authorization.encode(), shop.encode()):
        return
    visitor = visitor_of(bridge, authorization)
    if await bridge.files.conversation_of(attachment_id) != visitor.conversation_id:
        raise FileNotFound


def _served(file: Bytes, *, how: str = "attachment") -> Response:
    disposition = f"{how}; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=file.media_type, headers={**HARMLESS, "Content-Disposition": disposition})
