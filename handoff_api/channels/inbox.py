"""From the platform into the conversation.

Rule 1. `accept` commits; only then is the platform told that we have it. A message id is taken once.
Rule 2. Each user's messages are obeyed in order, by the same commands as the web page's, under a client id made of
        the message id: done again after a crash, they change nothing.
Rule 3. Too fast is later, never lost. What can never be obeyed is marked dead with its reason.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.frames import RateService
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.channels.arrivals import Arrival, Arrivals
from handoff_api.channels.errors import TryLater
from handoff_api.channels.inbox_rows import inbox_row
from handoff_api.channels.incoming_files import IncomingFiles
from handoff_api.channels.messages import Inbound, MenuItem, Outgoing
from handoff_api.channels.numbers import meant
from handoff_api.channels.relay import Relay
from handoff_api.channels.render import LEAVE_QUEUE, RATE
from handoff_api.domain.clock import Clock
from handoff_api.errors import BridgeError, ChoiceUnknown, IllegalStep, RateLimited, RatingRefused, Theirs
from handoff_api.record import channels
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelInboxRecord
from handoff_api.services.background import Background
from handoff_api.services.messages import Messages

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than it takes to fetch the largest file."""
SLOW_DOWN = timedelta(seconds=2)
RETRIES = [timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30, 60, 120, 300, 600)]
REMEMBERED = timedelta(days=7)
AT_ONCE = 4
"""Users whose messages are obeyed at the same time: a rush waits in the inbox, and what still arrives is kept and
acknowledged at once."""
FILES_AT_ONCE = 4
"""Fetching takes seconds and memory; words do not wait behind it."""


@dataclass(frozen=True)
class Ended:
    """How a message's turn went; `new`: it has another at `next_at`."""

    inbox_id: int
    state: str = "new"
    reason: str = ""
    next_at: datetime | None = None
    has_failed: bool = False


class Inbox:
    def __init__(
        self,
        record: Record,
        arrivals: Arrivals,
        messages: Messages,
        relay: Relay,
        files: IncomingFiles,
        background: Background,
        clock: Clock,
    ) -> None:
        self._record = record
        self._arrivals = arrivals
        self._messages = messages
        self._relay = relay
        self._files = files
        self._background = background
        self._clock = clock
        self._driven: set[tuple[str, str]] = set()
        self._wanted: set[tuple[str, str]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._fetching = asyncio.Semaphore(FILES_AT_ONCE)

    async def accept(self, channel: str, inbound: Sequence[Inbound]) -> list[bool]:
        """Per message, whether it is new. All of them are in the record when this returns."""
        now = self._clock()
        async with self._record.writing() as session:
            new = [await channels.take_in(session, inbox_row(channel, message), now=now) for message in inbound]
        self.poke_users(channel, {message.user_id for message, is_new in zip(inbound, new, strict=True) if is_new})
        return new

    def poke_users(self, channel: str, users: set[str]) -> None:
        for user_id in users:
            self.poke(channel, user_id)

    def poke(self, channel: str, user_id: str) -> None:
        """There may be something to obey. Never two drivers for one user in this process."""
        key = (channel, user_id)
        self._wanted.add(key)
        if key not in self._driven:
            self._driven.add(key)
            self._background.start(self._drive(key), "channel_inbox")

    async def sweep(self) -> None:
        async with self._record.reading() as session:
            waiting = await channels.users_with_inbound(session, now=self._clock())
        for channel, user_id in waiting:
            self.poke(channel, user_id)

    async def forget(self) -> None:
        async with self._record.writing() as session:
            await channels.forget_inbound(session, before=self._clock() - REMEMBERED)

    async def _drive(self, key: tuple[str, str]) -> None:
        try:
            while key in self._wanted:
                self._wanted.discard(key)
                await self._obey_all(key)
        finally:
            self._driven.discard(key)

    async def _obey_all(self, key: tuple[str, str]) -> None:
        """One message after the other; how one ended is written down with the claim of the next. Files have slots of
        their own."""
        ended: Ended | None = None
        while True:
            async with self._slots:
                row = await self._claim(*key, ended)
                if row is None:
                    return
                is_file = bool((row.body or {}).get("media"))
                ended = None if is_file else await self._work_on(row)
            if is_file:
                async with self._fetching:
                    ended = await self._work_on(row)

    async def _claim(self, channel: str, user_id: str, ended: Ended | None) -> ChannelInboxRecord | None:
        async with self._record.writing() as session:
            if ended:
                await _write_down(session, ended)
            return await channels.claim_inbound(session, channel, user_id, now=self._clock(), lease=LEASE)

    async def _work_on(self, row: ChannelInboxRecord) -> Ended:
        try:
            await self._obey(row)
        except RateLimited:
            return Ended(row.inbox_id, next_at=self._clock() + SLOW_DOWN)
        except Theirs as refused:
            return Ended(row.inbox_id, "done", refused.code)
        except (TimeoutError, BridgeError, SQLAlchemyError, TryLater) as error:
            return self._failed(row, error)
        return Ended(row.inbox_id, "done")

    def _failed(self, row: ChannelInboxRecord, error: BaseException) -> Ended:
        name = type(error).__name__
        log.warning("channel.inbound_failed", channel=row.channel, inbox_id=row.inbox_id, error=name)
        if row.attempts >= len(RETRIES):
            return Ended(row.inbox_id, "dead", name)
        return Ended(row.inbox_id, next_at=self._clock() + RETRIES[row.attempts], has_failed=True)

    async def _obey(self, row: ChannelInboxRecord) -> None:
        inbound = Inbound.model_validate(row.body)
        if inbound.kind == "failed":
            await self._relay.delivery_failed(inbound.item_id, inbound.text)
            return
        arrival = await self._arrivals.arrive(row.channel, inbound)
        client_id = client_id_of(row)
        if inbound.media:
            inbound = await self._with_file(row, inbound, arrival)
        match inbound.kind:
            case "text":
                await self._say(arrival, client_id, inbound)
            case "press":
                await self._press(arrival, client_id, MenuItem(id=inbound.item_id, title=inbound.text))
            case "enter" | "leave" | "note":
                pass  # the arrival was all of it
            case "person":
                await self._messages.request_person(arrival.visitor, client_id)
        if arrival.is_owed:
            self._relay.poke(arrival.visitor.conversation_id)

    async def _with_file(self, row: ChannelInboxRecord, inbound: Inbound, arrival: Arrival) -> Inbound:
        conversation_id = arrival.visitor.conversation_id
        inbound = await self._files.brought_in(row.channel, inbound, conversation_id, tries=row.attempts)
        async with self._record.writing() as session:
            stored = await channels.inbound(session, row.inbox_id)
            if stored:
                stored.body = inbound.model_dump(mode="json")
        return inbound

    async def _say(self, arrival: Arrival, client_id: str, said: Inbound) -> None:
        item = meant(said.text, arrival.menu)
        if item and not said.attachments:
            await self._press(arrival, client_id, item)
        elif said.text or said.attachments:
            await self._messages.send(arrival.visitor, client_id, said.text, said.attachments, bot_line=said.bot_line)

    async def _press(self, arrival: Arrival, client_id: str, item: MenuItem) -> None:
        """A button that is used up or unknown is what it says."""
        kind, _, rest = item.id.partition(":")
        if kind == RATE and ":" in rest:
            await self._rate(arrival.visitor, client_id, rest)
        elif kind == LEAVE_QUEUE:
            await self._leave_queue(arrival.visitor, client_id)
        else:
            try:
                await self._messages.press(arrival.visitor, client_id, item.id)
            except ChoiceUnknown:
                await self._messages.send(arrival.visitor, client_id, item.title)

    async def _rate(self, visitor: VisitorIdentity, client_id: str, rest: str) -> None:
        session_id, _, score = rest.rpartition(":")
        if score not in ("1", "2", "3", "4", "5"):
            return
        command = RateService(client_message_id=client_id, session_id=session_id, score=int(score))
        try:
            await self._messages.rate(visitor, command)
        except RatingRefused:
            return
        thanks = Outgoing(text=lines.RATED, author="system", may_use_reserve=True)
        await self._relay.say(visitor, thanks, f"r_{client_id[3:27]}")

    async def _leave_queue(self, visitor: VisitorIdentity, client_id: str) -> None:
        try:
            await self._messages.leave_queue(visitor, client_id)
        except IllegalStep:
            return  # they wait no longer


async def _write_down(session: AsyncSession, ended: Ended) -> None:
    """What was said is in the conversation now; here only its id stays."""
    stored = await channels.inbound(session, ended.inbox_id)
    if stored is None:
        return
    stored.state, stored.reason, stored.lease_until = ended.state, ended.reason, None
    stored.next_at = ended.next_at or stored.next_at
    stored.attempts += ended.has_failed
    if ended.state == "done":
        stored.body = None
    await session.flush()


def client_id_of(row: ChannelInboxRecord) -> str:
    """The client id of the web page's commands, from the platform's own id: the same at every try."""
    return "im_" + hashlib.sha256(f"{row.channel}|{row.message_id}".encode()).hexdigest()[:40]
