"""Tells everybody who looks what has been committed: this process by its fan-out, the others by a hint.

Rule 1. It is called after the commit, never inside a transaction.
Rule 2. What it says twice or not at all does no harm: sockets hold `seq` against the record.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Protocol

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import AgentChoice, ConversationRow, Event, Reading
from contracts.frames import (
    AgentChanged,
    AgentViewing,
    AnswerOverdue,
    ConversationChanged,
    EventFrame,
    Mentioned,
    OfferEnded,
    OfferFrame,
    ReadFrame,
    ReadingFrame,
    RowFrame,
    RowsFrame,
    SlaFrame,
    TypingFrame,
    Whispered,
    agent_frame,
)
from contracts.wire import WireModel
from handoff_api.errors import ConversationNotFound
from handoff_api.fanout import Fanout, agent_topic, desk_topic, lead_topic, shopper_topic, sign_in_topic, team_topic
from handoff_api.record import agents, conversations, events
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.background import Background
from handoff_api.services.staffing import Staffing
from handoff_api.services.views import Views
from handoff_api.store.hints import Hints

SIGNED_OUT = 4401
NO_MARK = (0, 0, 0, "")
LINES_PAUSE_S, LINES_AT_ONCE = 0.25, 16
"""The first line of the agents' list that changes is told at once, those that follow so soon together; so many
that nothing else has to wait for them."""
MANY, PAUSE_S = 30, 0.9
"""So many are told their places at every change; more after a pause, by the next tick of the worker."""


class Listener(Protocol):
    """Who delivers what is said outside of our own sockets. It must not wait."""

    def grown(self, row: ConversationRecord, new: Sequence[Event]) -> None: ...

    def typing(self, frame: TypingFrame) -> None: ...


class Herald:
    def __init__(
        self, record: Record, fanout: Fanout, hints: Hints, views: Views, staffing: Staffing, background: Background
    ) -> None:
        self._record = record
        self._fanout = fanout
        self._hints = hints
        self._views = views
        self._staffing = staffing
        self._background = background
        self._told: dict[str, tuple[int, int, int, str]] = {}
        self._places_told_s = 0.0
        self._places_owed: set[str] = set()
        self._listeners: list[Listener] = []
        self._lines_owed: dict[str, ConversationRecord] = {}
        self._telling_lines: asyncio.Task[None] | None = None

    def tell_also(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def announce(
        self, row: ConversationRecord, *new: Event, is_moved: bool = False, offer: AgentChoice | None = None
    ) -> None:
        """`new` was appended to the conversation; `is_moved`: its status or place changed as well, by an `offer`
        perhaps."""
        self.tell_events(row, *new)
        await self._tell_state(row, is_moved=is_moved, offer=offer)
        self._hints.give({"kind": "moved" if is_moved else "grown", "conversation_id": row.conversation_id})
        if is_moved:
            await self.tell_places(row.shop_id)

    def tell_events(self, row: ConversationRecord, *new: Event) -> None:
        """Here, of what was appended; the state of the conversation is still to be announced."""
        if new:
            for listener in self._listeners:
                listener.grown(row, new)
        self._tell_events(row.conversation_id, new)

    def _tell_events(self, conversation_id: str, new: tuple[Event, ...] | list[Event]) -> None:
        for event in new:
            frame = EventFrame(event=event)
            self._fanout.publish(desk_topic(conversation_id), frame)
            if event.audience == "everyone":
                self._fanout.publish(shopper_topic(conversation_id), frame)

    async def _tell_state(self, row: ConversationRecord, *, is_moved: bool, offer: AgentChoice | None = None) -> None:
        """What has moved is told at once; a line that only grew may come with others, never after a newer one."""
        self._told[row.conversation_id] = (row.last_seq, row.last_note_seq, row.epoch, row.status)
        is_team_here = self._fanout.is_heard(team_topic(row.shop_id))
        if is_moved:
            self._lines_owed.pop(row.conversation_id, None)
            await self._tell_moved(row, offer, is_team_here=is_team_here)
        elif is_team_here:
            self._lines_owed[row.conversation_id] = row
            if self._telling_lines is None or self._telling_lines.done():
                self._telling_lines = self._background.start(self._tell_lines(), "lines")

    async def _tell_moved(self, row: ConversationRecord, offer: AgentChoice | None, *, is_team_here: bool) -> None:
        is_shopper_here = self._fanout.is_heard(shopper_topic(row.conversation_id))
        if not (is_shopper_here or is_team_here or offer):
            return
        async with self._record.reading() as session:
            if is_shopper_here:
                view = await self._views.for_shopper(session, row)
                self._fanout.publish(shopper_topic(row.conversation_id), ConversationChanged(conversation=view))
            lines = await self._tell_team(session, [row]) if is_team_here or offer else []
        if offer and row.offer_expires_at is not None:
            frame = OfferFrame(row=lines[0], expires_at=row.offer_expires_at, choice=offer)
            await self._to_agent(offer.agent_id, frame)

    async def _tell_lines(self) -> None:
        while self._lines_owed:
            owed, self._lines_owed = list(self._lines_owed.values()), {}
            for first in range(0, len(owed), LINES_AT_ONCE):
                rows = [row for row in owed[first : first + LINES_AT_ONCE] if not self._is_outdated(row)]
                async with self._record.reading() as session:
                    await self._tell_team(session, rows)
                await asyncio.sleep(0)
            await asyncio.sleep(LINES_PAUSE_S)

    async def _tell_team(self, session: AsyncSession, rows: Sequence[ConversationRecord]) -> list[ConversationRow]:
        """All of one shop."""
        lines = await self._views.for_agents(session, rows) if rows else []
        if lines:
            frame = RowFrame(row=lines[0]) if len(lines) == 1 else RowsFrame(rows=lines)
            self._fanout.publish(team_topic(rows[0].shop_id), frame)
        return lines

    def _is_outdated(self, row: ConversationRecord) -> bool:
        return self._told.get(row.conversation_id, NO_MARK)[2] > row.epoch

    async def tell_places(self, shop_id: str) -> None:
        """Everybody who waits and listens here hears their place again; where many do, at most once a second."""
        heard = {topic.partition(":")[2] for topic in self._fanout.heard(shopper_topic(""))}
        if not heard:
            return
        async with self._record.reading() as session:
            ids = [each for each, _, _ in await conversations.waiting_ids(session, shop_id) if each in heard]
            if len(ids) > MANY and time.monotonic() - self._places_told_s < PAUSE_S:
                self._places_owed.add(shop_id)
                return
            self._places_told_s = time.monotonic()
            self._places_owed.discard(shop_id)
            staff = await self._staffing.now() if ids else None
            for row in await conversations.those(session, ids):
                view = await self._views.for_shopper(session, row, staff)
                self._fanout.publish(shopper_topic(row.conversation_id), ConversationChanged(conversation=view))

    async def tell_owed_places(self) -> None:
        """The clocks' part: what was put off a moment ago."""
        for shop_id in tuple(self._places_owed):
            await self.tell_places(shop_id)

    async def offer_ended(self, conversation_id: str, agent_id: str, reason: str) -> None:
        frame = OfferEnded.model_validate({"conversation_id": conversation_id, "reason": reason})
        await self._to_agent(agent_id, frame)

    async def whispered(self, agent_id: str, frame: Whispered) -> None:
        await self._to_agent(agent_id, frame)

    async def answer_overdue(self, agent_id: str, frame: AnswerOverdue) -> None:
        await self._to_agent(agent_id, frame)

    async def deadline(self, shop_id: str, frame: SlaFrame) -> None:
        """Those who lead hear of every one, an agent of their own."""
        await self._pass_on(lead_topic(shop_id), frame)
        if frame.agent_id:
            await self._to_agent(frame.agent_id, frame)

    async def agent_changed(self, agent_id: str) -> None:
        async with self._record.reading() as session:
            row = await agents.by_id(session, agent_id)
            view = await self._staffing.view(session, row) if row else None
        if row and view:
            await self._pass_on(team_topic(row.shop_id), AgentChanged(agent=view))

    async def reading(self, conversation_id: str, event_id: str, reading: Reading) -> None:
        frame = ReadingFrame(conversation_id=conversation_id, event_id=event_id, reading=reading)
        await self._pass_on(desk_topic(conversation_id), frame)

    async def typing(self, frame: TypingFrame) -> None:
        """To the other side only; a shopper's draft goes to the agents' side."""
        to_shopper = frame.author != "shopper"
        for listener in self._listeners if to_shopper else []:
            listener.typing(frame)
        topic = shopper_topic(frame.conversation_id) if to_shopper else desk_topic(frame.conversation_id)
        await self._pass_on(topic, frame)

    async def viewing(self, frame: AgentViewing) -> None:
        """To every agent who has the conversation open."""
        await self._pass_on(desk_topic(frame.conversation_id), frame)

    async def mentioned(self, agent_id: str, frame: Mentioned) -> None:
        await self._to_agent(agent_id, frame)

    async def read_up_to(self, frame: ReadFrame) -> None:
        is_shopper = frame.reader == "shopper"
        await self._pass_on(
            desk_topic(frame.conversation_id) if is_shopper else shopper_topic(frame.conversation_id), frame
        )

    async def signed_out(self, token_hash: str) -> None:
        self.close_sign_in(token_hash)
        self._hints.give({"kind": "signed_out", "token_hash": token_hash}, in_any_case=True)

    def open_sign_ins(self) -> set[str]:
        """The sign-ins that have a connection to this process."""
        return set(self._fanout.heard(sign_in_topic("")))

    def close_sign_in(self, token_hash: str) -> None:
        self._fanout.close(sign_in_topic(token_hash), SIGNED_OUT)

    async def _to_agent(self, agent_id: str, frame: WireModel) -> None:
        await self._pass_on(agent_topic(agent_id), frame)

    async def _pass_on(self, topic: str, frame: WireModel) -> None:
        """A frame nobody keeps: it travels whole to the other processes."""
        self._fanout.publish(topic, frame)
        if not self._hints.is_alone:
            self._hints.give({"kind": "frame", "topic": topic, "frame": frame.model_dump(mode="json")})

    # --- what other processes hint ----------------------------------------------------------------------------------
    async def listen(self) -> None:
        async for hint in self._hints.listen():
            await self.obey(hint)

    async def obey(self, hint: dict[str, Any]) -> None:
        kind = hint.get("kind")
        if kind == "resync":
            await self.catch_up()
        elif kind in ("moved", "grown"):
            await self._relay(str(hint["conversation_id"]), is_moved=kind == "moved")
        elif kind == "signed_out":
            self.close_sign_in(str(hint["token_hash"]))
        elif kind == "frame":
            self._publish_hinted(hint)

    def _publish_hinted(self, hint: dict[str, Any]) -> None:
        try:
            frame = agent_frame.validate_python(hint["frame"])
        except ValidationError:
            return  # of another version, during an upgrade
        self._fanout.publish(str(hint["topic"]), frame)

    async def _relay(self, conversation_id: str, *, is_moved: bool) -> None:
        """Say from the record what another process has committed."""
        seq, note_seq, _, _ = self._told.get(conversation_id, NO_MARK)
        try:
            async with self._record.reading() as session:
                row = await conversations.by_id(session, conversation_id)
                new = await events.after(session, conversation_id, seq) if self._is_watched(row) else []
                notes = await events.after(session, conversation_id, note_seq, audience="agents") if new else []
        except ConversationNotFound:
            return
        self._tell_events(conversation_id, [*new, *notes])
        await self._tell_state(row, is_moved=is_moved)
        if is_moved:
            await self.tell_places(row.shop_id)

    def _is_watched(self, row: ConversationRecord) -> bool:
        topics = (shopper_topic(row.conversation_id), desk_topic(row.conversation_id))
        return any(self._fanout.is_heard(topic) for topic in topics)

    async def catch_up(self) -> None:
        """The sweep: whatever a listener here has not been told yet. Hints may be lost, this is not."""
        watched = {*self._fanout.heard("shopper:"), *self._fanout.heard("desk:")}
        async with self._record.reading() as session:
            marks = await conversations.marks(session, watched) if watched else {}
        for conversation_id, mark in marks.items():
            if self._told.setdefault(conversation_id, mark) != mark:
                await self._relay(conversation_id, is_moved=True)
        for forgotten in set(self._told) - watched:
            del self._told[forgotten]
