"""What a shopper does in their conversation. Committed first, acknowledged then, worked on afterwards.

Every command carries a client id: sent twice it is done once, and the second answer is the first one's.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotMessage, HandoffRequest
from contracts.events import Author, AuthorKind, CallbackSlot, CsatGivenBody, Event, MessageBody, Status
from contracts.frames import Accepted, RateService
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.domain import callbacks
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import WAITING, Step
from handoff_api.domain.ids import new_id
from handoff_api.domain.text import clean_text, clean_words, without_controls
from handoff_api.errors import CallbackRefused, ChoiceUnknown, IllegalStep, RateLimited, RatingRefused
from handoff_api.record import assignments, conversations, events, service, turns
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord, CsatRecord, SessionRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.conversations import clear_waiting
from handoff_api.services.files import Files
from handoff_api.services.handoffs import Handoffs
from handoff_api.services.herald import Herald
from handoff_api.services.left_messages import LeftMessages
from handoff_api.services.lineup import Lineup
from handoff_api.services.message_line import MessageLine, Words
from handoff_api.services.readings import Readings
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staff, Staffing
from handoff_api.services.tally import Tally
from handoff_api.services.turns import PICTURE, Started, Turns
from handoff_api.services.unattended import Unattended
from handoff_api.store.limits import Limits

SHOPPER = "shopper"


@dataclass
class Outcome:
    """What one command did, for those who are told after the commit. `row` is None for a repeated command."""

    seq: int | None = None
    row: ConversationRecord | None = None
    new: list[Event] = field(default_factory=list)
    is_moved: bool = False
    said: Event | None = None
    is_pressed: bool = False
    is_left: bool = False
    withdrawn_from: str | None = None
    started: Started | None = None

    def moved(self, *new: Event) -> None:
        self.new += new
        self.is_moved = True


class Messages:
    def __init__(
        self,
        record: Record,
        line: MessageLine,
        turns: Turns,
        readings: Readings,
        handoffs: Handoffs,
        assignment: Assignment,
        left_messages: LeftMessages,
        files: Files,
        staffing: Staffing,
        lineup: Lineup,
        unattended: Unattended,
        herald: Herald,
        speaker: Speaker,
        limits: Limits,
        tally: Tally,
        rules: RuleBook,
        clock: Clock,
        *,
        messages_per_s: float,
        burst: int,
    ) -> None:
        self._record = record
        self._line = line
        self._turns = turns
        self._readings = readings
        self._handoffs = handoffs
        self._assignment = assignment
        self._left_messages = left_messages
        self._files = files
        self._staffing = staffing
        self._lineup = lineup
        self._unattended = unattended
        self._herald = herald
        self._speaker = speaker
        self._limits = limits
        self._tally = tally
        self._rules = rules
        self._clock = clock
        self._messages_per_s = messages_per_s
        self._burst = burst

    # --- commands ---------------------------------------------------------------------------------------------------
    async def send(
        self,
        visitor: VisitorIdentity,
        client_id: str,
        text: str,
        attachments: Sequence[str] = (),
        *,
        bot_line: str = "",
    ) -> Accepted:
        """`attachments`: ids of `Files.take_in`. `bot_line`: what is answered in the bot's place where the bot cannot
        know what was sent; a person can."""
        clean, began_s = clean_words(text, has_more=bool(attachments)), time.perf_counter()
        await self._require_patience(visitor)
        outcome = None if attachments or bot_line else await self._say(visitor, client_id, clean)
        if outcome is None:
            outcome = await self._send_with_more(visitor, client_id, clean, attachments, bot_line)
        self._tally.accepted(SHOPPER, time.perf_counter() - began_s)
        return await self._told(outcome, client_id)

    async def _say(self, visitor: VisitorIdentity, client_id: str, text: str) -> Outcome | None:
        """Words alone, in a conversation that is awake; None where it is not."""

        def admit(row: ConversationRecord) -> Author:
            row.channel = visitor.channel  # answered where they wrote last
            return _author(row)

        spoken = await self._line.say(Words(visitor.conversation_id, SHOPPER, client_id, text, admit))
        if spoken is None:
            return None
        if spoken.event is None:
            return Outcome(seq=spoken.seq)
        return Outcome(seq=spoken.seq, row=spoken.row, new=[spoken.event], said=spoken.event, started=spoken.started)

    async def _send_with_more(
        self, visitor: VisitorIdentity, client_id: str, clean: str, attachments: Sequence[str], bot_line: str
    ) -> Outcome:
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                await self._wake(session, row, outcome, now=now)
                event = await self._write_down(session, row, outcome, clean, client_id, attachments, now=now)
                if bot_line and row.status == Status.BOT.value:
                    await self._say_for_bot(session, row, outcome, bot_line, now=now)
                else:
                    pressed = None if clean else PICTURE
                    outcome.started = await self._hand_to_owner(session, row, event, pressed=pressed, now=now)
                await self._end(session, row, outcome, client_id, event.seq, now=now)
        self._run(outcome)
        return outcome

    async def press(self, visitor: VisitorIdentity, client_id: str, choice_id: str) -> Accepted:
        """What the button stands for comes out of the record; the browser names only its id."""
        await self._require_patience(visitor)
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                choice = await events.use_choice(session, row.conversation_id, choice_id, now=now)
                if choice is None:
                    raise ChoiceUnknown
                await self._wake(session, row, outcome, now=now)
                title = str(choice.pressed["title"])
                outcome.is_pressed = True
                event = await self._write_down(session, row, outcome, title, client_id, now=now)
                outcome.started = await self._hand_to_owner(session, row, event, pressed=choice.pressed, now=now)
                await self._end(session, row, outcome, client_id, event.seq, now=now)
        self._run(outcome)
        return await self._told(outcome, client_id)

    async def request_person(self, visitor: VisitorIdentity, client_id: str) -> Accepted:
        """The button that is always there: it asks no bot. Who waits already is shown their place again, without a
        second line about it."""
        await self._require_patience(visitor)
        staff = await self._staffing.now()
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                await self._wake(session, row, outcome, now=now)
                await self._want_person(session, row, outcome, staff, now=now)
                await self._end(session, row, outcome, client_id, None, now=now)
        return await self._told(outcome, client_id)

    async def leave_queue(self, visitor: VisitorIdentity, client_id: str) -> Accepted:
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                await self._speaker.move(session, row, Step.LEAVE_QUEUE, now=now)
                await assignments.settle(session, row.conversation_id, "withdrawn", now=now)
                outcome.withdrawn_from = row.offered_to
                clear_waiting(row)
                outcome.moved(await self._speaker.tell_status(session, row, lines.BACK_TO_BOT, now=now))
                await self._end(session, row, outcome, client_id, None, now=now)
        return await self._told(outcome, client_id)

    async def leave_message(self, visitor: VisitorIdentity, client_id: str, text: str) -> Accepted:
        clean = clean_text(text)
        await self._require_patience(visitor)
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                await self._wake(session, row, outcome, now=now)
                event = await self._write_down(session, row, outcome, clean, client_id, now=now)
                if Status(row.status) in (Status.BOT, *WAITING):
                    await self._leave(session, row, outcome, event, now=now)
                await self._end(session, row, outcome, client_id, event.seq, now=now)
        return await self._told(outcome, client_id)

    async def request_callback(self, visitor: VisitorIdentity, client_id: str, at: datetime) -> Accepted:
        """A message for later with a time: the shopper need not wait, and is in the queue again when it has come."""
        await self._require_patience(visitor)
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, client_id)
            if outcome.row:
                slot = self._slot(row, at, now=now)
                await self._wake(session, row, outcome, now=now)
                wish = lines.CALLBACK_WISH.format(when=slot.label)
                event = await self._write_down(session, row, outcome, wish, client_id, now=now)
                if Status(row.status) not in (Status.BOT, *WAITING):
                    raise IllegalStep
                outcome.withdrawn_from = row.offered_to
                outcome.moved(await self._left_messages.leave(session, row, event, now=now, slot=slot))
                outcome.is_left = True
                await self._end(session, row, outcome, client_id, event.seq, now=now)
        return await self._told(outcome, client_id)

    def _slot(self, row: ConversationRecord, at: datetime, *, now: datetime) -> CallbackSlot:
        found = next(
            (slot for slot in callbacks.slots(self._rules.now, now=now, group=row.skill) if slot.at == at), None
        )
        if found is None:
            raise CallbackRefused
        return found

    async def rate(self, visitor: VisitorIdentity, command: RateService) -> Accepted:
        """Once per service session, and only one that was asked about."""
        command = command.model_copy(update={"comment": without_controls(command.comment)})
        now = self._clock()
        async with self._record.writing() as session:
            row, outcome = await self._begin(session, visitor, command.client_message_id)
            if outcome.row:
                rated = await self._ratable(session, row, command.session_id)
                await service.add(session, _rating(rated, command, now))
                body = CsatGivenBody(session_id=command.session_id, score=command.score, comment=command.comment)
                event = await events.append(session, row, body, _author(row), now=now)
                outcome.new.append(event)
                await self._end(session, row, outcome, command.client_message_id, event.seq, now=now)
        return await self._told(outcome, command.client_message_id)

    async def _ratable(self, session: AsyncSession, row: ConversationRecord, session_id: str) -> SessionRecord:
        rated = await conversations.service_session(session, session_id)
        if rated is None or rated.conversation_id != row.conversation_id or rated.asked_csat_at is None:
            raise RatingRefused
        if await service.rating(session, session_id):
            raise RatingRefused
        return rated

    async def mark_read(self, visitor: VisitorIdentity, seq: int) -> int:
        async with self._record.writing() as session:
            row = await conversations.locked(session, visitor.conversation_id)
            row.shopper_read_seq = max(row.shopper_read_seq, min(seq, row.last_seq))
            return row.shopper_read_seq

    # --- parts of a command -----------------------------------------------------------------------------------------
    async def _require_patience(self, visitor: VisitorIdentity) -> None:
        is_allowed = await self._limits.take(
            "message",
            visitor.conversation_id,
            per_s=self._messages_per_s,
            burst=self._burst,
            now=self._clock(),
        )
        if not is_allowed:
            raise RateLimited

    async def _begin(
        self, session: AsyncSession, visitor: VisitorIdentity, client_id: str
    ) -> tuple[ConversationRecord, Outcome]:
        """The row, held; `outcome.row` is None if this client id was obeyed before."""
        row = await conversations.locked(session, visitor.conversation_id)
        row.channel = visitor.channel  # answered where they wrote last
        seen = await events.request_seen(session, row.conversation_id, SHOPPER, client_id)
        return row, Outcome(seq=seen.seq) if seen else Outcome(row=row)

    async def _end(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        outcome: Outcome,
        client_id: str,
        seq: int | None,
        *,
        now: datetime,
    ) -> None:
        outcome.seq = seq
        await events.remember_request(session, row.conversation_id, SHOPPER, client_id, seq, now=now)

    async def _wake(self, session: AsyncSession, row: ConversationRecord, outcome: Outcome, *, now: datetime) -> None:
        """Whoever writes after the end is heard again: by the same agent while they wrap up, else by the bot."""
        if row.status == Status.CLOSED.value:
            await self._speaker.move(session, row, Step.OPEN_SESSION, now=now)
            await conversations.open_session(session, row, new_id("s"), now=now)
            clear_waiting(row)
            outcome.moved(await self._speaker.tell_status(session, row, "", now=now))
        elif row.status == Status.WRAP_UP.value:
            await self._speaker.move(session, row, Step.REOPEN, now=now)
            names = await conversations.agent_names(session, [row.agent_id or ""])
            name = names.get(row.agent_id or "", "")
            line = lines.AGENT_BACK.format(agent_name=name)
            outcome.moved(await self._speaker.tell_status(session, row, line, now=now, agent_name=name))

    async def _write_down(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        outcome: Outcome,
        text: str,
        client_id: str,
        attachments: Sequence[str] = (),
        *,
        now: datetime,
    ) -> Event:
        event_id = new_id("e")
        attached = await self._files.attach(session, row.conversation_id, SHOPPER, attachments, event_id)
        body = MessageBody(text=text, attachments=attached, client_message_id=client_id)
        event = await events.append(
            session, row, body, _author(row), now=now, client_message_id=client_id, event_id=event_id
        )
        outcome.new.append(event)
        outcome.said = event
        return event

    async def _hand_to_owner(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        event: Event,
        *,
        pressed: dict[str, Any] | None = None,
        now: datetime,
    ) -> Started | None:
        if row.status == Status.BOT.value:
            return await self._turns.join(session, row, event, pressed=pressed)
        row.unanswered_since = row.unanswered_since or now
        return None

    async def _say_for_bot(
        self, session: AsyncSession, row: ConversationRecord, outcome: Outcome, line: str, *, now: datetime
    ) -> None:
        said = await self._speaker.say(session, row, BotMessage(text=line), now=now, by_bot=True)
        outcome.new += [said] if said else []

    async def _leave(
        self, session: AsyncSession, row: ConversationRecord, outcome: Outcome, event: Event, *, now: datetime
    ) -> None:
        outcome.withdrawn_from = row.offered_to
        outcome.moved(await self._left_messages.leave(session, row, event, now=now))
        outcome.is_left = True

    async def _want_person(
        self, session: AsyncSession, row: ConversationRecord, outcome: Outcome, staff: Staff, *, now: datetime
    ) -> None:
        if row.status in (Status.BOT.value, Status.MESSAGE_LEFT.value):
            slots = await turns.latest_slots(session, row.session_id)
            request = HandoffRequest(reason="asked_for_person", evidence="顾客点击了「转人工」")
            outcome.moved(*await self._handoffs.begin(session, row, request, slots, staff, now=now))
        elif Status(row.status) in WAITING and not staff.is_present:
            if await self._unattended.may_remind(row.conversation_id):
                line = self._handoffs.nobody_line()
                outcome.new.append(await self._speaker.tell_status(session, row, line, now=now))
        elif Status(row.status) in WAITING:
            outcome.moved()

    def _run(self, outcome: Outcome) -> None:
        """Before anybody is told: a turn that was begun and not run would wait for its lease to end."""
        if outcome.started:
            self._turns.run(outcome.started)

    # --- after the commit -------------------------------------------------------------------------------------------
    async def _told(self, outcome: Outcome, client_id: str) -> Accepted:
        row = outcome.row
        if row:
            await self._tell(row, outcome)
        return Accepted(client_message_id=client_id, seq=outcome.seq)

    async def _tell(self, row: ConversationRecord, outcome: Outcome) -> None:
        status = Status(row.status)
        if outcome.is_moved and status is Status.QUEUED:
            await self._assignment.tell_queued(row, *outcome.new)
        else:
            if outcome.is_moved and status not in WAITING:
                await self._lineup.take_out(row.conversation_id)
            await self._herald.announce(row, *outcome.new, is_moved=outcome.is_moved)
        await self._assignment.withdrawn(row.conversation_id, outcome.withdrawn_from)
        if outcome.is_left and outcome.said:
            self._left_messages.open_ticket_later(outcome.said.event_id)
        if status is Status.BOT and not outcome.started:
            self._turns.poke(row.conversation_id, after=self._turns.joining(is_pressed=outcome.is_pressed))
        if outcome.said and status in WAITING:
            self._unattended.hear_later(row, outcome.said)
        elif outcome.said and status is not Status.BOT:
            self._readings.read_later(row, outcome.said)


def _rating(rated: SessionRecord, command: RateService, now: datetime) -> CsatRecord:
    return CsatRecord(
        session_id=rated.session_id,
        conversation_id=rated.conversation_id,
        agent_id=rated.agent_id,
        score=command.score,
        comment=command.comment,
        at=now,
    )


def _author(row: ConversationRecord) -> Author:
    return Author(kind=AuthorKind.SHOPPER, id=row.shopper_id or row.visitor_id, name=row.shopper_name)
