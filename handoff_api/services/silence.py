"""An agent who does not answer: reminded once, then the shopper goes back to the place they had in the queue.

Counted from the first unanswered message, but never from before the agent took the conversation.
"""

from datetime import datetime, timedelta

import structlog

from contracts.frames import AnswerOverdue
from handoff_api.domain.clock import Clock
from handoff_api.record import conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.herald import Herald

log = structlog.get_logger()


class Silence:
    """`limit`: until the reminder; `patience`: from there until the conversation is taken back."""

    def __init__(
        self,
        record: Record,
        assignment: Assignment,
        herald: Herald,
        clock: Clock,
        *,
        shop_id: str,
        limit: timedelta,
        patience: timedelta,
    ) -> None:
        self._record = record
        self._assignment = assignment
        self._herald = herald
        self._clock = clock
        self._shop_id = shop_id
        self._limit = limit
        self._patience = patience
        self._reminded: dict[str, datetime] = {}

    async def sweep(self) -> None:
        """After a restart somebody may be reminded a second time; nothing is taken back twice."""
        now = self._clock()
        async with self._record.reading() as session:
            silent = await conversations.unanswered(session, self._shop_id, since=now - self._limit)
        known, self._reminded = self._reminded, {}
        for row in silent:
            since = waiting_since(row)
            if since + self._limit + self._patience <= now:
                await self._assignment.take_back_silent(row)
            else:
                self._reminded[row.conversation_id] = since
                if known.get(row.conversation_id) != since:
                    await self._remind(row, since)

    async def _remind(self, row: ConversationRecord, since: datetime) -> None:
        log.info("answer.overdue", conversation_id=row.conversation_id, agent_id=row.agent_id)
        frame = AnswerOverdue(
            conversation_id=row.conversation_id,
            unanswered_since=since,
            taken_back_at=since + self._limit + self._patience,
        )
        await self._herald.answer_overdue(row.agent_id or "", frame)


def waiting_since(row: ConversationRecord) -> datetime:
    """Since when this agent owes an answer."""
    return max(row.unanswered_since or row.status_since, row.status_since)
