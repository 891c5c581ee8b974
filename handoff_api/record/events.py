"""Queries about events: appending with the next seq, reading on from a seq, client ids, readings, buttons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import Author, AuthorKind, Body, Event, MessageBody, NoteBody, OfferedChoice, Reading
from handoff_api.domain.ids import new_id
from handoff_api.domain.mood import outstanding_mood
from handoff_api.record import search_index
from handoff_api.record.tables import ChoiceRecord, ConversationRecord, EventRecord, RequestRecord

E, R = EventRecord, RequestRecord
SAID = (MessageBody, NoteBody)
"""What words can be looked up in."""
PREVIEW_LENGTH = 80

# Asked at every message: built once.
_REMEMBER = insert(cast(Table, R.__table__))
_SEEN = select(R.conversation_id, R.author, R.client_message_id, R.seq).where(
    R.conversation_id.in_(bindparam("conversations", expanding=True)),
    R.client_message_id.in_(bindparam("clients", expanding=True)),
)
_REQUEST = select(R).where(
    R.conversation_id == bindparam("conversation"),
    R.author == bindparam("author"),
    R.client_message_id == bindparam("client"),
)
_TABLE = cast(Table, E.__table__)
_STORE_READING = update(_TABLE).where(_TABLE.c.event_id == bindparam("key")).values(reading=bindparam("value"))
_OF_SESSION = (
    select(E)
    .where(
        E.conversation_id == bindparam("conversation"),
        E.session_id == bindparam("service_session"),
        E.audience == "everyone",
    )
    .order_by(E.seq.desc())
    .limit(bindparam("count"))
    .execution_options(populate_existing=True)  # readings are stored past the session's objects
)
_OF_SESSION_BY = _OF_SESSION.where(E.author_kind == bindparam("author"))
_INSERT = insert(_TABLE)

Seen = dict[tuple[str, str, str], int | None]
"""(conversation, author, client id) → the seq it was answered with, None where it made no event."""


@dataclass(frozen=True)
class Entry:
    """An event that has its place, and what is kept beside it."""

    event: Event
    session_id: str
    client_message_id: str | None = None


async def append(
    session: AsyncSession,
    row: ConversationRecord,
    body: Body,
    author: Author,
    *,
    now: datetime,
    turn_id: str | None = None,
    client_message_id: str | None = None,
    event_id: str | None = None,
) -> Event:
    """Give `body` the next place in the conversation, whose row the caller holds."""
    entry = place(row, body, author, now=now, turn_id=turn_id, client_message_id=client_message_id, event_id=event_id)
    if row in session.new:
        await session.flush()  # the event refers to it
    await write(session, [entry])
    return entry.event


def place(
    row: ConversationRecord,
    body: Body,
    author: Author,
    *,
    now: datetime,
    turn_id: str | None = None,
    client_message_id: str | None = None,
    event_id: str | None = None,
) -> Entry:
    """The next place in the conversation, whose row the caller holds; `write` must follow in the same transaction."""
    is_note = isinstance(body, NoteBody)
    if is_note:
        row.last_note_seq += 1
    else:
        row.last_seq += 1
        row.last_at = now
    if isinstance(body, MessageBody):
        row.preview = _preview(body)
    event = Event(
        event_id=event_id or new_id("e"),
        conversation_id=row.conversation_id,
        seq=row.last_note_seq if is_note else row.last_seq,
        audience="agents" if is_note else "everyone",
        author=author,
        at=now,
        epoch=row.epoch,
        body=body,
        turn_id=turn_id,
    )
    return Entry(event, row.session_id, client_message_id)


async def write(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """All of them with one statement for each table."""
    connection = await session.connection()
    await connection.execute(_INSERT, [_columns(entry) for entry in entries])
    said = [(each.event.event_id, each.event.body.text) for each in entries if isinstance(each.event.body, SAID)]
    await search_index.add(session, said)


def _preview(body: MessageBody) -> str:
    return (body.text or _unworded(body))[:PREVIEW_LENGTH]


def _unworded(body: MessageBody) -> str:
    if body.attachments:
        return "[图片]" if body.attachments[0].kind == "picture" else "[文件]"
    return "[卡片]" if body.cards else ""


def _columns(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return dict(
        event_id=event.event_id,
        conversation_id=event.conversation_id,
        session_id=entry.session_id,
        audience=event.audience,
        seq=event.seq,
        author_kind=event.author.kind.value,
        author_id=event.author.id,
        author_name=event.author.name,
        at=event.at,
        epoch=event.epoch,
        body=event.body.model_dump(mode="json"),
        turn_id=event.turn_id,
        client_message_id=entry.client_message_id,
    )


def _to_event(row: EventRecord, used: Collection[str]) -> Event:
    event = Event.model_validate(
        {
            "event_id": row.event_id,
            "conversation_id": row.conversation_id,
            "seq": row.seq,
            "audience": row.audience,
            "author": {"kind": row.author_kind, "id": row.author_id, "name": row.author_name},
            "at": row.at,
            "epoch": row.epoch,
            "body": row.body,
            "turn_id": row.turn_id,
        }
    )
    return _with_used_choices(event, used) if used else event


def _with_used_choices(event: Event, used: Collection[str]) -> Event:
    if not isinstance(event.body, MessageBody):
        return event

    def marked(choice: OfferedChoice) -> OfferedChoice:
        return choice.model_copy(update={"used": choice.choice_id in used})

    cards = [card.model_copy(update={"choice": card.choice and marked(card.choice)}) for card in event.body.cards]
    body = event.body.model_copy(update={"choices": [marked(choice) for choice in event.body.choices], "cards": cards})
    return event.model_copy(update={"body": body})


async def after(session: AsyncSession, conversation_id: str, seq: int, *, audience: str = "everyone") -> list[Event]:
    """Everything after `seq`, in order. `audience` is a parameter of reading: notes never reach a shopper."""
    query = select(E).where(E.conversation_id == conversation_id, E.audience == audience, E.seq > seq).order_by(E.seq)
    rows = (await session.execute(query)).scalars().all()
    used = await _used_choices(session, [row.event_id for row in rows])
    return [_to_event(row, used) for row in rows]


async def latest_before(
    session: AsyncSession, conversation_id: str, seq: int | None, *, limit: int
) -> tuple[list[Event], dict[str, Reading]]:
    """The last things that happened before `seq` (None: the very last), in order, and how the shopper's messages
    among them were read."""
    is_before = [E.seq < seq] if seq is not None else []
    query = (
        select(E)
        .where(E.conversation_id == conversation_id, E.audience == "everyone", *is_before)
        .order_by(E.seq.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(query)).scalars().all()[::-1]
    used = await _used_choices(session, [row.event_id for row in rows])
    readings = {row.event_id: Reading.model_validate(row.reading) for row in rows if row.reading}
    return [_to_event(row, used) for row in rows], readings


async def of_session(
    session: AsyncSession, conversation_id: str, session_id: str, *, latest: int, author: AuthorKind | None = None
) -> tuple[list[Event], dict[str, Reading]]:
    """The latest things said in one service session (by one kind of author), in order, and how the shopper's messages
    among them were read."""
    key = {"conversation": conversation_id, "service_session": session_id, "count": latest}
    query = _OF_SESSION_BY if author else _OF_SESSION
    found = await session.execute(query, key | {"author": author.value} if author else key)
    rows = found.scalars().all()[::-1]
    readings = {row.event_id: Reading.model_validate(row.reading) for row in rows if row.reading}
    return [_to_event(row, ()) for row in rows], readings


async def _used_choices(session: AsyncSession, event_ids: Collection[str]) -> set[str]:
    query = select(ChoiceRecord.choice_id).where(
        ChoiceRecord.event_id.in_(event_ids), ChoiceRecord.used_at.is_not(None)
    )
    return set((await session.execute(query)).scalars())


async def request_seen(
    session: AsyncSession, conversation_id: str, author: str, client_message_id: str
) -> RequestRecord | None:
    key = {"conversation": conversation_id, "author": author, "client": client_message_id}
    return (await session.execute(_REQUEST, key)).scalar_one_or_none()


async def requests_seen(session: AsyncSession, conversation_ids: Collection[str], client_ids: Collection[str]) -> Seen:
    """What was obeyed of these client ids in these conversations, with the seq it was answered with."""
    connection = await session.connection()
    rows = await connection.execute(_SEEN, {"conversations": list(conversation_ids), "clients": list(client_ids)})
    return {(row[0], row[1], row[2]): row[3] for row in rows}


async def remember_request(
    session: AsyncSession, conversation_id: str, author: str, client_message_id: str, seq: int | None, *, now: datetime
) -> None:
    await remember_requests(session, {(conversation_id, author, client_message_id): seq}, now=now)


async def remember_requests(session: AsyncSession, seen: Seen, *, now: datetime) -> None:
    columns = ("conversation_id", "author", "client_message_id")
    rows = [dict(zip(columns, key, strict=True)) | {"seq": seq, "at": now} for key, seq in seen.items()]
    connection = await session.connection()
    await connection.execute(_REMEMBER, rows)


async def readings(session: AsyncSession, conversation_id: str, *, after: int = 0) -> dict[str, Reading]:
    """How the shopper's messages after that place were read."""
    query = select(E.event_id, E.reading).where(
        E.conversation_id == conversation_id,
        E.audience == "everyone",
        E.seq > after,
        E.author_kind == AuthorKind.SHOPPER.value,
        E.reading.is_not(None),
    )
    rows = await session.execute(query)
    return {event_id: Reading.model_validate(reading) for event_id, reading in rows if reading}


async def readings_of(session: AsyncSession, event_ids: Collection[str]) -> list[Reading]:
    """Those that are there, of these events."""
    rows = (await session.execute(select(E.reading).where(E.event_id.in_(event_ids)))).scalars()
    return [Reading.model_validate(reading) for reading in rows if reading]


async def reading_of(session: AsyncSession, conversation_id: str, event_id: str) -> Reading | None:
    query = select(E.reading).where(E.conversation_id == conversation_id, E.event_id == event_id)
    reading = (await session.execute(query)).scalar_one_or_none()
    return Reading.model_validate(reading) if reading else None


async def shopper_text(session: AsyncSession, conversation_id: str, event_id: str) -> tuple[str, str] | None:
    """(session_id, text) of a message a shopper wrote; None where there is no such message."""
    query = select(E.session_id, E.body).where(
        E.conversation_id == conversation_id, E.event_id == event_id, E.author_kind == AuthorKind.SHOPPER.value
    )
    found = (await session.execute(query)).one_or_none()
    text = str(found.body.get("text") or "") if found else ""
    return (found.session_id, text) if found and text else None


async def store_reading(session: AsyncSession, event_id: str, reading: Reading) -> None:
    await store_readings(session, {event_id: reading})


async def store_readings(session: AsyncSession, readings: Mapping[str, Reading]) -> None:
    """By event."""
    values = [{"key": event_id, "value": reading.model_dump(mode="json")} for event_id, reading in readings.items()]
    connection = await session.connection()  # the session itself knows no bulk update by anything but the key
    await connection.execute(_STORE_READING, values)


def show_latest(row: ConversationRecord, reading: Reading) -> None:
    """What the agents' list says of a conversation whose row the caller holds."""
    row.intent, row.mood = reading.intent, outstanding_mood(reading.emotion)


async def latest_text(session: AsyncSession, conversation_id: str) -> str:
    """The shopper's last words, for a ticket's description."""
    query = (
        select(E.body)
        .where(E.conversation_id == conversation_id, E.author_kind == AuthorKind.SHOPPER.value)
        .order_by(E.seq.desc())
        .limit(1)
    )
    body: dict[str, Any] | None = (await session.execute(query)).scalar_one_or_none()
    return str(body.get("text", "")) if body else ""


async def record_of(session: AsyncSession, conversation_id: str, event_id: str) -> EventRecord | None:
    row = await session.get(E, event_id)
    return row if row and row.conversation_id == conversation_id else None


async def unanswered_since(session: AsyncSession, conversation_id: str) -> datetime | None:
    """The first message of the shopper that no person has answered; what was recalled is no answer."""
    said = select(E.seq, E.at, E.author_kind, E.body).where(
        E.conversation_id == conversation_id,
        E.audience == "everyone",
        E.author_kind.in_([AuthorKind.SHOPPER.value, AuthorKind.AGENT.value]),
    )
    since: datetime | None = None
    for _, at, author, body in await session.execute(said.order_by(E.seq.desc()).limit(100)):
        if body["kind"] != "message" or body.get("is_recalled"):
            continue
        if author == AuthorKind.AGENT.value:
            break
        since = at
    return since


async def first_seqs(session: AsyncSession, conversation_id: str) -> dict[str, int]:
    """Where each service session begins in the conversation."""
    query = (
        select(E.session_id, func.min(E.seq))
        .where(E.conversation_id == conversation_id, E.audience == "everyone")
        .group_by(E.session_id)
    )
    return {session_id: seq for session_id, seq in await session.execute(query)}


async def text_of(session: AsyncSession, event_id: str) -> str:
    row = await session.get(E, event_id)
    return str(row.body.get("text", "")) if row else ""


async def use_choice(
    session: AsyncSession, conversation_id: str, choice_id: str, *, now: datetime
) -> ChoiceRecord | None:
    """Spend the button, and the ones shown with it. None if it is another conversation's, used, or none at all."""
    row = await session.get(ChoiceRecord, choice_id, with_for_update=True)
    if row is None or row.conversation_id != conversation_id or row.used_at is not None:
        return None
    row.used_at = now
    if row.spends_others:
        siblings = update(ChoiceRecord).where(ChoiceRecord.event_id == row.event_id, ChoiceRecord.used_at.is_(None))
        await session.execute(siblings.values(used_at=now).execution_options(synchronize_session=False))
    await session.flush()
    return row


def add_choices(session: AsyncSession, rows: Sequence[ChoiceRecord]) -> None:
    session.add_all(rows)
