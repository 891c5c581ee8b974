"""How a browser gets its conversation: `POST /v1/visitors`."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from contracts.events import ConversationView
from contracts.wire import NO_NUL, WireModel
from handoff_api.endpoints.access import Address, BridgePart
from handoff_api.errors import RateLimited

router = APIRouter(tags=["shopper"])

Token = Annotated[str, Field(max_length=4096)]


class Page(WireModel):
    """Where the shopper is on the store's site, and how they look at it. An order's page names its order; `elder`: they
    have turned the elder mode of the chat on."""

    order_number: Annotated[str, Field(max_length=64, pattern=NO_NUL)] = ""
    elder: bool = False


class NewVisitor(WireModel):
    """`identity_token` comes from the shop's server; `visitor_token` is the one this browser had before."""

    shop_id: Annotated[str, Field(max_length=64)]
    identity_token: Token | None = None
    visitor_token: Token | None = None
    page: Page | None = None


class OpenedVisitor(WireModel):
    visitor_token: str
    conversation: ConversationView


@router.post("/v1/visitors")
async def open_visitor(new: NewVisitor, bridge: BridgePart, address: Address) -> OpenedVisitor:
    """A signed-in shopper gets their one conversation, a known browser its own, anybody else a new one."""
    per_minute = bridge.settings.visitors_per_minute
    if not await bridge.limits.take("visitor", address, per_s=per_minute / 60, burst=per_minute, now=bridge.clock()):
        raise RateLimited
    page = {name: value for name, value in new.page.model_dump().items() if value} if new.page else None
    token, view = await bridge.conversations.open(
        new.shop_id, identity_token=new.identity_token, visitor_token=new.visitor_token, page=page
    )
    return OpenedVisitor(visitor_token=token, conversation=view)
