"""What an agent does in a conversation: only its owner speaks in it, only under the current epoch."""

import time
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.desk import EventPage
from contracts.events import Author, AuthorKind, Body, ConversationRow, Event, MessageBody, NoteBody, Quote, Status
from contracts.frames import (
    Accepted,
    AddNote,
    AgentSendMessage,
    AgentView,
    CloseConversation,
    OfferFrame,
    ReadFrame,
    SetPresence,
    Snapshot,
    TransferConversation,
)
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import require_epoch
from handoff_api.domain.roles import Right, may, require
from handoff_api.domain.text import clean_text, clean_words, without_controls
from handoff_api.errors import (
    AgentUnavailable,
    ConversationNotFound,
    Forbidden,
    IllegalStep,
    NotYourConversation,
    QuoteUnknown,
    SkillUnknown,
)
from handoff_api.record import agents, assignments, conversations, events, mentions
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.agent_traces import leave_note, remember_done
from handoff_api.services.assignment import Assignment
from handoff_api.services.closing import Closing
from handoff_api.services.files import Files
from handoff_api.services.herald import Herald
from handoff_api.services.message_line import MessageLine, Words
from handoff_api.services.staffing import Staffing
from handoff_api.services.tally import Tally
from handoff_api.services.views import Views

log = structlog.get_logger()

PAGE = 100
"""So many events come with a snapshot; earlier ones when they are looked for."""
QUOTED_LENGTH = 120
OPEN_TO_LEADS = (Status.QUEUED, Status.OFFERED, Status.MESSAGE_LEFT)


class AgentDesk:
    def __init__(
        self,
        record: Record,
        line: MessageLine,
        assignment: Assignment,
        closing: Closing,
        files: Files,
        staffing: Staffing,
        views: Views,
        herald: Herald,
        tally: Tally,
        clock: Clock,
    ) -> None:
        self._record = record
        self._line = line
        self._assignment = assignment
        self._closing = closing
        self._files = files
        self._staffing = staffing
        self._views = views
        self._herald = herald
        self._tally = tally
        self._clock = clock

    # --- speaking ---------------------------------------------------------------------------------------------------
    async def send(self, agent: AgentRecord, command: AgentSendMessage) -> Accepted:
        text, began_s = clean_words(command.text, has_more=bool(command.attachments)), time.perf_counter()

        def admit(row: ConversationRecord) -> Author:
            _require_own_shop(row, agent)
            _require_speaker(row, agent, command.epoch)
            if row.status != Status.ACTIVE.value:
                raise IllegalStep
            return _author(agent)

        async def compose(session: AsyncSession, event_id: str) -> MessageBody:
            where, client_id = command.conversation_id, command.client_message_id
            attached = await self._files.attach(session, where, agent.agent_id, command.attachments, event_id)
            quote = await _quote(session, where, command.quote_event_id) if command.quote_event_id else None
            return MessageBody(text=text, attachments=attached, client_message_id=client_id, quote=quote)

        has_more = bool(command.attachments or command.quote_event_id)
        words = Words(
            command.conversation_id,
            agent.agent_id,
            command.client_message_id,
            text,
            admit,
            compose if has_more else None,
        )
        spoken = await self._line.say(words)
        if spoken is None:
            raise IllegalStep
        self._tally.accepted("agent", time.perf_counter() - began_s)
        if spoken.event:
            await self._herald.announce(spoken.row, spoken.event)
        return Accepted(client_message_id=command.client_message_id, seq=spoken.seq)

    async def add_note(self, agent: AgentRecord, command: AddNote) -> Accepted:
        """For colleagues only; every agent of the shop may write one, whoever owns the conversation."""
        require(agent.role, Right.WORK)
        text = clean_text(command.text)
        now = self._clock()
        async with self._record.writing() as session:
            row = await self.locked(session, agent, command.conversation_id)
            seen = await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id)
            if seen:
                return Accepted(client_message_id=command.client_message_id, seq=seen.seq)
            named = await mentions.named(session, row.shop_id, command.mentions)
            body = NoteBody(text=text, mentions=named)
            event = await self._write(session, row, agent, body, command.client_message_id, now=now)
            mentions.add(session, event)
        await self._herald.announce(row, event)
        for mention in named:
            await self._herald.mentioned(mention.agent_id, mentions.frame(event, row))
        return Accepted(client_message_id=command.client_message_id, seq=event.seq)

    async def _write(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        agent: AgentRecord,
        body: Body,
        client_id: str,
        *,
        now: datetime,
    ) -> Event:
        event = await events.append(session, row, body, _author(agent), now=now, client_message_id=client_id)
        await events.remember_request(session, row.conversation_id, agent.agent_id, client_id, event.seq, now=now)
        return event

    # --- handing on -------------------------------------------------------------------------------------------------
    async def close(self, agent: AgentRecord, command: CloseConversation) -> Accepted:
        """With a disposition it is closed at once; without one the agent is still wrapping up."""
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            _require_owner(row, agent, command.epoch, leads_may=True)
            holder = row.agent_id
            new = await leave_note(session, row, agent, command.note, now=now, client_id=command.client_message_id)
            if command.disposition or row.status == Status.WRAP_UP.value:
                disposition = without_controls(command.disposition)
                new += await self._closing.close(session, row, disposition, now=now)
            else:
                new += await self._closing.finish(session, row, now=now)
            await remember_done(session, row, agent, command.client_message_id, "conversation.closed", now=now)
        await self._herald.announce(row, *new, is_moved=True)
        await self._freed(holder)
        return accepted

    async def transfer(self, agent: AgentRecord, command: TransferConversation) -> Accepted:
        if command.agent_id and command.agent_id not in await self._staffing.online():
            raise AgentUnavailable
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            _require_owner(row, agent, command.epoch, leads_may=True, is_waiting_too=True)
            await _require_skill(session, row.shop_id, command.skill)
            holder = row.agent_id or row.offered_to
            new = await leave_note(session, row, agent, command.note, now=now, client_id=command.client_message_id)
            new.append(await self._hand_on(session, row, command, now=now))
            await remember_done(session, row, agent, command.client_message_id, "conversation.transferred", now=now)
        if holder and row.agent_id is None:
            await self._herald.offer_ended(row.conversation_id, holder, "withdrawn")
        await self._tell_transfer(row, command, new)
        await self._freed(holder)
        return accepted

    async def _hand_on(
        self, session: AsyncSession, row: ConversationRecord, command: TransferConversation, *, now: datetime
    ) -> Event:
        if row.agent_id:
            if command.agent_id:
                return await self._assignment.transfer(session, row, command.agent_id)
            return await self._assignment.requeue(
                session, row, lines.AGENT_CHANGED, skill=command.skill, is_handed_on=True
            )
        if command.agent_id:
            return await self._assignment.assign(session, row, command.agent_id)
        return await self._assignment.regroup(session, row, command.skill or row.skill, now=now)

    async def _tell_transfer(self, row: ConversationRecord, command: TransferConversation, new: list[Event]) -> None:
        if command.agent_id:
            await self._assignment.tell_transfer(row, command.agent_id, *new)
        else:
            await self._assignment.tell_queued(row, *new)

    async def _freed(self, agent_id: str | None) -> None:
        if agent_id:
            await self._herald.agent_changed(agent_id)
        await self._assignment.match()

    # --- looking ----------------------------------------------------------------------------------------------------
    async def snapshot(self, agent: AgentRecord, conversation_id: str, *, last_seq: int = 0) -> Snapshot:
        async with self._record.reading() as session:
            row = await self._readable(session, agent, conversation_id)
            [line] = await self._views.for_agents(session, [row])
            if last_seq:
                said = await events.after(session, conversation_id, last_seq)
                readings = await events.readings(session, conversation_id, after=last_seq - PAGE)
            else:
                said, readings = await events.latest_before(session, conversation_id, None, limit=PAGE)
            return Snapshot(
                row=line,
                events=said,
                notes=await events.after(session, conversation_id, 0, audience="agents"),
                readings=readings,
                choices=await assignments.choices(session, conversation_id),
            )

    async def earlier(self, agent: AgentRecord, conversation_id: str, before: int, *, limit: int) -> EventPage:
        """What was said before that place."""
        async with self._record.reading() as session:
            await self._readable(session, agent, conversation_id)
            said, readings = await events.latest_before(session, conversation_id, before, limit=limit)
        return EventPage(events=said, readings=readings)

    async def events_after(self, conversation_id: str, seq: int, *, audience: str) -> list[Event]:
        async with self._record.reading() as session:
            return await events.after(session, conversation_id, seq, audience=audience)

    async def rows(self, agent: AgentRecord) -> list[ConversationRow]:
        async with self._record.reading() as session:
            found = await conversations.desk(session, agent.shop_id, agent.agent_id)
            return await self._views.for_agents(session, found)

    async def listed(
        self, agent: AgentRecord, view: str, *, limit: int, before: datetime | None = None
    ) -> list[ConversationRow]:
        async with self._record.reading() as session:
            found = await conversations.listed(
                session, agent.shop_id, view, agent_id=agent.agent_id, limit=limit, before=before
            )
            return await self._views.for_agents(session, found)

    async def counts(self, agent: AgentRecord) -> dict[str, int]:
        async with self._record.reading() as session:
            return await conversations.counts(session, agent.shop_id, agent.agent_id)

    async def running_offers(self, agent: AgentRecord) -> list[OfferFrame]:
        """What is reserved for this agent now; a tab that opens later must show it as well."""
        async with self._record.reading() as session:
            rows = await conversations.offered_to(session, agent.agent_id)
            shown = await self._views.for_agents(session, rows)
        return [OfferFrame(row=row, expires_at=row.offer_expires_at) for row in shown if row.offer_expires_at]

    async def shopper_read(self, conversation_id: str) -> ReadFrame:
        """How far the shopper has read; it goes with every snapshot."""
        async with self._record.reading() as session:
            row = await conversations.by_id(session, conversation_id)
        return ReadFrame(conversation_id=conversation_id, reader="shopper", seq=row.shopper_read_seq)

    async def view(self, agent_id: str) -> AgentView:
        async with self._record.reading() as session:
            row = await agents.by_id(session, agent_id)
            if row is None:
                raise Forbidden
            return await self._staffing.view(session, row)

    async def colleagues(self, agent: AgentRecord) -> list[AgentView]:
        async with self._record.reading() as session:
            rows = await agents.of_shop(session, agent.shop_id)
            return [await self._staffing.view(session, row) for row in rows]

    async def require_readable(self, agent: AgentRecord, conversation_id: str) -> ConversationRecord:
        """Agents read every conversation of their own shop; another shop's does not exist for them."""
        async with self._record.reading() as session:
            return await self._readable(session, agent, conversation_id)

    async def require_speaker(self, agent: AgentRecord, conversation_id: str) -> None:
        """Whoever may say something in it now: its owner, or a guest."""
        require(agent.role, Right.WORK)
        row = await self.require_readable(agent, conversation_id)
        _require_speaker(row, agent, row.epoch)

    def require_owner(self, row: ConversationRecord, agent: AgentRecord, epoch: int) -> None:
        _require_owner(row, agent, epoch, leads_may=True)

    async def _readable(self, session: AsyncSession, agent: AgentRecord, conversation_id: str) -> ConversationRecord:
        row = await conversations.by_id(session, conversation_id)
        _require_own_shop(row, agent)
        return row

    async def locked(self, session: AsyncSession, agent: AgentRecord, conversation_id: str) -> ConversationRecord:
        row = await conversations.locked(session, conversation_id)
        _require_own_shop(row, agent)
        return row

    # --- presence and marks -----------------------------------------------------------------------------------------
    async def set_presence(self, agent_id: str, command: SetPresence) -> None:
        async with self._record.writing() as session:
            row = await agents.locked(session, agent_id)
            if row is None:
                raise Forbidden
            row.presence, row.missed_offers = command.status, 0
        if command.status != "online":
            await self._assignment.withdraw_offers_of(agent_id)
        await self._herald.agent_changed(agent_id)
        await self.staff_changed(agent_id)

    async def staff_changed(self, agent_id: str) -> None:
        """Somebody came, went, or changed their presence: match, and tell those who wait."""
        async with self._record.reading() as session:
            row = await agents.by_id(session, agent_id)
        await self._assignment.match()
        if row:
            await self._herald.tell_places(row.shop_id)

    async def mark_read(self, agent: AgentRecord, conversation_id: str, seq: int) -> int | None:
        """Only the owner's reading counts as read; None for a colleague who merely looks."""
        async with self._record.writing() as session:
            row = await self.locked(session, agent, conversation_id)
            if row.agent_id != agent.agent_id:
                return None
            row.agent_read_seq = max(row.agent_read_seq, min(seq, row.last_seq))
        await self._herald.announce(row)
        return row.agent_read_seq


def _require_own_shop(row: ConversationRecord, agent: AgentRecord) -> None:
    if row.shop_id != agent.shop_id:
        raise ConversationNotFound


def _author(agent: AgentRecord) -> Author:
    return Author(kind=AuthorKind.AGENT, id=agent.agent_id, name=agent.name)


async def _quote(session: AsyncSession, conversation_id: str, event_id: str) -> Quote:
    """Of a message in this very conversation, and none that was taken back."""
    quoted = await events.record_of(session, conversation_id, event_id)
    if quoted is None or quoted.audience != "everyone" or not str(quoted.body.get("text") or "").strip():
        raise QuoteUnknown
    text = str(quoted.body["text"]).strip()
    cut = text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"
    return Quote(event_id=event_id, author=AuthorKind(quoted.author_kind), name=quoted.author_name, text=cut)


async def _require_skill(session: AsyncSession, shop_id: str, skill: str | None) -> None:
    """A queue that nobody serves is no place to send anybody to."""
    if skill is not None and skill != "general":
        everyone = await agents.of_shop(session, shop_id)
        if not any(skill in row.skills for row in everyone):
            raise SkillUnknown


def _require_owner(
    row: ConversationRecord,
    agent: AgentRecord,
    epoch: int,
    *,
    leads_may: bool = False,
    is_waiting_too: bool = False,
) -> None:
    """The epoch first: who looks at an old state of affairs is told so, whoever they are."""
    require(agent.role, Right.WORK)
    require_epoch(row.ownership, epoch)
    is_anybodys = row.agent_id is not None or (is_waiting_too and Status(row.status) in OPEN_TO_LEADS)
    if row.agent_id == agent.agent_id or (leads_may and may(agent.role, Right.LEAD) and is_anybodys):
        return
    raise NotYourConversation


def _require_speaker(row: ConversationRecord, agent: AgentRecord, epoch: int) -> None:
    """The owner, or a guest the owner has let in."""
    if any(guest["agent_id"] == agent.agent_id for guest in row.guests):
        require_epoch(row.ownership, epoch)
    else:
        _require_owner(row, agent, epoch)
