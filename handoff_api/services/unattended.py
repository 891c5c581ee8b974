"""A shopper waits and nobody is there: what they write now is kept for later, or answered once more with the truth."""

import structlog

from contracts.events import Event, MessageBody, Reading, Status
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import WAITING
from handoff_api.domain.courtesies import is_courtesy
from handoff_api.errors import IllegalStep, StaleEpoch
from handoff_api.record import conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.background import Background
from handoff_api.services.handoffs import Handoffs
from handoff_api.services.herald import Herald
from handoff_api.services.left_messages import LeftMessages
from handoff_api.services.lineup import Lineup
from handoff_api.services.readings import Readings
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staffing
from handoff_api.store.limits import Limits

log = structlog.get_logger()

REMINDERS_PER_S = 1 / 60


class Unattended:
    def __init__(
        self,
        record: Record,
        readings: Readings,
        handoffs: Handoffs,
        left_messages: LeftMessages,
        staffing: Staffing,
        lineup: Lineup,
        assignment: Assignment,
        herald: Herald,
        speaker: Speaker,
        limits: Limits,
        background: Background,
        clock: Clock,
    ) -> None:
        self._record = record
        self._readings = readings
        self._handoffs = handoffs
        self._left_messages = left_messages
        self._staffing = staffing
        self._lineup = lineup
        self._assignment = assignment
        self._herald = herald
        self._speaker = speaker
        self._limits = limits
        self._background = background
        self._clock = clock

    def hear_later(self, row: ConversationRecord, event: Event) -> None:
        """The message is acknowledged and shown first; what becomes of it follows."""
        if isinstance(event.body, MessageBody) and event.body.text:
            self._background.start(self._hear(row.session_id, event, event.body.text), "unattended")

    async def _hear(self, session_id: str, event: Event, text: str) -> None:
        reading = await self._readings.read(session_id, event, text)
        if (await self._staffing.now()).is_present:
            return
        if _is_urgent(reading) or not is_courtesy(text, reading):
            await self._leave(event)
        elif await self.may_remind(event.conversation_id):
            await self._remind(event.conversation_id)

    async def may_remind(self, conversation_id: str) -> bool:
        """The honest line is repeated at most once a minute."""
        return await self._limits.take("reminder", conversation_id, per_s=REMINDERS_PER_S, burst=1, now=self._clock())

    async def _leave(self, event: Event) -> None:
        now = self._clock()
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, event.conversation_id)
                if Status(row.status) not in WAITING:
                    return
                offered_to = row.offered_to
                told = await self._left_messages.leave(session, row, event, now=now)
        except (IllegalStep, StaleEpoch):
            return  # somebody took it in the meantime
        log.info("message.left", conversation_id=row.conversation_id, event_id=event.event_id)
        await self._lineup.take_out(row.conversation_id)
        await self._herald.announce(row, told, is_moved=True)
        await self._assignment.withdrawn(row.conversation_id, offered_to)
        self._left_messages.open_ticket_later(event.event_id)

    async def _remind(self, conversation_id: str) -> None:
        staff = await self._staffing.now()
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            if Status(row.status) not in WAITING or staff.is_present:
                return
            told = await self._speaker.tell_status(session, row, self._handoffs.nobody_line(), now=now)
        await self._herald.announce(row, told)


def _is_urgent(reading: Reading | None) -> bool:
    return reading is not None and bool(reading.emergency or reading.identity_data)
