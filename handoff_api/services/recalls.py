"""Taking back what one said: gone for the shopper, kept for colleagues as a note."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Author, AuthorKind, Event, MessageBody, RecallBody, Status
from contracts.frames import Accepted, RecallMessage
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.roles import Right, require
from handoff_api.errors import RecallImpossible, RecallRefused
from handoff_api.record import events
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord, EventRecord
from handoff_api.services.agent_desk import AgentDesk
from handoff_api.services.agent_traces import leave_note, remember_done
from handoff_api.services.herald import Herald

WITHIN = timedelta(minutes=2)
WEB = "web"


class Recalls:
    def __init__(self, record: Record, agent_desk: AgentDesk, herald: Herald, clock: Clock) -> None:
        self._record = record
        self._agent_desk = agent_desk
        self._herald = herald
        self._clock = clock

    async def recall(self, agent: AgentRecord, command: RecallMessage) -> Accepted:
        """One's own words, whoever owns the conversation by now: it changes no owner and promises nothing."""
        require(agent.role, Right.WORK)
        now = self._clock()
        accepted = Accepted(client_message_id=command.client_message_id)
        async with self._record.writing() as session:
            row = await self._agent_desk.locked(session, agent, command.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, command.client_message_id):
                return accepted
            said = await self._own(session, row, agent, command.event_id, now=now)
            new = await self._take_back(session, row, agent, said, now=now)
            await remember_done(session, row, agent, command.client_message_id, "message.recalled", now=now)
        await self._herald.announce(row, *new)
        return accepted

    async def _own(
        self, session: AsyncSession, row: ConversationRecord, agent: AgentRecord, event_id: str, *, now: datetime
    ) -> EventRecord:
        said = await events.record_of(session, row.conversation_id, event_id)
        if said is None or said.author_id != agent.agent_id or not _is_plain(said) or row.channel != WEB:
            raise RecallImpossible
        if now - said.at > WITHIN:
            raise RecallRefused
        return said

    async def _take_back(
        self, session: AsyncSession, row: ConversationRecord, agent: AgentRecord, said: EventRecord, *, now: datetime
    ) -> list[Event]:
        text = str(said.body.get("text", ""))
        blank = MessageBody(client_message_id=said.client_message_id, is_recalled=True)
        said.body = blank.model_dump(mode="json")
        if said.seq == row.last_seq:
            row.preview = lines.RECALLED
        author = Author(kind=AuthorKind.AGENT, id=agent.agent_id, name=agent.name)
        told = await events.append(session, row, RecallBody(event_id=said.event_id), author, now=now)
        await session.flush()
        if row.status == Status.ACTIVE.value:
            row.unanswered_since = await events.unanswered_since(session, row.conversation_id)
        return [told, *await leave_note(session, row, agent, lines.RECALLED_NOTE.format(text=text), now=now)]


def _is_plain(said: EventRecord) -> bool:
    """Words of an agent; what stands for a case or a ticket at the shop cannot be taken back by silence."""
    body = said.body
    is_message = said.author_kind == AuthorKind.AGENT.value and body.get("kind") == "message"
    return is_message and not body.get("is_recalled") and not body.get("cards")
