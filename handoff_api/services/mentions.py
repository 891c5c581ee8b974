"""Notes that name an agent: kept until they have opened the conversation."""

from contracts.frames import Mentioned
from handoff_api.domain.clock import Clock
from handoff_api.record import mentions
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord


class Mentions:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def unseen(self, agent: AgentRecord) -> list[Mentioned]:
        async with self._record.reading() as session:
            return await mentions.unseen(session, agent.agent_id)

    async def opened(self, agent: AgentRecord, conversation_id: str) -> None:
        """Writes only where there was something to be seen: conversations are opened all day."""
        async with self._record.reading() as session:
            if not await mentions.has_unseen(session, agent.agent_id, conversation_id):
                return
        async with self._record.writing() as session:
            await mentions.see(session, agent.agent_id, conversation_id, now=self._clock())
