"""Where words are written down: everybody's plain messages that come at the same moment, in one transaction.

Rule 1. A message is judged against the row its transaction holds, in the order in which the messages came.
Rule 2. One that is refused is refused alone; the others are written.
Rule 3. A message that takes more than its words (files, a quotation) has a transaction of its own. A conversation that
        must be woken first is not for this line.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Author, AuthorKind, Event, MessageBody, Status
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.errors import BridgeError, ConversationNotFound, RequestInvalid
from handoff_api.gatherer import Gatherer
from handoff_api.record import conversations, events, service
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.turns import Started, Turns

LARGEST, APART_S = 32, 0.015
"""More would keep everybody else waiting while they are written; sooner would write them nearly one by one."""
ASLEEP = (Status.CLOSED.value, Status.WRAP_UP.value)


@dataclass(frozen=True)
class Words:
    """`by`: as whose request it is remembered, `shopper` or an agent's id. `admit` says who the author is, or raises
    why it is not to be written. `compose` makes more of them than a text, for the event of that id, or raises."""

    conversation_id: str
    by: str
    client_id: str
    text: str
    admit: Callable[[ConversationRecord], Author]
    compose: Callable[[AsyncSession, str], Awaitable[MessageBody]] | None = None


@dataclass(frozen=True)
class Spoken:
    """`event` is None where the same request was obeyed before; `seq` is then the first answer's. `started` is the
    bot's turn where it began at once; it is on its way."""

    row: ConversationRecord
    seq: int | None
    event: Event | None = None
    started: Started | None = None


class MessageLine:
    def __init__(self, record: Record, turns: Turns, clock: Clock) -> None:
        self._record = record
        self._turns = turns
        self._clock = clock
        self._gatherer = Gatherer[Words, Spoken | None](self._write, largest=LARGEST, apart_s=APART_S)

    async def say(self, words: Words) -> Spoken | None:
        """Committed; None where nothing was done because the conversation has to be woken first."""
        if words.compose is None:
            return await self._gatherer.do(words)
        [spoken] = await self._write_together([words])
        if isinstance(spoken, Exception):
            raise spoken
        return spoken

    async def _write(self, batch: Sequence[Words]) -> Sequence[Spoken | Exception | None]:
        try:
            return await self._write_together(batch)
        except RequestInvalid as error:  # one of them holds what the database cannot keep
            return [error] if len(batch) == 1 else [(await self._write([words]))[0] for words in batch]

    async def _write_together(self, batch: Sequence[Words]) -> Sequence[Spoken | Exception | None]:
        now = self._clock()
        ids = {words.conversation_id for words in batch}
        async with self._record.writing() as session:
            rows = await conversations.locked_together(session, ids)
            session.expunge_all()  # what is said changes the same few columns of all of them: one statement
            seen = await events.requests_seen(session, ids, {words.client_id for words in batch})
            page = Page(self._turns, session, rows, seen, now)
            done = [await page.take(words) for words in batch]
            await page.write()
        for spoken in done:
            if isinstance(spoken, Spoken) and spoken.started:
                self._turns.run(spoken.started)  # here, as whoever asked may be gone by now
        return done


class Page:
    """What one transaction writes."""

    def __init__(
        self,
        turns: Turns,
        session: AsyncSession,
        rows: dict[str, ConversationRecord],
        seen: events.Seen,
        now: datetime,
    ) -> None:
        self._turns = turns
        self._session = session
        self._rows = rows
        self._seen = seen
        self._now = now
        self._entries: list[events.Entry] = []
        self._requests: events.Seen = {}
        self._answered: set[str] = set()

    async def take(self, words: Words) -> Spoken | BridgeError | None:
        row = self._rows.get(words.conversation_id)
        if row is None:
            return ConversationNotFound()
        request = (words.conversation_id, words.by, words.client_id)
        if request in self._seen:
            return Spoken(row, self._seen[request])
        try:
            author = words.admit(row)
        except BridgeError as error:
            return error
        if row.status in ASLEEP:
            return None
        event = await self._place(row, words, author)
        self._seen[request] = self._requests[request] = event.seq
        started: Started | None = None
        if author.kind is AuthorKind.AGENT:
            self._by_person(row, event)
        elif row.status == Status.BOT.value:
            started = await self._turns.join(self._session, row, event)
        else:
            row.unanswered_since = row.unanswered_since or self._now
        return Spoken(row, event.seq, event, started)

    async def _place(self, row: ConversationRecord, words: Words, author: Author) -> Event:
        event_id = new_id("e")
        if words.compose:
            body = await words.compose(self._session, event_id)
        else:
            body = MessageBody(text=words.text, client_message_id=words.client_id)
        entry = events.place(row, body, author, now=self._now, client_message_id=words.client_id, event_id=event_id)
        self._entries.append(entry)
        return entry.event

    def _by_person(self, row: ConversationRecord, event: Event) -> None:
        row.unanswered_since = None
        row.answered_at = row.answered_at or self._now
        row.agent_read_seq = max(row.agent_read_seq, event.seq)
        self._answered.add(row.conversation_id)

    async def write(self) -> None:
        if self._entries:
            spoken_in = {entry.event.conversation_id for entry in self._entries}
            await conversations.grown(self._session, [self._rows[each] for each in spoken_in])
            await events.write(self._session, self._entries)
            await events.remember_requests(self._session, self._requests, now=self._now)
        if self._answered:
            await service.answered(self._session, self._answered, now=self._now)
