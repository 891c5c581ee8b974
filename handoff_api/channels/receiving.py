"""How a platform's call gets in: given to its account, answered as that platform expects. Large bodies never get here
(`contracts/edge.py`)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fastapi import APIRouter, Request
from starlette.responses import Response

from handoff_api.channels.messages import Inbound
from handoff_api.errors import ChannelUnknown

if TYPE_CHECKING:
    from handoff_api.channels.hub import Channels

router = APIRouter(tags=["channels"])

Accept = Callable[[list[Inbound]], Awaitable[list[bool]]]


@dataclass(frozen=True)
class Call:
    """What came in, unchecked. Header names are lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@runtime_checkable
class Receiver(Protocol):
    """An account, or a bot for staff, that platforms call. It checks who calls before it reads what they say."""

    async def receive(self, call: Call, accept: Accept) -> Response: ...


@router.api_route("/channels/{kind}/{name}", methods=["GET", "POST"], include_in_schema=False)
async def receive(kind: str, name: str, request: Request) -> Response:
    hub: Channels = request.app.state.channels
    channel = f"{kind}:{name}"
    account = hub.receivers.get(channel)
    if account is None:
        raise ChannelUnknown
    call = Call(request.method, dict(request.query_params), dict(request.headers), await request.body())

    async def accept(inbound: list[Inbound]) -> list[bool]:
        return await hub.inbox.accept(channel, inbound)

    return await account.receive(call, accept)
