"""Shoppers who are called back at a time they chose: put into the queue again when it has come."""

import structlog

from contracts.events import Event, Status
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import Step
from handoff_api.domain.handoff import stronger
from handoff_api.domain.rules import Priority
from handoff_api.errors import IllegalStep, StaleEpoch
from handoff_api.record import conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.lineup import set_rank
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.speaking import Speaker

log = structlog.get_logger()


class Callbacks:
    def __init__(
        self, record: Record, assignment: Assignment, speaker: Speaker, rules: RuleBook, clock: Clock, *, shop_id: str
    ) -> None:
        self._record = record
        self._assignment = assignment
        self._speaker = speaker
        self._rules = rules
        self._clock = clock
        self._shop_id = shop_id

    async def bring_back(self) -> None:
        """The clocks' part. Idempotent: who was brought back waits in the queue and is not found again."""
        async with self._record.reading() as session:
            due = await conversations.callbacks_due(session, self._shop_id, self._clock())
        for conversation_id in due:
            await self._bring_back(conversation_id)

    async def _bring_back(self, conversation_id: str) -> None:
        now = self._clock()
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, conversation_id)
                if row.status != Status.MESSAGE_LEFT.value or row.callback_at is None or row.callback_at > now:
                    return
                await self._speaker.move(session, row, Step.REQUEST_PERSON, now=now)
                self._queue(row)
                row.waiting_since = now
                told: Event = await self._speaker.tell_status(session, row, lines.CALLBACK_NOW, now=now)
        except (IllegalStep, StaleEpoch):
            return
        log.info("callback.due", conversation_id=conversation_id)
        await self._assignment.tell_queued(row, told)

    def _queue(self, row: ConversationRecord) -> None:
        """The number of its arrival is still its own: it is older than whoever came meanwhile."""
        priority: Priority = next((p for p in self._rules.now.order.priority_min if p == row.priority), "normal")
        row.priority = stronger(priority, self._rules.now.reason("callback").priority)
        set_rank(row, self._rules.now.order)
