"""`/v1/shopper/socket`: one browser tab of a shopper."""

import asyncio
import time
from collections.abc import Sequence

from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.events import Event
from contracts.frames import EventFrame, Resume, ShopperHello, shopper_command
from contracts.identity import VisitorIdentity
from contracts.wire import WireModel
from handoff_api.errors import BridgeError, ConversationNotFound, FrameInvalid, TokenInvalid, error_frame
from handoff_api.fanout import Inbox, shopper_topic
from handoff_api.services.bridge import Bridge
from handoff_api.services.commands import decode, reference_in
from handoff_api.sockets import connection
from handoff_api.sockets.connection import Cursor


async def serve(socket: WebSocket, bridge: Bridge) -> None:
    """From the handshake to the end."""
    origins = [*bridge.settings.own_origins, *bridge.settings.embedding_origins]
    if not await connection.accept(socket, origins):
        return
    text = await connection.first_text(socket)
    if text is None:
        return
    try:
        visitor, last_seq = _said(bridge, text)
    except BridgeError as error:
        code = connection.UNAUTHORISED if isinstance(error, TokenInvalid) else connection.HELLO_REFUSED
        await connection.refuse(socket, error, code)
        return
    await _converse(socket, bridge, visitor, last_seq)


def _said(bridge: Bridge, text: str) -> tuple[VisitorIdentity, int]:
    """Who it is and what they have, by the first frame."""
    hello = decode(shopper_command, text)
    if not isinstance(hello, ShopperHello):
        raise FrameInvalid("请先发送 hello。")
    return bridge.conversations.visitor(hello.token), hello.last_seq


async def _converse(socket: WebSocket, bridge: Bridge, visitor: VisitorIdentity, last_seq: int) -> None:
    """Listening begins before the snapshot is read, so nothing falls in between."""
    inbox = Inbox()
    bridge.fanout.subscribe(inbox, shopper_topic(visitor.conversation_id))
    try:
        cursor = await _welcomed(socket, bridge, visitor, last_seq)
        await _two_loops(socket, bridge, visitor, inbox, cursor)
    except ConversationNotFound:
        await connection.refuse(socket, TokenInvalid(), connection.UNAUTHORISED)
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        bridge.fanout.unsubscribe(inbox, [shopper_topic(visitor.conversation_id)])


async def _welcomed(socket: WebSocket, bridge: Bridge, visitor: VisitorIdentity, last_seq: int) -> Cursor:
    """A step of its own, so that what was said does not stay in memory as long as the socket."""
    welcome = await bridge.shopper_desk.welcome(visitor, last_seq)
    await socket.send_text(welcome.model_dump_json())
    return Cursor(max(welcome.conversation.last_seq, *(event.seq for event in welcome.events), 0))


async def _two_loops(socket: WebSocket, bridge: Bridge, visitor: VisitorIdentity, inbox: Inbox, cursor: Cursor) -> None:
    async def expand(frame: WireModel) -> Sequence[WireModel]:
        if isinstance(frame, EventFrame):
            return await connection.in_order(frame, cursor, fetch)
        return [frame]

    async def fetch(seq: int) -> list[Event]:
        return await bridge.shopper_desk.events_after(visitor, seq)

    writer = asyncio.create_task(connection.write(socket, inbox, expand))
    reader = asyncio.create_task(_read(socket, bridge, visitor, inbox, cursor))
    await connection.either(reader, writer)


async def _read(socket: WebSocket, bridge: Bridge, visitor: VisitorIdentity, inbox: Inbox, cursor: Cursor) -> None:
    pace = connection.pace_of(bridge.settings)
    async for text in connection.texts(socket):
        try:
            pace.require(time.monotonic())
            command = decode(shopper_command, text)
            if isinstance(command, Resume):
                await _resume(bridge, visitor, inbox, cursor, command)
                continue
            for answer in await bridge.shopper_desk.obey(visitor, command):
                inbox.put(answer)
        except BridgeError as error:
            bridge.tally.refused(error.code)
            inbox.put(error_frame(error, reference_in(text)))


async def _resume(bridge: Bridge, visitor: VisitorIdentity, inbox: Inbox, cursor: Cursor, command: Resume) -> None:
    """Only the last event goes into the inbox: the writer finds the gap before it and fills it from the record."""
    cursor.rewind(command.last_seq)
    missing = await bridge.shopper_desk.events_after(visitor, command.last_seq)
    if missing:
        inbox.put(EventFrame(event=missing[-1]))
    inbox.put(await bridge.shopper_desk.view(visitor))
