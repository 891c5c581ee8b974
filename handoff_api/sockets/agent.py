"""`/v1/agent/socket`: one workspace tab of an agent."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.events import Event
from contracts.frames import (
    Accepted,
    AcceptOffer,
    AddNote,
    AgentCommand,
    AgentHello,
    AgentMarkRead,
    AgentSendMessage,
    AgentTyping,
    AgentViewing,
    AgentWelcome,
    ClaimConversation,
    CloseConversation,
    DeclineOffer,
    EventFrame,
    InviteGuest,
    LeaveConversationView,
    OpenConversation,
    Ping,
    Pong,
    ReadFrame,
    RecallMessage,
    RemoveGuest,
    SetPresence,
    SetUpAgent,
    Snapshot,
    TakeOver,
    TransferConversation,
    TypingFrame,
    Whisper,
    agent_command,
)
from contracts.wire import WireModel
from handoff_api.domain.roles import Right, may, require
from handoff_api.errors import BridgeError, FrameInvalid, NotSignedIn, TokenInvalid, error_frame
from handoff_api.fanout import Inbox, agent_topic, desk_topic, lead_topic, sign_in_topic, team_topic
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge
from handoff_api.services.commands import decode, reference_in
from handoff_api.sockets import connection
from handoff_api.sockets.connection import UNAUTHORISED, Cursor


@dataclass
class Tab:
    """What one connection knows: who it is and what it looks at."""

    bridge: Bridge
    token_hash: str
    agent: AgentRecord
    generation: str
    inbox: Inbox = field(default_factory=Inbox)
    cursors: dict[tuple[str, str], Cursor] = field(default_factory=dict)
    viewed: set[str] = field(default_factory=set)

    @property
    def agent_id(self) -> str:
        return self.agent.agent_id


LOOKING = (AgentHello, Ping, OpenConversation, LeaveConversationView)
LEADING = (TakeOver, Whisper, SetUpAgent)


async def serve(socket: WebSocket, bridge: Bridge) -> None:
    """Cookie-authenticated pages of our own origin only; the ticket shows that the page could read our answers."""
    if not await connection.accept(socket, bridge.settings.own_origins):
        return
    text = await connection.first_text(socket)
    if text is None:
        return
    try:
        hello = decode(agent_command, text)
        if not isinstance(hello, AgentHello):
            raise FrameInvalid("请先发送 hello。")
        token_hash, agent = await bridge.accounts.use_ticket(hello.ticket)
    except BridgeError as error:
        is_auth = isinstance(error, (TokenInvalid, NotSignedIn))
        await connection.refuse(socket, error, UNAUTHORISED if is_auth else connection.HELLO_REFUSED)
        return
    await _work(socket, bridge, token_hash, agent)


async def _work(socket: WebSocket, bridge: Bridge, token_hash: str, agent: AgentRecord) -> None:
    tab = Tab(bridge, token_hash, agent, await bridge.staffing.connect(agent.agent_id))
    topics = (agent_topic(agent.agent_id), team_topic(agent.shop_id), sign_in_topic(token_hash))
    bridge.fanout.subscribe(tab.inbox, *topics)
    if may(agent.role, Right.LEAD):
        bridge.fanout.subscribe(tab.inbox, lead_topic(agent.shop_id))
    try:
        for frame in (await _welcome(tab), *await tab.bridge.agent_desk.running_offers(agent)):
            await socket.send_text(frame.model_dump_json())  # before the inbox, which may already say how they ended
        bridge.background.start(_came(tab), "agent came")
        await _two_loops(socket, tab)
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        bridge.fanout.unsubscribe(tab.inbox)
        bridge.background.start(_went(tab), "agent went")


async def _came(tab: Tab) -> None:
    await tab.bridge.herald.agent_changed(tab.agent_id)
    await tab.bridge.agent_desk.staff_changed(tab.agent_id)


async def _went(tab: Tab) -> None:
    """Offers to an agent without a connection go back at once; conversations after the grace period."""
    bridge = tab.bridge
    await bridge.staffing.disconnect(tab.agent_id, tab.generation)
    for conversation_id in tab.viewed:
        await _tell_viewing(tab, conversation_id, is_viewing=False)
    if tab.agent_id not in await bridge.staffing.online():
        await bridge.assignment.withdraw_offers_of(tab.agent_id)
    await _came(tab)


async def _welcome(tab: Tab) -> AgentWelcome:
    desk = tab.bridge.agent_desk
    view = await desk.view(tab.agent_id)
    return AgentWelcome(agent=view, rows=await desk.rows(tab.agent), shop_name=tab.bridge.settings.shop_name)


async def _two_loops(socket: WebSocket, tab: Tab) -> None:
    async def expand(frame: WireModel) -> Sequence[WireModel]:
        if isinstance(frame, EventFrame):
            return await _in_order(tab, frame)
        if isinstance(frame, AgentViewing):
            return await _of_colleague(tab, frame)
        return await _from_snapshot(tab, frame) if isinstance(frame, Snapshot) else [frame]

    writer = asyncio.create_task(connection.write(socket, tab.inbox, expand))
    reader = asyncio.create_task(_read(socket, tab))
    await connection.either(reader, writer)


async def _from_snapshot(tab: Tab, snapshot: Snapshot) -> list[WireModel]:
    """Only when the snapshot itself is sent does the tab follow its conversation: an event that stands before it in
    the inbox must not overtake it, and one that came while it was read must not be lost."""
    frames: list[WireModel] = [snapshot]
    conversation_id = snapshot.row.conversation_id
    for audience, events in (("everyone", snapshot.events), ("agents", snapshot.notes)):
        known = tab.cursors.setdefault((conversation_id, audience), Cursor(0))
        last = snapshot.row.last_seq if audience == "everyone" else snapshot.row.last_note_seq
        known.seq = max(known.seq, last, *(event.seq for event in events), 0)
        missing = await tab.bridge.agent_desk.events_after(conversation_id, known.seq, audience=audience)
        for event in missing:
            known.advance(event)
        frames += [EventFrame(event=event) for event in missing]
    return frames


async def _in_order(tab: Tab, frame: EventFrame) -> list[EventFrame]:
    """Only of conversations this tab has open, each of their two sequences without gaps."""
    event = frame.event
    cursor = tab.cursors.get((event.conversation_id, event.audience))
    if cursor is None:
        return []

    async def fetch(seq: int) -> list[Event]:
        return await tab.bridge.agent_desk.events_after(event.conversation_id, seq, audience=event.audience)

    return await connection.in_order(frame, cursor, fetch)


async def _read(socket: WebSocket, tab: Tab) -> None:
    pace = connection.pace_of(tab.bridge.settings)
    async for text in connection.texts(socket):
        try:
            pace.require(time.monotonic())
            command = decode(agent_command, text)
            _require_right(tab, command)
            for answer in await _obey(tab, command):
                tab.inbox.put(answer)
        except NotSignedIn as error:
            tab.inbox.put(error_frame(error))
            tab.inbox.close(UNAUTHORISED)
        except BridgeError as error:
            tab.bridge.tally.refused(error.code)
            tab.inbox.put(error_frame(error, reference_in(text)))


def _require_right(tab: Tab, command: AgentCommand) -> None:
    """Looking is for every role, leading for leads; whatever else there is, today or later, is work."""
    if isinstance(command, LOOKING):
        require(tab.agent.role, Right.READ)
    else:
        require(tab.agent.role, Right.LEAD if isinstance(command, LEADING) else Right.WORK)


async def _obey(tab: Tab, command: AgentCommand) -> list[WireModel]:
    accepted = await _change(tab, command)
    if accepted:
        return [accepted]
    match command:
        case Ping():
            return await _beat(tab)
        case OpenConversation():
            return await _open(tab, command)
        case LeaveConversationView():
            await _leave(tab, command.conversation_id)
        case AgentMarkRead():
            await _mark_read(tab, command)
        case AgentTyping():
            await _type(tab, command)
        case AgentHello():
            raise FrameInvalid
        case _:
            await _decide(tab, command)
    return []


async def _change(tab: Tab, command: AgentCommand) -> Accepted | None:
    """What carries a client id and is acknowledged."""
    desk = tab.bridge.agent_desk
    match command:
        case AgentSendMessage():
            return await desk.send(tab.agent, command)
        case RecallMessage():
            return await tab.bridge.recalls.recall(tab.agent, command)
        case AddNote():
            return await desk.add_note(tab.agent, command)
        case TransferConversation():
            return await desk.transfer(tab.agent, command)
        case CloseConversation():
            return await desk.close(tab.agent, command)
    return await _supervise(tab, command)


async def _supervise(tab: Tab, command: AgentCommand) -> Accepted | None:
    supervision = tab.bridge.supervision
    match command:
        case TakeOver():
            return await supervision.take_over(tab.agent, command)
        case InviteGuest():
            return await supervision.invite(tab.agent, command)
        case RemoveGuest():
            return await supervision.remove(tab.agent, command)
        case Whisper():
            return await supervision.whisper(tab.agent, command)
    return None


async def _decide(tab: Tab, command: AgentCommand) -> None:
    """Offers, claims, presence: they answer by the frames everybody gets (`row`, `offer.ended`, `agent`)."""
    bridge = tab.bridge
    match command:
        case AcceptOffer():
            await bridge.assignment.accept(tab.agent_id, command.conversation_id, command.epoch)
        case DeclineOffer():
            await bridge.assignment.decline(tab.agent_id, command.conversation_id, command.epoch)
        case ClaimConversation():
            await bridge.agent_desk.require_readable(tab.agent, command.conversation_id)
            await bridge.assignment.claim(tab.agent_id, command.conversation_id, command.epoch)
        case SetPresence():
            await bridge.agent_desk.set_presence(tab.agent_id, command)
        case SetUpAgent():
            await bridge.supervision.set_up(tab.agent, command)
        case _:
            raise FrameInvalid


async def _beat(tab: Tab) -> list[WireModel]:
    """A heartbeat keeps the presence and asks again whether the sign-in still holds."""
    tab.agent = await tab.bridge.accounts.agent_of_sign_in(tab.token_hash)
    await tab.bridge.staffing.beat(tab.agent_id, tab.generation)
    for conversation_id in tab.viewed:
        await _tell_viewing(tab, conversation_id)
    return [Pong()]


async def _open(tab: Tab, command: OpenConversation) -> list[WireModel]:
    """Listening begins before the snapshot is read, so nothing falls in between."""
    conversation_id = command.conversation_id
    await tab.bridge.agent_desk.require_readable(tab.agent, conversation_id)
    tab.bridge.fanout.subscribe(tab.inbox, desk_topic(conversation_id))
    snapshot = await tab.bridge.agent_desk.snapshot(tab.agent, conversation_id, last_seq=command.last_seq)
    if conversation_id not in tab.viewed:
        tab.viewed.add(conversation_id)
        await _tell_viewing(tab, conversation_id, is_arriving=True)
    await tab.bridge.mentions.opened(tab.agent, conversation_id)
    return [snapshot, await tab.bridge.agent_desk.shopper_read(conversation_id)]


async def _tell_viewing(
    tab: Tab, conversation_id: str, *, is_viewing: bool = True, is_typing: bool = False, is_arriving: bool = False
) -> None:
    frame = AgentViewing(
        conversation_id=conversation_id,
        agent_id=tab.agent_id,
        agent_name=tab.agent.name,
        is_viewing=is_viewing,
        is_typing=is_typing,
        is_arriving=is_arriving,
    )
    await tab.bridge.herald.viewing(frame)


async def _of_colleague(tab: Tab, frame: AgentViewing) -> list[WireModel]:
    """Who arrives is answered by all who are there: so they learn of each other wherever they are connected."""
    if frame.agent_id == tab.agent_id or frame.conversation_id not in tab.viewed:
        return []
    if frame.is_arriving:
        await _tell_viewing(tab, frame.conversation_id)
    return [frame]


async def _leave(tab: Tab, conversation_id: str) -> None:
    tab.bridge.fanout.unsubscribe(tab.inbox, [desk_topic(conversation_id)])
    for audience in ("everyone", "agents"):
        tab.cursors.pop((conversation_id, audience), None)
    if conversation_id in tab.viewed:
        tab.viewed.discard(conversation_id)
        await _tell_viewing(tab, conversation_id, is_viewing=False)


async def _mark_read(tab: Tab, command: AgentMarkRead) -> None:
    seq = await tab.bridge.agent_desk.mark_read(tab.agent, command.conversation_id, command.seq)
    if seq is not None:
        frame = ReadFrame(conversation_id=command.conversation_id, reader="agent", seq=seq)
        await tab.bridge.herald.read_up_to(frame)


async def _type(tab: Tab, command: AgentTyping) -> None:
    """Shown to colleagues who look at it, and to the shopper while this agent owns the conversation."""
    row = await tab.bridge.agent_desk.require_readable(tab.agent, command.conversation_id)
    await _tell_viewing(tab, row.conversation_id, is_typing=command.is_typing)
    if row.agent_id == tab.agent_id:
        frame = TypingFrame(author="agent", is_typing=command.is_typing, conversation_id=row.conversation_id)
        await tab.bridge.herald.typing(frame)
