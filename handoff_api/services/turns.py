"""The bot's turns: one at a time per conversation, and none is ever lost.

Rule 1. A message for the bot is joined to a turn in the transaction that commits it.
Rule 2. Messages close together, or during a running turn, are one turn. A pressed button is a turn of its own.
        A wish for a person among them is the turn, whatever stands beside it.
Rule 3. A turn whose epoch is stale says nothing: its replies are dropped and logged, its tracker events are kept.
Rule 4. A turn that cannot be answered ends in an honest line and in the queue.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import HandoffRequest
from contracts.events import MAX_TEXT, Event, MessageBody, Reading, Status
from contracts.frames import TypingFrame
from contracts.identity import Audience, TurnIdentity, issue
from handoff_api import lines
from handoff_api.clients.bot import BotAnswer, BotClient, HistoryNeeded
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.text import join_texts
from handoff_api.errors import BotUnavailable
from handoff_api.record import conversations, events, files, turns
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord, FileRecord, TurnRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.background import Background
from handoff_api.services.handoffs import Handoffs, demanded_by
from handoff_api.services.herald import Herald
from handoff_api.services.packages import Packages
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staffing

log = structlog.get_logger()

PICTURE = {"title": "[图片]", "intent": "inform", "entities": {"choice": "picture"}}
"""How the bot is told of a picture without a word; where it is stands in the turn's metadata."""
LEASE = timedelta(seconds=90)
"""Longer than the two tries of a turn can take together."""
TURN_TOKEN_LIFETIME = timedelta(minutes=5)
PERSON_INTENT, SURE = "human_request", 0.5
TOLD_PICTURES = 9
"""As many as a case takes."""
LONGEST_JOIN = 3
"""Somebody who never stops typing is answered after this many joining intervals."""


@dataclass(frozen=True)
class Started:
    """A running turn with what the bot must know. `texts` are the messages of a joined turn, by event;
    `pictures` are the shopper's of this service session;
    `known_turns` counts those of this service session the bot has had."""

    row: ConversationRecord
    turn: TurnRecord
    texts: dict[str, str]
    known_turns: int
    pictures: Sequence[FileRecord] = ()


class Turns:
    def __init__(
        self,
        record: Record,
        bot: BotClient,
        handoffs: Handoffs,
        packages: Packages,
        assignment: Assignment,
        staffing: Staffing,
        herald: Herald,
        speaker: Speaker,
        background: Background,
        clock: Clock,
        *,
        turn_secret: str,
        turn_join: timedelta,
        files_url: str,
    ) -> None:
        self._record = record
        self._bot = bot
        self._handoffs = handoffs
        self._packages = packages
        self._assignment = assignment
        self._staffing = staffing
        self._herald = herald
        self._speaker = speaker
        self._background = background
        self._clock = clock
        self._turn_secret = turn_secret
        self._turn_join = turn_join
        self._files_url = files_url
        self._wanted: dict[str, datetime] = {}
        self._driven: set[str] = set()

    # --- joining ----------------------------------------------------------------------------------------------------
    async def join(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        event: Event,
        *,
        pressed: dict[str, Any] | None = None,
    ) -> Started | None:
        """Within the transaction that commits the message: to the turn that is still waiting, or to a new one. One that
        has nothing to wait for is started in it as well, and comes back for `run`."""
        text = event.body.text if isinstance(event.body, MessageBody) else ""
        last = await turns.latest(session, row.session_id)
        if last and _can_join(last, row, text, pressed):
            last.text = join_texts(last.text, text) if text else last.text
            last.event_ids = [*last.event_ids, event.event_id]
            last.last_text_at = event.at
            return None
        turn = _new_turn(row, event, text, pressed, last.number + 1 if last else 1)
        session.add(turn)
        is_free = (last is None or last.status not in turns.OPEN) and row.conversation_id not in self._driven
        is_whole = not self._turn_join or pressed not in (None, PICTURE)
        return await self._begin(session, row, turn, now=event.at) if is_free and is_whole else None

    # --- driving ----------------------------------------------------------------------------------------------------
    def run(self, started: Started) -> None:
        """After the commit."""
        self._driven.add(started.row.conversation_id)
        self._background.start(self._drive(started.row.conversation_id, started), "turns")

    def poke(self, conversation_id: str, *, after: timedelta = timedelta()) -> None:
        """There may be a turn to run, from then on. Never two drivers for one conversation in this process."""
        self._wanted[conversation_id] = self._clock() + after
        if conversation_id not in self._driven:
            self._driven.add(conversation_id)
            self._background.start(self._drive(conversation_id), "turns")

    async def _drive(self, conversation_id: str, started: Started | None = None) -> None:
        try:
            if started and await self._run(started):
                self._wanted.setdefault(conversation_id, self._clock())
            while conversation_id in self._wanted:
                await self._sleep_until(self._wanted[conversation_id])
                del self._wanted[conversation_id]
                while started := await self._take(conversation_id):
                    if not await self._run(started):
                        break
        finally:
            self._driven.discard(conversation_id)

    async def poke_all(self) -> None:
        """Whatever is still open: after a crash, or when another process died with its lease."""
        async with self._record.reading() as session:
            waiting = await turns.with_open_turns(session)
        for conversation_id in waiting:
            self.poke(conversation_id)

    async def release_leases(self) -> None:
        async with self._record.writing() as session:
            await turns.release_leases(session)

    async def _take(self, conversation_id: str) -> Started | None:
        """The next turn, marked as running, once nothing more can be expected to join it."""
        while True:
            found = await self._start(conversation_id)
            if not isinstance(found, datetime):
                return found
            await self._sleep_until(found)

    async def _sleep_until(self, instant: datetime) -> None:
        wait_s = instant.timestamp() - self._clock().timestamp()
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def joining(self, *, is_pressed: bool = False) -> timedelta:
        """How long a message waits for others to join it."""
        return timedelta() if is_pressed else self._turn_join

    def _joins_until(self, turn: TurnRecord) -> datetime:
        if turn.pressed or turn.status == "running":
            return turn.created_at
        return min(turn.last_text_at + self._turn_join, turn.created_at + LONGEST_JOIN * self._turn_join)

    async def _start(self, conversation_id: str) -> Started | datetime | None:
        """The first open turn, marked as running with what the bot needs to know; or when to look again."""
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            turn = await turns.first_open(session, conversation_id)
            if turn is None or turns.is_leased(turn, now):
                return None
            joins_until = self._joins_until(turn)
            if joins_until > now:
                return joins_until
            if not _may_speak(row, turn):
                turn.status = "dropped"
                return None
            return await self._begin(session, row, turn, now=now)

    async def _begin(
        self, session: AsyncSession, row: ConversationRecord, turn: TurnRecord, *, now: datetime
    ) -> Started:
        """Within the caller's transaction."""
        turn.status, turn.lease_until = "running", now + LEASE
        # What one message says is the turn's own text; of several, each is read for itself.
        ids = turn.event_ids if len(turn.event_ids) > 1 and not turn.pressed else []
        texts = {event_id: await events.text_of(session, event_id) for event_id in ids}
        known = await turns.count_known(session, turn.session_id)
        pictures = await files.sent_by_shopper(session, turn.session_id, latest=TOLD_PICTURES)
        return Started(row, turn, texts, known, pictures)

    # --- running ----------------------------------------------------------------------------------------------------
    async def _run(self, started: Started) -> bool:
        """True if the conversation has another turn to run."""
        turn = started.turn
        await self._type(turn, is_typing=True)
        try:
            answer = await self._ask(started)
        except BotUnavailable:
            log.warning("turn.failed", turn_id=turn.turn_id, conversation_id=turn.conversation_id)
            return await self._fail(turn)
        else:
            return await self._answer(turn, answer)
        finally:
            await self._type(turn, is_typing=False)

    async def _type(self, turn: TurnRecord, *, is_typing: bool) -> None:
        frame = TypingFrame(author="bot", is_typing=is_typing, conversation_id=turn.conversation_id)
        await self._herald.typing(frame)

    async def _ask(self, started: Started) -> BotAnswer:
        """One more try after a failure; the bot answers a turn it knows with its first answer."""
        request = await self._request(started)
        for attempt in (1, 2):
            try:
                return await self._ask_once(request)
            except BotUnavailable:
                if attempt == 2:
                    raise
        raise BotUnavailable

    async def _ask_once(self, request: dict[str, Any]) -> BotAnswer:
        try:
            return await self._bot.turn(request)
        except HistoryNeeded:
            try:
                return await self._bot.turn({**request, "history": await self._history(request["sender_id"])})
            except HistoryNeeded:
                raise BotUnavailable from None

    async def _history(self, session_id: str) -> list[Any]:
        async with self._record.reading() as session:
            return await turns.history(session, session_id)

    async def _request(self, started: Started) -> dict[str, Any]:
        turn = started.turn
        readings = await self._read_parts(turn, started.texts)
        return {
            "sender_id": turn.session_id,
            "turn_id": turn.turn_id,
            "text": _wish_for_person(started.texts, readings) or turn.text,
            "reading": turn.pressed,
            "metadata": {**self._metadata(started.row, turn), "pictures": self._pictures(started)},
            "history_turns": started.known_turns,
            "history": None,
        }

    def _pictures(self, started: Started) -> list[dict[str, Any]]:
        """What the shopper has shown in this session; `is_new` in this turn. The shop fetches it under `url`."""
        return [
            {
                "attachment_id": row.attachment_id,
                "name": row.name,
                "url": f"{self._files_url}/{row.attachment_id}",
                "is_new": row.event_id in started.turn.event_ids,
            }
            for row in started.pictures
        ]

    async def _read_parts(self, turn: TurnRecord, texts: dict[str, str]) -> dict[str, Reading]:
        """Every message of a joined turn for itself, kept and shown; what cannot be read is left out."""
        if not texts:
            return {}
        found = await asyncio.gather(*(self._parse(turn.session_id, text) for text in texts.values()))
        readings = {event_id: reading for event_id, reading in zip(texts, found, strict=True) if reading}
        async with self._record.writing() as session:
            for event_id, reading in readings.items():
                await events.store_reading(session, event_id, reading)
        for event_id, reading in readings.items():
            await self._herald.reading(turn.conversation_id, event_id, reading)
        return readings

    async def _parse(self, session_id: str, text: str) -> Reading | None:
        try:
            return await self._bot.parse(session_id, text)
        except BotUnavailable:
            return None

    def _metadata(self, row: ConversationRecord, turn: TurnRecord) -> dict[str, Any]:
        identity = TurnIdentity(
            shop_id=row.shop_id,
            shopper_id=row.shopper_id,
            conversation_id=row.conversation_id,
            turn_id=turn.turn_id,
        )
        token = issue(identity, Audience.TURN, self._turn_secret, now=self._clock(), lifetime=TURN_TOKEN_LIFETIME)
        return {
            "turn_token": token,
            "turn_id": turn.turn_id,
            "shop_id": row.shop_id,
            "is_signed_in": row.shopper_id is not None,
            "is_elder": row.shopper_is_elder,
            "page": row.page,
        }

    # --- ending -----------------------------------------------------------------------------------------------------
    async def _answer(self, turn: TurnRecord, answer: BotAnswer) -> bool:
        """Replies and owner change in one transaction. True if another turn is open."""
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, turn.conversation_id)
            kept = await turns.by_id(session, turn.turn_id)
            if kept is None or kept.status != "running":
                return True
            await self._keep(session, row, kept, answer, now=now)
            if not _may_speak(row, kept):
                kept.status = "dropped"
                log.info("turn.dropped", turn_id=turn.turn_id, conversation_id=turn.conversation_id)
                return True
            new = await self._speak(session, row, kept, answer, now=now)
            parts = await events.readings_of(session, kept.event_ids) if len(kept.event_ids) > 1 else []
            request, opening = _handoff_in(answer, parts)
            if request is None:
                request, opening = await self._seen_by_us(session, row, answer, now=now)
            if request:
                staff = await self._staffing.now()
                begun = await self._handoffs.begin(session, row, request, answer.slots, staff, now=now, opening=opening)
                new += begun
            has_more = await turns.has_open(session, turn.conversation_id)
        await self._tell(row, new, is_moved=row.status == Status.QUEUED.value)
        await self._tell_reading(turn, answer)
        return has_more

    async def _seen_by_us(
        self, session: AsyncSession, row: ConversationRecord, answer: BotAnswer, *, now: datetime
    ) -> tuple[HandoffRequest | None, str]:
        """What the bot did not ask for, and the rules of the handoff do."""
        signal = await self._packages.needed(session, row, answer.slots, now=now)
        if signal is None:
            return None, ""
        request = HandoffRequest(reason=signal.trigger, evidence=signal.text)
        log.info("handoff.triggered", conversation_id=row.conversation_id, trigger=signal.trigger)
        return request, lines.HANDED_OVER.get(request.reason, "")

    async def _keep(
        self, session: AsyncSession, row: ConversationRecord, turn: TurnRecord, answer: BotAnswer, *, now: datetime
    ) -> None:
        turn.status, turn.answered_at = "answered", now
        turn.tracker_events, turn.slots = answer.events, answer.slots
        if answer.reading:
            turn.reading = answer.reading.model_dump(mode="json")
            events.show_latest(row, answer.reading)
            if len(turn.event_ids) == 1:
                await events.store_reading(session, turn.event_ids[0], answer.reading)

    async def _speak(
        self, session: AsyncSession, row: ConversationRecord, turn: TurnRecord, answer: BotAnswer, *, now: datetime
    ) -> list[Event]:
        said: Sequence[Event | None] = [
            await self._speaker.say(session, row, message, now=now, turn_id=turn.turn_id, by_bot=True)
            for message in answer.messages
        ]
        return [event for event in said if event]

    async def _fail(self, turn: TurnRecord) -> bool:
        """An honest line and the queue. True, as other turns may be open."""
        staff = await self._staffing.now()
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, turn.conversation_id)
            kept = await turns.by_id(session, turn.turn_id)
            if kept is None or kept.status != "running":
                return True
            kept.status, kept.answered_at = "failed", now
            if not _may_speak(row, kept):
                return True
            slots = await turns.latest_slots(session, turn.session_id)
            request = HandoffRequest(reason="bot_failed", evidence="智能客服没有响应")
            new = await self._handoffs.begin(session, row, request, slots, staff, now=now, opening=lines.BOT_DOWN)
        await self._tell(row, new, is_moved=row.status == Status.QUEUED.value)
        return True

    async def _tell(self, row: ConversationRecord, new: list[Event], *, is_moved: bool) -> None:
        if is_moved:
            await self._assignment.tell_queued(row, *new)
        else:
            await self._herald.announce(row, *new)

    async def _tell_reading(self, turn: TurnRecord, answer: BotAnswer) -> None:
        if answer.reading and len(turn.event_ids) == 1:
            await self._herald.reading(turn.conversation_id, turn.event_ids[0], answer.reading)


def _new_turn(
    row: ConversationRecord, event: Event, text: str, pressed: dict[str, Any] | None, number: int
) -> TurnRecord:
    return TurnRecord(
        turn_id=new_id("t"),
        conversation_id=row.conversation_id,
        session_id=row.session_id,
        number=number,
        epoch=row.epoch,
        status="pending",
        text=text,
        pressed=pressed,
        event_ids=[event.event_id],
        created_at=event.at,
        last_text_at=event.at,
    )


def _can_join(turn: TurnRecord, row: ConversationRecord, text: str, pressed: dict[str, Any] | None) -> bool:
    """Texts join texts, pictures without a word pictures; any other button stands alone."""
    is_like = turn.pressed == pressed and pressed in (None, PICTURE)
    is_waiting = turn.status == "pending" and is_like
    is_short = len(turn.text) + len(text) + 1 <= MAX_TEXT
    return is_waiting and turn.epoch == row.epoch and is_short


def _may_speak(row: ConversationRecord, turn: TurnRecord) -> bool:
    return row.status == Status.BOT.value and row.epoch == turn.epoch


def _wish_for_person(texts: dict[str, str], readings: dict[str, Reading]) -> str:
    """The message of a joined turn that asks for a person: it must not drown in what was written beside it."""
    for event_id, reading in readings.items():
        if reading.intent == PERSON_INTENT and reading.confidence >= SURE:
            return texts[event_id]
    return ""


def _handoff_in(answer: BotAnswer, parts: Sequence[Reading]) -> tuple[HandoffRequest | None, str]:
    """The bot's own request, or the one a reading demands (the turn's or a single message's, an emergency first),
    with the sentence that then comes first."""
    asked = next((message.custom.handoff for message in answer.messages if message.custom.handoff), None)
    demands = [demand for demand in map(demanded_by, [answer.reading, *parts]) if demand]
    demanded = min(demands, key=lambda demand: demand.request.reason != "emergency", default=None)
    if asked and demanded and demanded.request.reason == "emergency":
        return asked.model_copy(update={"priority": "emergency"}), ""
    if asked or demanded is None:
        return asked, ""
    return demanded.request, demanded.opening
