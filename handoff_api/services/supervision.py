"""What a supervisor does beside the agents: take over, bring in a guest, whisper, set up what an agent can take."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Event, Status
from contracts.frames import Accepted, InviteGuest, RemoveGuest, SetUpAgent, TakeOver, Whisper, Whispered
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import Step, require_epoch
from handoff_api.domain.roles import Right, may, require
from handoff_api.domain.text import clean_text
from handoff_api.errors import AgentHoldsMore, AgentUnavailable, IllegalStep, NotYourConversation
from handoff_api.record import agents, conversations, events, service
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.agent_desk import AgentDesk
from handoff_api.services.agent_traces import leave_note, remember_done
from handoff_api.services.assignment import Assignment
from handoff_api.services.herald import Herald
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staffing

log = structlog.get_logger()

MOST_GUESTS = 3


class Supervision:
    def __init__(
        self,
        record: Record,
        desk: AgentDesk,
        assignment: Assignment,
        staffing: Staffing,
        herald: Herald,
        speaker: Speaker,
        clock: Clock,
    ) -> None:
        self._record = record
        self._desk = desk
        self._assignment = assignment
        self._staffing = staffing
        self._herald = herald
        self._speaker = speaker
        self._clock = clock

    # --- taking over ------------------------------------------------------------------------------------------------
    async def take_over(self, agent: AgentRecord, command: TakeOver) -> Accepted:
        """From whoever has it: a colleague, the queue, the bot. Needs room like every other claim."""
        require(agent.role, Right.LEAD)
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self._desk.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            require_epoch(row.ownership, command.epoch)
            if row.agent_id == agent.agent_id:
                raise IllegalStep
            before = row.agent_id or row.offered_to
            new = await leave_note(session, row, agent, command.note, now=now)
            new.append(await self._assignment.seat(session, row, agent.agent_id, Step.TAKE_OVER, now=now))
            await remember_done(session, row, agent, command.client_message_id, "conversation.taken_over", now=now)
        log.info("conversation.taken_over", conversation_id=row.conversation_id, agent_id=agent.agent_id)
        await self._assignment.seated(row, agent.agent_id, *new, before=before)
        return accepted

    # --- guests -----------------------------------------------------------------------------------------------------
    async def invite(self, agent: AgentRecord, command: InviteGuest) -> Accepted:
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self._desk.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            self._desk.require_owner(row, agent, command.epoch)
            if row.status != Status.ACTIVE.value or len(row.guests) >= MOST_GUESTS:
                raise IllegalStep
            guest = await self._colleague(session, row, command.agent_id)
            row.guests = [*row.guests, {"agent_id": guest.agent_id, "name": guest.name}]
            told = await self._tell(session, row, lines.GUEST_JOINED.format(agent_name=guest.name), now=now)
            await remember_done(session, row, agent, command.client_message_id, "guest.invited", now=now)
        await self._herald.announce(row, told, is_moved=True)
        return accepted

    async def remove(self, agent: AgentRecord, command: RemoveGuest) -> Accepted:
        """Who leaves on their own needs nobody's leave."""
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self._desk.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            if agent.agent_id != command.agent_id:
                self._desk.require_owner(row, agent, row.epoch)
            left = [guest for guest in row.guests if guest["agent_id"] == command.agent_id]
            if not left:
                raise AgentUnavailable
            row.guests = [guest for guest in row.guests if guest["agent_id"] != command.agent_id]
            told = await self._tell(session, row, lines.GUEST_LEFT.format(agent_name=left[0]["name"]), now=now)
            await remember_done(session, row, agent, command.client_message_id, "guest.removed", now=now)
        await self._herald.announce(row, told, is_moved=True)
        return accepted

    async def _colleague(self, session: AsyncSession, row: ConversationRecord, agent_id: str) -> AgentRecord:
        """Somebody of this shop who is here, may speak, and is not in the conversation yet."""
        guest = await agents.by_id(session, agent_id)
        is_in_it = agent_id == row.agent_id or any(known["agent_id"] == agent_id for known in row.guests)
        is_colleague = guest is not None and guest.is_active and guest.shop_id == row.shop_id
        if guest is None or not is_colleague or is_in_it or not may(guest.role, Right.WORK):
            raise AgentUnavailable
        if agent_id not in await self._staffing.online():
            raise AgentUnavailable
        return guest

    async def _tell(self, session: AsyncSession, row: ConversationRecord, line: str, *, now: datetime) -> Event:
        names = await conversations.agent_names(session, [row.agent_id or ""])
        return await self._speaker.tell_status(
            session, row, line, now=now, agent_name=names.get(row.agent_id or "", "")
        )

    # --- whispering -------------------------------------------------------------------------------------------------
    async def whisper(self, agent: AgentRecord, command: Whisper) -> Accepted:
        """Kept as a note, and pushed to the owner whatever they look at."""
        require(agent.role, Right.WORK)
        text = clean_text(command.text)
        now = self._clock()
        async with self._record.writing() as session:
            row = await self._desk.locked(session, agent, command.conversation_id)
            seen = await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id)
            if seen:
                return Accepted(client_message_id=command.client_message_id, seq=seen.seq)
            owner = row.agent_id
            if owner is None or owner == agent.agent_id:
                raise NotYourConversation
            [event] = await leave_note(session, row, agent, text, now=now)
            client_id = command.client_message_id
            await events.remember_request(session, row.conversation_id, agent.agent_id, client_id, event.seq, now=now)
        await self._herald.announce(row, event)
        frame = Whispered(conversation_id=row.conversation_id, author_name=agent.name, text=text)
        await self._herald.whispered(owner, frame)
        return Accepted(client_message_id=command.client_message_id, seq=event.seq)

    # --- what an agent can take -------------------------------------------------------------------------------------
    async def set_up(self, agent: AgentRecord, command: SetUpAgent) -> None:
        """What is held stays held: a capacity below it is refused, so that nobody is ever over theirs."""
        require(agent.role, Right.LEAD)
        async with self._record.writing() as session:
            row = await agents.locked(session, command.agent_id)
            if row is None or row.shop_id != agent.shop_id or not row.is_active:
                raise AgentUnavailable
            if command.capacity is not None:
                loads = await conversations.open_counts(session, [row.agent_id])
                if command.capacity < loads[row.agent_id]:
                    raise AgentHoldsMore
                row.capacity = command.capacity
            row.skills = row.skills if command.skills is None else list(dict.fromkeys(command.skills))
            row.level = command.level or row.level
            if command.presence:
                row.presence, row.missed_offers = command.presence, 0
            service.audit(session, row.shop_id, agent.agent_id, "agent.set_up", row.agent_id, now=self._clock())
        if command.presence and command.presence != "online":
            await self._assignment.withdraw_offers_of(command.agent_id)
        await self._herald.agent_changed(command.agent_id)
        await self._desk.staff_changed(command.agent_id)
