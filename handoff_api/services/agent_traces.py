"""What an agent's command leaves beside its effect: a note for colleagues, its client id, an audit line."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Author, AuthorKind, Event, NoteBody
from handoff_api.domain.text import clean_text, without_controls
from handoff_api.record import events, service
from handoff_api.record.tables import AgentRecord, ConversationRecord


async def leave_note(
    session: AsyncSession,
    row: ConversationRecord,
    agent: AgentRecord,
    note: str,
    *,
    now: datetime,
    client_id: str | None = None,
) -> list[Event]:
    """The note as an event for the agents' side; none where nothing can be seen in it."""
    if not without_controls(note).strip():
        return []
    author = Author(kind=AuthorKind.AGENT, id=agent.agent_id, name=agent.name)
    body = NoteBody(text=clean_text(note))
    return [await events.append(session, row, body, author, now=now, client_message_id=client_id)]


async def remember_done(
    session: AsyncSession,
    row: ConversationRecord,
    agent: AgentRecord,
    client_id: str,
    action: str,
    *,
    now: datetime,
) -> None:
    """Sent again under the same client id, the command is not done again; the audit log names who did it."""
    await events.remember_request(session, row.conversation_id, agent.agent_id, client_id, None, now=now)
    service.audit(session, row.shop_id, agent.agent_id, action, row.conversation_id, now=now)
