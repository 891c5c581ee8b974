"""How a service session ends: by its agent, or by the clock when nobody goes on."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Author, AuthorKind, CsatAskBody, Event, Status, StatusBody
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import Step
from handoff_api.errors import IllegalStep, StaleEpoch
from handoff_api.record import assignments, conversations, events
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.conversations import clear_waiting
from handoff_api.services.herald import Herald
from handoff_api.services.speaking import Speaker

log = structlog.get_logger()


class Closing:
    def __init__(
        self,
        record: Record,
        herald: Herald,
        speaker: Speaker,
        clock: Clock,
        *,
        shop_id: str,
        shop_name: str,
        wrap_up_lifetime: timedelta,
        session_idle: timedelta,
    ) -> None:
        self._record = record
        self._herald = herald
        self._speaker = speaker
        self._clock = clock
        self._shop_id = shop_id
        self._author = Author(kind=AuthorKind.SYSTEM, name=shop_name)
        self._wrap_up_lifetime = wrap_up_lifetime
        self._session_idle = session_idle

    async def finish(self, session: AsyncSession, row: ConversationRecord, *, now: datetime) -> list[Event]:
        """The agent wraps up: nothing is said yet, the next shopper message comes back to the same agent."""
        await self._speaker.move(session, row, Step.FINISH, now=now)
        return [await self._speaker.tell_status(session, row, "", now=now)]

    async def close(
        self, session: AsyncSession, row: ConversationRecord, disposition: str, *, now: datetime
    ) -> list[Event]:
        """Within the caller's transaction: the end of the service session, and the question how it was."""
        agent_id = row.agent_id
        await self._speaker.move(session, row, Step.CLOSE, now=now)
        await assignments.end(session, row.conversation_id, now=now)
        clear_waiting(row)
        await self._end_session(session, row, disposition, agent_id, now=now)
        told = StatusBody(status=row.ownership.status, epoch=row.epoch, line=lines.CLOSED)
        ask = CsatAskBody(session_id=row.session_id)
        entries = [events.place(row, body, self._author, now=now) for body in (told, ask)]
        await events.write(session, entries)
        return [entry.event for entry in entries]

    async def _end_session(
        self, session: AsyncSession, row: ConversationRecord, disposition: str, agent_id: str | None, *, now: datetime
    ) -> None:
        ended = await conversations.service_session(session, row.session_id)
        if ended:
            ended.ended_at, ended.disposition, ended.agent_id = now, disposition, agent_id
            ended.asked_csat_at = now if agent_id else None

    # --- the clocks' part -------------------------------------------------------------------------------------------
    async def close_idle(self) -> None:
        now = self._clock()
        async with self._record.reading() as session:
            wrapped = await conversations.idle(
                session, self._shop_id, Status.WRAP_UP, unchanged_since=now - self._wrap_up_lifetime
            )
            quiet = await conversations.idle(
                session, self._shop_id, Status.BOT, unchanged_since=now - self._session_idle
            )
        for conversation_id in wrapped:
            await self._close_one(conversation_id, Status.WRAP_UP)
        for conversation_id in quiet:
            await self._close_one(conversation_id, Status.BOT)

    async def _close_one(self, conversation_id: str, status: Status) -> None:
        now = self._clock()
        try:
            async with self._record.writing() as session:
                row = await conversations.locked(session, conversation_id)
                if row.status != status.value:
                    return
                if status is Status.WRAP_UP:
                    new = await self.close(session, row, "", now=now)
                else:
                    new = await self._let_sleep(session, row, now=now)
        except (IllegalStep, StaleEpoch):
            return
        log.info("conversation.closed_by_clock", conversation_id=conversation_id)
        await self._herald.announce(row, *new, is_moved=True)

    async def _let_sleep(self, session: AsyncSession, row: ConversationRecord, *, now: datetime) -> list[Event]:
        """Nobody wrote to the bot for hours: its tracker ends, nothing is said."""
        await self._speaker.move(session, row, Step.GO_IDLE, now=now)
        await self._end_session(session, row, "", None, now=now)
        return [await self._speaker.tell_status(session, row, "", now=now)]
