"""From the conversation into the outbox: whatever was said on the shop's side since the last time, once.

The link's `relayed_seq` moves in the same transaction that writes the messages, so a crash repeats nothing and loses
nothing. It is poked after every commit; the sweep finds what a crash or another process left.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import AuthorKind, Event
from contracts.frames import TypingFrame
from contracts.identity import VisitorIdentity
from handoff_api.channels.messages import Adapter, Outgoing
from handoff_api.channels.render import render
from handoff_api.channels.sender import Sender
from handoff_api.domain.clock import Clock
from handoff_api.errors import ConversationNotFound
from handoff_api.record import channels, conversations, events
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelLinkRecord, ChannelOutboxRecord, ConversationRecord
from handoff_api.services.background import Background
from handoff_api.services.file_links import FileLinks

log = structlog.get_logger()

WEB = "web"


class Relay:
    """Listens to the herald."""

    def __init__(
        self,
        record: Record,
        adapters: Mapping[str, Adapter],
        sender: Sender,
        links: FileLinks,
        background: Background,
        clock: Clock,
    ) -> None:
        self._record = record
        self._adapters = adapters
        self._sender = sender
        self._links = links
        self._background = background
        self._clock = clock
        self._driven: set[str] = set()
        self._wanted: set[str] = set()

    # --- what the herald tells --------------------------------------------------------------------------------------
    def grown(self, row: ConversationRecord, new: Sequence[Event]) -> None:
        """A shopper's own words are not said back; the sweep passes over them."""
        if row.channel in self._adapters and any(event.author.kind is not AuthorKind.SHOPPER for event in new):
            self.poke(row.conversation_id)

    def typing(self, frame: TypingFrame) -> None:
        if frame.is_typing and self._adapters:
            self._background.start(self._type(frame.conversation_id), "channel_typing")

    async def _type(self, conversation_id: str) -> None:
        async with self._record.reading() as session:
            link = (await channels.current_links(session, [conversation_id])).get(conversation_id)
        if link and link.channel in self._adapters:
            await self._adapters[link.channel].typing(link.user_id)

    # --- relaying ---------------------------------------------------------------------------------------------------
    def poke(self, conversation_id: str) -> None:
        self._wanted.add(conversation_id)
        if conversation_id not in self._driven:
            self._driven.add(conversation_id)
            self._background.start(self._drive(conversation_id), "channel_relay")

    async def _drive(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._wanted:
                self._wanted.discard(conversation_id)
                await self.relay(conversation_id)
        finally:
            self._driven.discard(conversation_id)

    async def sweep(self) -> None:
        async with self._record.reading() as session:
            waiting = await channels.behind(session)
        for conversation_id in waiting:
            self.poke(conversation_id)

    async def relay(self, conversation_id: str) -> None:
        now = self._clock()
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, conversation_id)
                link = _current(row, await channels.links_of(session, conversation_id))
                if link is None:
                    return
                if link.relayed_seq < row.last_seq:
                    await self._hand_over(session, row, link, now=now)
        except ConversationNotFound:
            return
        self._sender.poke(link.channel, link.user_id)

    async def _hand_over(
        self, session: AsyncSession, row: ConversationRecord, link: ChannelLinkRecord, *, now: datetime
    ) -> None:
        adapter = self._adapters.get(link.channel)
        if adapter is None:
            return  # not configured here; it waits
        new = await events.after(session, row.conversation_id, link.relayed_seq)
        rendered = render(new, adapter.capabilities, self._links.url)
        for part, message in enumerate(rendered.messages):
            name = f"{new[0].event_id}-{part}"
            session.add(outbox_row(link, message, name, row.last_seq, now=now))
        if rendered.menu is not None:
            link.menu = [item.model_dump(mode="json") for item in rendered.menu]
        link.relayed_seq = row.last_seq

    async def say(self, visitor: VisitorIdentity, message: Outgoing, delivery_id: str) -> None:
        """A line that belongs to the channel and not to the conversation."""
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, visitor.conversation_id)
            link = _current(row, await channels.links_of(session, visitor.conversation_id))
            if link is None or await channels.outbound(session, delivery_id):
                return
            session.add(outbox_row(link, message, delivery_id, row.last_seq, now=now))
        self._sender.poke(link.channel, link.user_id)

    async def delivery_failed(self, delivery_id: str, reason: str) -> None:
        await self._sender.reported_failed(delivery_id, reason)


def _current(row: ConversationRecord, links: Sequence[ChannelLinkRecord]) -> ChannelLinkRecord | None:
    """Where they wrote last."""
    here = [link for link in links if link.channel == row.channel]
    return max(here, key=lambda link: link.last_inbound_at, default=None)


def outbox_row(
    link: ChannelLinkRecord, message: Outgoing, delivery_id: str, seq: int, *, now: datetime
) -> ChannelOutboxRecord:
    return ChannelOutboxRecord(
        delivery_id=delivery_id,
        channel=link.channel,
        user_id=link.user_id,
        conversation_id=link.conversation_id,
        seq=seq,
        body=message.model_dump(mode="json"),
        state="pending",
        attempts=0,
        next_at=now,
        created_at=now,
        platform_id="",
        reason="",
    )
