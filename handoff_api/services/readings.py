"""What the bot's side reads in a shopper's message while it is not the one who answers."""

from collections.abc import Sequence

import structlog

from contracts.bot_output import HandoffRequest
from contracts.events import Event, ExplainedReading, MessageBody, Reading, Status
from handoff_api.clients.bot import BotClient
from handoff_api.domain.conversation import WAITING
from handoff_api.errors import BotUnavailable, ReadingNotFound
from handoff_api.gatherer import Gatherer
from handoff_api.record import conversations, events
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.background import Background
from handoff_api.services.handoffs import Handoffs, demanded_by
from handoff_api.services.herald import Herald
from handoff_api.services.lineup import Lineup

APART_S = 0.05
"""Nobody waits for a reading of these: many are kept at once where many come."""

log = structlog.get_logger()


class Readings:
    def __init__(
        self,
        record: Record,
        bot: BotClient,
        handoffs: Handoffs,
        lineup: Lineup,
        herald: Herald,
        background: Background,
    ) -> None:
        self._record = record
        self._bot = bot
        self._handoffs = handoffs
        self._lineup = lineup
        self._herald = herald
        self._background = background
        self._gatherer = Gatherer(self._keep_together, apart_s=APART_S)

    def read_later(self, row: ConversationRecord, event: Event) -> None:
        """The message is acknowledged and shown first; its reading follows."""
        if isinstance(event.body, MessageBody) and event.body.text:
            self._background.start(self.read(row.session_id, event, event.body.text), "reading")

    async def read(self, session_id: str, event: Event, text: str) -> Reading | None:
        """Ask, keep and show it; None if it is not to be had."""
        try:
            reading = await self._bot.parse(session_id, text)
        except BotUnavailable:
            log.info("reading.unavailable", conversation_id=event.conversation_id, event_id=event.event_id)
            return None
        await self._keep(event, reading)
        return reading

    async def _keep(self, event: Event, reading: Reading) -> None:
        shown = await self._gatherer.do((event, reading))
        await self._herald.reading(event.conversation_id, event.event_id, reading)
        if shown:
            await self._herald.announce(shown)
        demand = demanded_by(reading)
        if demand:
            await self._raise(event.conversation_id, demand.request)

    async def _keep_together(self, found: Sequence[tuple[Event, Reading]]) -> Sequence[ConversationRecord | None]:
        """The rows whose line in the agents' list has changed by it; the others are not even fetched."""
        latest = {event.conversation_id: reading for event, reading in found}
        async with self._record.writing() as session:
            await events.store_readings(session, {event.event_id: reading for event, reading in found})
            changed = await conversations.read_otherwise(session, latest)
            rows = await conversations.locked_together(session, changed) if changed else {}
            for conversation_id, row in rows.items():
                events.show_latest(row, latest[conversation_id])
        return [rows.pop(event.conversation_id, None) for event, _ in found]

    async def _raise(self, conversation_id: str, request: HandoffRequest) -> None:
        """Who waits and turns out to be in need moves up."""
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            is_raised = Status(row.status) in WAITING and self._handoffs.raise_priority(row, request)
        if is_raised:
            await self._lineup.take_out(row.conversation_id)
            await self._lineup.put(row)
            await self._herald.announce(row, is_moved=True)

    async def of_event(self, conversation_id: str, event_id: str) -> Reading:
        async with self._record.reading() as session:
            reading = await events.reading_of(session, conversation_id, event_id)
        if reading is None:
            raise ReadingNotFound
        return reading

    async def words_of(self, conversation_id: str, event_id: str) -> str:
        """A shopper's message. Raises ReadingNotFound."""
        async with self._record.reading() as session:
            found = await events.shopper_text(session, conversation_id, event_id)
        if found is None:
            raise ReadingNotFound
        return found[1]

    async def explain(self, conversation_id: str, event_id: str) -> ExplainedReading:
        """Why the bot reads this message as it does now. Raises ReadingNotFound or BotUnavailable."""
        async with self._record.reading() as session:
            found = await events.shopper_text(session, conversation_id, event_id)
        if found is None:
            raise ReadingNotFound
        return await self._bot.explain(*found)
