"""The clocks' part of the service's deadlines: a warning before, an event when one is missed, each said once."""

from datetime import timedelta

import structlog

from contracts.events import HandoffPackage, Status
from contracts.frames import SlaFrame
from handoff_api.domain.clock import Clock
from handoff_api.domain.deadlines import Due, Served, due
from handoff_api.record import conversations, deadlines
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.herald import Herald
from handoff_api.services.rule_book import RuleBook

log = structlog.get_logger()


class Deadlines:
    def __init__(self, record: Record, herald: Herald, rules: RuleBook, clock: Clock, *, shop_id: str) -> None:
        self._record = record
        self._herald = herald
        self._rules = rules
        self._clock = clock
        self._shop_id = shop_id

    async def sweep(self) -> None:
        now, sla = self._clock(), self._rules.now.sla
        first_look = timedelta(seconds=min(sla.first_response.warn_s, sla.response.warn_s))
        async with self._record.reading() as session:
            rows = await deadlines.waiting_since(session, self._shop_id, now - first_look)
        for row in rows:
            for each in due(_served(row), sla, now=now):
                await self._note(row.conversation_id, each)

    async def _note(self, conversation_id: str, due: Due) -> None:
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            if not await deadlines.note(session, row, due, now=self._clock()):
                return
        log.info("sla.reached", conversation_id=conversation_id, kind=due.kind, stage=due.stage, group=row.skill)
        await self._herald.deadline(row.shop_id, _frame(row, due))


def _served(row: ConversationRecord) -> Served:
    since = row.waiting_since or row.unanswered_since or row.status_since
    requested_at = HandoffPackage.model_validate(row.handoff).requested_at if row.handoff else since
    return Served(Status(row.status), requested_at, row.answered_at, row.unanswered_since)


def _frame(row: ConversationRecord, due: Due) -> SlaFrame:
    return SlaFrame(
        conversation_id=row.conversation_id,
        kind=due.kind,
        stage=due.stage,
        due_at=due.due_at,
        group=row.skill,
        channel=row.channel,
        agent_id=row.agent_id,
    )
