"""Whose message is this? The link from a user of a channel to a conversation, made, renewed and joined here.

Rule 1. A user of a channel has one conversation. Where the shop's identity says who they are, it is that shopper's,
        the same one as on the web page.
Rule 2. Whoever writes in a channel is answered there from now on; what was said elsewhere is not repeated.
Rule 3. Every message renews what the platform allows, and lets go what was held.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.entry import Entry, read_entry
from contracts.identity import Audience, ShopperIdentity, TokenRefused, VisitorIdentity, read
from handoff_api.channels.messages import Inbound, MenuItem
from handoff_api.domain import budget
from handoff_api.domain.clock import Clock
from handoff_api.record import channels, conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelLinkRecord, ConversationRecord
from handoff_api.services.conversations import Conversations

log = structlog.get_logger()

GREETING = 1
"""The seq of a conversation's first event."""


@dataclass(frozen=True)
class Arrival:
    """`is_owed`: something was said or held that this user has not been sent."""

    visitor: VisitorIdentity
    menu: list[MenuItem]
    is_owed: bool


class Arrivals:
    def __init__(
        self, record: Record, conversations: Conversations, clock: Clock, *, shop_id: str, identity_secret: str
    ) -> None:
        self._record = record
        self._conversations = conversations
        self._clock = clock
        self._shop_id = shop_id
        self._identity_secret = identity_secret

    async def arrive(self, channel: str, inbound: Inbound) -> Arrival:
        now = self._clock()
        shopper, entry = self._shopper(inbound), self._entry(inbound, now)
        left: ConversationRecord | None = None
        async with self._record.writing() as session:
            link = await channels.link(session, channel, inbound.user_id, hold=True)
            if link is None:
                row = await self._conversation(session, shopper)
                link = _new_link(channel, inbound, row, now=now)
                session.add(link)
                await session.flush()
            else:
                row = await conversations.locked(session, link.conversation_id)
                if shopper and row.shopper_id != shopper.shopper_id:
                    left, row = row, await self._conversation(session, shopper)
                    link.conversation_id, link.menu = row.conversation_id, []
                    link.relayed_seq = _already_said(row)
            _answer_here(link, row)
            if entry and entry.order_number:
                row.page = {**row.page, "order_number": entry.order_number}
            released = await self._renew(session, link, inbound, now=now)
            is_owed = released > 0 or row.last_seq > link.relayed_seq
            menu = [MenuItem.model_validate(item) for item in link.menu]
            visitor = _visitor(row)
        if left:
            await self._conversations.leave_behind(_visitor(left), visitor.conversation_id)
        return Arrival(visitor, menu, is_owed)

    async def _conversation(self, session: AsyncSession, shopper: ShopperIdentity | None) -> ConversationRecord:
        if shopper is None:
            return await self._conversations.for_visitor(session)
        row = await self._conversations.for_shopper(session, self._shop_id, shopper.shopper_id)
        row.shopper_name = shopper.name or row.shopper_name
        row.shopper_level = shopper.level or row.shopper_level
        return row

    async def _renew(self, session: AsyncSession, link: ChannelLinkRecord, inbound: Inbound, *, now: datetime) -> int:
        """How many messages that were held may go now."""
        link.last_inbound_at = now
        link.context = {**link.context, **inbound.context}
        if inbound.kind == "leave":
            link.grants = []
        elif inbound.grant_left is not None and inbound.grant_s is not None:
            link.grants = budget.granted(
                link.grants,
                left=inbound.grant_left,
                lasting=timedelta(seconds=inbound.grant_s),
                since=min(inbound.at, now),
                is_message=not inbound.by_event,
            )
            link.context = {**link.context, "is_counted": True}
        if inbound.kind in ("leave", "note"):
            return 0
        return await channels.release_held(session, link.channel, link.user_id, now=now)

    def _shopper(self, inbound: Inbound) -> ShopperIdentity | None:
        """What the shop vouches for. A stale or forged token makes nobody somebody else; the message still counts."""
        if inbound.identity:
            try:
                identity = read(ShopperIdentity, inbound.identity, Audience.IDENTITY, self._identity_secret)
            except TokenRefused:
                log.info("channel.identity_refused")
                return None
            return identity if identity.shop_id == self._shop_id else None
        entry = self._entry(inbound, self._clock())
        if entry is None or not entry.shopper_id:
            return None
        return ShopperIdentity(shop_id=self._shop_id, shopper_id=entry.shopper_id, level="")

    def _entry(self, inbound: Inbound, now: datetime) -> Entry | None:
        if not inbound.entry:
            return None
        try:
            return read_entry(inbound.entry, self._identity_secret, shop_id=self._shop_id, now=now)
        except TokenRefused:
            log.info("channel.entry_refused")
            return None


def _answer_here(link: ChannelLinkRecord, row: ConversationRecord) -> None:
    """From now on this is where the shopper is answered; what was said elsewhere they have read there."""
    if row.channel != link.channel:
        link.relayed_seq = max(link.relayed_seq, _already_said(row))
        row.channel = link.channel


def _already_said(row: ConversationRecord) -> int:
    """A conversation that has nothing but its greeting is greeted here."""
    return row.last_seq if row.last_seq > GREETING else 0


def _new_link(channel: str, inbound: Inbound, row: ConversationRecord, *, now: datetime) -> ChannelLinkRecord:
    return ChannelLinkRecord(
        channel=channel,
        user_id=inbound.user_id,
        conversation_id=row.conversation_id,
        relayed_seq=0,
        grants=[],
        menu=[],
        context={},
        created_at=now,
        last_inbound_at=now,
    )


def _visitor(row: ConversationRecord) -> VisitorIdentity:
    return VisitorIdentity(
        shop_id=row.shop_id,
        visitor_id=row.visitor_id,
        conversation_id=row.conversation_id,
        shopper_id=row.shopper_id,
        channel=row.channel,
    )
