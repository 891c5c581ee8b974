"""A shopper's command, whichever way it came: WebSocket or long poll."""

from contracts.events import Event
from contracts.frames import (
    Accepted,
    ConversationChanged,
    EventFrame,
    LeaveMessage,
    LeaveQueue,
    MarkRead,
    Ping,
    Pong,
    PressChoice,
    RateService,
    ReadFrame,
    RequestCallback,
    RequestPerson,
    Resume,
    SendMessage,
    ShopperCommand,
    Typing,
    TypingFrame,
    Welcome,
)
from contracts.identity import VisitorIdentity
from contracts.wire import WireModel
from handoff_api.errors import FrameInvalid
from handoff_api.fanout import Fanout, Inbox, shopper_topic
from handoff_api.record import conversations, events
from handoff_api.record.database import Record
from handoff_api.services.herald import Herald
from handoff_api.services.messages import Messages
from handoff_api.services.views import Views


class ShopperDesk:
    def __init__(
        self, record: Record, messages: Messages, views: Views, herald: Herald, fanout: Fanout, *, shop_name: str
    ) -> None:
        self._record = record
        self._messages = messages
        self._views = views
        self._herald = herald
        self._fanout = fanout
        self._shop_name = shop_name

    async def welcome(self, visitor: VisitorIdentity, last_seq: int) -> Welcome:
        """Snapshot and everything after `last_seq`, read in one transaction."""
        async with self._record.reading() as session:
            row = await conversations.by_id(session, visitor.conversation_id)
            view = await self._views.for_shopper(session, row)
            new = await events.after(session, visitor.conversation_id, last_seq)
        return Welcome(conversation=view, shop_name=self._shop_name, events=new)

    async def events_after(self, visitor: VisitorIdentity, seq: int) -> list[Event]:
        async with self._record.reading() as session:
            return await events.after(session, visitor.conversation_id, seq)

    async def view(self, visitor: VisitorIdentity) -> ConversationChanged:
        async with self._record.reading() as session:
            row = await conversations.by_id(session, visitor.conversation_id)
            return ConversationChanged(conversation=await self._views.for_shopper(session, row))

    async def poll(self, visitor: VisitorIdentity, seq: int, wait_s: float) -> list[WireModel]:
        """What is new after `seq`, as soon as there is something or after `wait_s`; the view comes last."""
        inbox, topic = Inbox(), shopper_topic(visitor.conversation_id)
        self._fanout.subscribe(inbox, topic)
        try:
            new = await self.events_after(visitor, seq)
            if not new and wait_s and await inbox.wait(wait_s):
                new = await self.events_after(visitor, seq)
            passing = [frame for frame in inbox.drain() if isinstance(frame, (TypingFrame, ReadFrame))]
            return [*(EventFrame(event=event) for event in new), *passing, await self.view(visitor)]
        finally:
            self._fanout.unsubscribe(inbox, [topic])

    async def obey(self, visitor: VisitorIdentity, command: ShopperCommand) -> list[WireModel]:
        """The frames that answer it."""
        changed = await self._change(visitor, command)
        if changed:
            return [changed]
        if isinstance(command, Resume):
            new = await self.events_after(visitor, command.last_seq)
            return [*(EventFrame(event=event) for event in new), await self.view(visitor)]
        if isinstance(command, Ping):
            return [Pong()]
        if isinstance(command, MarkRead):
            await self._mark_read(visitor, command)
        elif isinstance(command, Typing):
            await self._type(visitor, command)
        else:
            raise FrameInvalid
        return []

    async def _change(self, visitor: VisitorIdentity, command: ShopperCommand) -> Accepted | None:
        """What is committed and acknowledged; None for the rest."""
        messages = self._messages
        match command:
            case SendMessage():
                return await messages.send(visitor, command.client_message_id, command.text, command.attachments)
            case PressChoice():
                return await messages.press(visitor, command.client_message_id, command.choice_id)
            case RequestPerson():
                return await messages.request_person(visitor, command.client_message_id)
            case LeaveQueue():
                return await messages.leave_queue(visitor, command.client_message_id)
            case LeaveMessage():
                return await messages.leave_message(visitor, command.client_message_id, command.text)
            case RequestCallback():
                return await messages.request_callback(visitor, command.client_message_id, command.at)
            case RateService():
                return await messages.rate(visitor, command)
        return None

    async def _mark_read(self, visitor: VisitorIdentity, command: MarkRead) -> None:
        seq = await self._messages.mark_read(visitor, command.seq)
        await self._herald.read_up_to(ReadFrame(conversation_id=visitor.conversation_id, reader="shopper", seq=seq))

    async def _type(self, visitor: VisitorIdentity, command: Typing) -> None:
        frame = TypingFrame(
            author="shopper",
            is_typing=command.is_typing,
            conversation_id=visitor.conversation_id,
            draft=command.draft,
        )
        await self._herald.typing(frame)
