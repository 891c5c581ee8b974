"""Opening a conversation for a browser: a signed-in shopper has one for ever, an anonymous one lives in its token."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotCustom, BotMessage
from contracts.events import ConversationView, Status
from contracts.identity import Audience, ShopperIdentity, TokenRefused, VisitorIdentity, issue, read
from handoff_api import lines
from handoff_api.domain.clock import Clock
from handoff_api.domain.conversation import WAITING, Step
from handoff_api.domain.ids import new_id
from handoff_api.errors import ConversationNotFound, ShopUnknown, TokenInvalid
from handoff_api.record import assignments, conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.assignment import Assignment
from handoff_api.services.herald import Herald
from handoff_api.services.lineup import Lineup
from handoff_api.services.speaking import Speaker
from handoff_api.services.views import Views


class Conversations:
    def __init__(
        self,
        record: Record,
        views: Views,
        speaker: Speaker,
        lineup: Lineup,
        assignment: Assignment,
        herald: Herald,
        clock: Clock,
        *,
        shop_id: str,
        greeting: str,
        bridge_secret: str,
        identity_secret: str,
        anonymous_lifetime: timedelta,
        shopper_lifetime: timedelta,
    ) -> None:
        self._record = record
        self._views = views
        self._speaker = speaker
        self._lineup = lineup
        self._assignment = assignment
        self._herald = herald
        self._clock = clock
        self._shop_id = shop_id
        self._greeting = greeting
        self._bridge_secret = bridge_secret
        self._identity_secret = identity_secret
        self._anonymous_lifetime = anonymous_lifetime
        self._shopper_lifetime = shopper_lifetime

    # --- identity ---------------------------------------------------------------------------------------------------
    def visitor(self, token: str) -> VisitorIdentity:
        """Who holds this visitor token; forged, expired or another kind is `TokenInvalid`."""
        try:
            visitor = read(VisitorIdentity, token, Audience.VISITOR, self._bridge_secret)
        except TokenRefused:
            raise TokenInvalid from None
        if visitor.shop_id != self._shop_id:
            raise TokenInvalid
        return visitor

    def _shopper(self, token: str, shop_id: str) -> ShopperIdentity:
        try:
            shopper = read(ShopperIdentity, token, Audience.IDENTITY, self._identity_secret)
        except TokenRefused:
            raise TokenInvalid from None
        if shopper.shop_id != shop_id:
            raise TokenInvalid
        return shopper

    def _token(self, visitor: VisitorIdentity) -> str:
        lifetime = self._shopper_lifetime if visitor.shopper_id else self._anonymous_lifetime
        return issue(visitor, Audience.VISITOR, self._bridge_secret, now=self._clock(), lifetime=lifetime)

    # --- opening ----------------------------------------------------------------------------------------------------
    async def open(
        self,
        shop_id: str,
        *,
        identity_token: str | None = None,
        visitor_token: str | None = None,
        page: dict[str, Any] | None = None,
    ) -> tuple[str, ConversationView]:
        """The visitor token and the conversation. What the shop vouches for wins over what the browser holds."""
        if shop_id != self._shop_id:
            raise ShopUnknown
        shopper = self._shopper(identity_token, shop_id) if identity_token else None
        held = self._held(visitor_token, is_signed_in=shopper is not None)
        if shopper:
            conversation_id = await self._of_shopper(shopper)
            await self.leave_behind(held, conversation_id)
        else:
            conversation_id = await self._of_visitor(held)
        return await self._opened(conversation_id, page)

    def _held(self, token: str | None, *, is_signed_in: bool) -> VisitorIdentity | None:
        """A stale visitor token is no reason to refuse somebody the shop vouches for."""
        try:
            return self.visitor(token) if token else None
        except TokenInvalid:
            if is_signed_in:
                return None
            raise

    async def _opened(self, conversation_id: str, page: dict[str, Any] | None) -> tuple[str, ConversationView]:
        if page is not None:
            async with self._record.writing() as session:
                row = await conversations.locked(session, conversation_id)
                row.page = page
        async with self._record.reading() as session:
            row = await conversations.by_id(session, conversation_id)
            view = await self._views.for_shopper(session, row)
        visitor = VisitorIdentity(
            shop_id=row.shop_id,
            visitor_id=row.visitor_id,
            conversation_id=row.conversation_id,
            shopper_id=row.shopper_id,
        )
        return self._token(visitor), view

    async def _of_shopper(self, shopper: ShopperIdentity) -> str:
        async with self._record.writing() as session:
            row = await conversations.of_shopper(session, shopper.shop_id, shopper.shopper_id)
            if row is None:
                row = await self._create(session, shopper_id=shopper.shopper_id)
            row.shopper_name, row.shopper_level = shopper.name or row.shopper_name, shopper.level
            row.shopper_is_elder = shopper.is_elder
            return row.conversation_id

    async def _of_visitor(self, visitor: VisitorIdentity | None) -> str:
        if visitor:
            await self._require_known(visitor)
            return visitor.conversation_id
        async with self._record.writing() as session:
            return (await self._create(session, shopper_id=None)).conversation_id

    async def _require_known(self, visitor: VisitorIdentity) -> None:
        try:
            async with self._record.reading() as session:
                await conversations.by_id(session, visitor.conversation_id)
        except ConversationNotFound:
            raise TokenInvalid from None

    async def for_shopper(self, session: AsyncSession, shop_id: str, shopper_id: str) -> ConversationRecord:
        """The shopper's conversation, created if they never wrote (the shop has news for them)."""
        row = await conversations.of_shopper(session, shop_id, shopper_id)
        return row or await self._create(session, shopper_id=shopper_id)

    async def for_visitor(self, session: AsyncSession) -> ConversationRecord:
        """A new conversation of somebody nobody vouches for."""
        return await self._create(session, shopper_id=None)

    async def _create(self, session: AsyncSession, *, shopper_id: str | None) -> ConversationRecord:
        now = self._clock()
        row = _new_row(self._shop_id, shopper_id, now)
        session.add(row)
        await session.flush()
        await conversations.open_session(session, row, row.session_id, now=now)
        greeting = BotMessage(text=self._greeting, custom=BotCustom(choices=lines.GREETING_CHOICES))
        await self._speaker.say(session, row, greeting, now=now, by_bot=True, spends_others=False)
        return row

    async def leave_behind(self, held: VisitorIdentity | None, conversation_id: str) -> None:
        """Who signs in goes on in their own conversation; nobody keeps waiting in the anonymous one."""
        if held is None or held.conversation_id == conversation_id or held.shopper_id:
            return
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, held.conversation_id)
            if Status(row.status) not in WAITING:
                return
            await self._speaker.move(session, row, Step.LEAVE_QUEUE, now=now)
            await assignments.settle(session, row.conversation_id, "withdrawn", now=now)
            offered_to = row.offered_to
            clear_waiting(row)
            event = await self._speaker.tell_status(session, row, "", now=now)
        await self._lineup.take_out(row.conversation_id)
        await self._herald.announce(row, event, is_moved=True)
        await self._assignment.withdrawn(row.conversation_id, offered_to)


def _new_row(shop_id: str, shopper_id: str | None, now: datetime) -> ConversationRecord:
    return ConversationRecord(
        conversation_id=new_id("c"),
        shop_id=shop_id,
        visitor_id=new_id("v"),
        shopper_id=shopper_id,
        status=Status.BOT.value,
        epoch=1,
        status_since=now,
        session_id=new_id("s"),
        created_at=now,
        last_at=now,
        last_seq=0,
        last_note_seq=0,
        page={},
    )


def clear_waiting(row: ConversationRecord) -> None:
    """Nobody waits here any more: place, reservation and the reason for the handoff are history."""
    row.waiting_since = row.unanswered_since = row.queue_tick = row.queue_rank = None
    row.answered_at = row.callback_at = None
    row.weight = 1
    row.offered_to = row.offer_expires_at = None
    row.handoff, row.priority, row.skill = None, "normal", "general"
