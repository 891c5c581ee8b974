"""What colleagues know of a shopper from before: earlier services with their ratings, and a note that stays."""

from contracts.desk import CustomerNote, PastService
from handoff_api.domain.clock import Clock
from handoff_api.domain.roles import Right, require
from handoff_api.domain.text import without_controls
from handoff_api.record import history, service
from handoff_api.record.database import Record
from handoff_api.record.desk_tables import CustomerNoteRecord
from handoff_api.record.tables import AgentRecord
from handoff_api.services.agent_desk import AgentDesk


class ShopperHistory:
    def __init__(self, record: Record, agent_desk: AgentDesk, clock: Clock) -> None:
        self._record = record
        self._agent_desk = agent_desk
        self._clock = clock

    async def services(self, agent: AgentRecord, conversation_id: str) -> list[PastService]:
        await self._agent_desk.require_readable(agent, conversation_id)
        async with self._record.reading() as session:
            return await history.past_services(session, conversation_id)

    async def note(self, agent: AgentRecord, conversation_id: str) -> CustomerNote:
        await self._agent_desk.require_readable(agent, conversation_id)
        async with self._record.reading() as session:
            row = await history.customer_note(session, conversation_id)
        return CustomerNote(text=row.text, agent_name=row.agent_name, at=row.at) if row else CustomerNote(text="")

    async def write_note(self, agent: AgentRecord, conversation_id: str, text: str) -> CustomerNote:
        """In the place of what stood there; the audit log says who, never what."""
        require(agent.role, Right.WORK)
        now, kept = self._clock(), without_controls(text).strip()
        async with self._record.writing() as session:
            conversation = await self._agent_desk.locked(session, agent, conversation_id)
            row = await history.customer_note(session, conversation_id)
            if row is None:
                row = CustomerNoteRecord(conversation_id=conversation_id)
                session.add(row)
            row.text, row.agent_name, row.at = kept, agent.name, now
            service.audit(session, conversation.shop_id, agent.agent_id, "customer.noted", conversation_id, now=now)
        return CustomerNote(text=kept, agent_name=agent.name, at=now)
