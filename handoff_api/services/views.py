"""A conversation as its shopper sees it and as a line of the agents' list: built from the record, never stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import ConversationRow, ConversationView, Guest, HandoffPackage, QueuePlace, Status
from handoff_api.domain import callbacks
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import WAITING
from handoff_api.domain.estimate import Desks, estimate
from handoff_api.domain.hours import is_open as is_open_at
from handoff_api.domain.hours import opens_at
from handoff_api.record import assignments, conversations, service
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.channel_states import channel_states
from handoff_api.services.lineup import Lineup
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.staffing import Staff, Staffing

ANONYMOUS = "访客"
WEB = "web"


class Views:
    def __init__(self, lineup: Lineup, staffing: Staffing, rules: RuleBook, clock: Clock) -> None:
        self._lineup = lineup
        self._staffing = staffing
        self._rules = rules
        self._clock = clock

    async def for_shopper(
        self, session: AsyncSession, row: ConversationRecord, staff: Staff | None = None
    ) -> ConversationView:
        staff = staff or await self._staffing.now()
        names = await conversations.agent_names(session, [row.agent_id] if row.agent_id else [])
        status, now = Status(row.status), self._clock()
        is_waiting = status in WAITING
        hours, calendar = self._rules.now.hours, self._rules.now.calendar
        is_open = is_open_at(now, hours, calendar, row.skill)
        return ConversationView(
            conversation_id=row.conversation_id,
            status=Status(row.status),
            epoch=row.epoch,
            last_seq=row.last_seq,
            agent_name=names.get(row.agent_id or "", ""),
            place=await self.place(session, row, staff) if Status(row.status) in WAITING else None,
            agents_online=staff.is_present,
            is_open=is_open,
            opens_at=None if is_open else opens_at(now, hours, calendar, row.skill),
            callbacks=callbacks.slots(self._rules.now, now=now, group=row.skill) if is_waiting else [],
            callback_at=row.callback_at,
        )

    async def place(self, session: AsyncSession, row: ConversationRecord, staff: Staff) -> QueuePlace:
        """Where it stands, and the wait if something honest can be said about it."""
        position = await self._lineup.place(session, row)
        return estimate(position, await self.desks(session, row.shop_id, staff))

    async def desks(self, session: AsyncSession, shop_id: str, staff: Staff) -> Desks:
        """Who is being offered stands in the line as well, so their desks count as free."""
        handling_s = await assignments.recent_handling_s(session, shop_id, now=self._clock())
        offered = await conversations.count_of(session, shop_id, Status.OFFERED)
        return Desks(staff.slots, staff.free_slots + offered, handling_s)

    async def for_agents(self, session: AsyncSession, rows: Sequence[ConversationRecord]) -> list[ConversationRow]:
        ids = [row.conversation_id for row in rows]
        unread = await conversations.unread_counts(session, ids)
        names = await conversations.agent_names(session, {row.agent_id for row in rows if row.agent_id})
        due = await service.answers_due(session, [row.conversation_id for row in rows if _has_left_message(row)])
        now = self._clock()
        states = await channel_states(session, [row.conversation_id for row in rows if row.channel != WEB], now=now)
        lines = [
            _row(row, unread.get(row.conversation_id, 0), names, due.get(row.conversation_id), now=now) for row in rows
        ]
        return [
            line.model_copy(update={"channel_state": state}) if (state := states.get(line.conversation_id)) else line
            for line in lines
        ]


def _has_left_message(row: ConversationRecord) -> bool:
    return Status(row.status) in (Status.MESSAGE_LEFT, Status.ACTIVE, *WAITING)


def _row(
    row: ConversationRecord, unread: int, names: dict[str, str], due_at: datetime | None, *, now: datetime
) -> ConversationRow:
    parts: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    return ConversationRow(
        **parts,
        status=Status(row.status),
        shopper_name=row.shopper_name or f"{ANONYMOUS} {row.visitor_id[-4:]}",
        is_signed_in=row.shopper_id is not None,
        agent_name=names.get(row.agent_id or "", ""),
        unread=unread,
        answer_due_at=due_at,
        is_overdue=due_at is not None and due_at <= now,
        is_elder=row.shopper_is_elder,
        guests=[Guest.model_validate(guest) for guest in row.guests],
        handoff=HandoffPackage.model_validate(row.handoff) if row.handoff else None,
    )


_COPIED = (
    "conversation_id",
    "epoch",
    "last_seq",
    "last_note_seq",
    "shopper_level",
    "channel",
    "agent_id",
    "preview",
    "last_at",
    "waiting_since",
    "unanswered_since",
    "offer_expires_at",
    "callback_at",
    "skill",
    "intent",
    "mood",
)
