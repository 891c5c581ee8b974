"""Messages left for later: the conversation waits with a deadline, and the shop gets a ticket that refers to it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotCustom, BotMessage, HandoffRequest, TicketCard
from contracts.events import CallbackSlot, Event
from contracts.identity import Audience, TurnIdentity, issue
from contracts.shop import NewTicket, Ticket, TicketKind
from handoff_api import lines
from handoff_api.clients.shop import ShopClient
from handoff_api.domain.clock import Clock, to_ms
from handoff_api.domain.conversation import Step
from handoff_api.errors import ShopUnavailable
from handoff_api.record import assignments, conversations, events, service, turns
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord, LeftMessageRecord
from handoff_api.services.background import Background
from handoff_api.services.herald import Herald
from handoff_api.services.lineup import set_rank
from handoff_api.services.packages import Packages
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.speaking import Speaker

log = structlog.get_logger()

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_PAUSE = timedelta(minutes=10)


class LeftMessages:
    def __init__(
        self,
        record: Record,
        shop: ShopClient,
        herald: Herald,
        speaker: Speaker,
        background: Background,
        packages: Packages,
        rules: RuleBook,
        clock: Clock,
        *,
        turn_secret: str,
        deadline: timedelta,
    ) -> None:
        self._record = record
        self._shop = shop
        self._herald = herald
        self._speaker = speaker
        self._background = background
        self._packages = packages
        self._rules = rules
        self._clock = clock
        self._turn_secret = turn_secret
        self._deadline = deadline
        self._overdue_told_until = clock()

    async def leave(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        event: Event,
        *,
        now: datetime,
        slot: CallbackSlot | None = None,
    ) -> Event:
        """Within the transaction that commits the message: the conversation now waits without a queue, for a while
        or until `slot`."""
        await self._speaker.move(session, row, Step.LEAVE_MESSAGE, now=now)
        if row.handoff is None:
            slots = await turns.latest_slots(session, row.session_id)
            request = HandoffRequest(reason="callback" if slot else "left_message")
            package = await self._packages.build(session, row, request, slots, now=now)
            await self._packages.keep(session, row, package)
        row.waiting_since = row.unanswered_since = row.unanswered_since or now
        row.queue_tick = row.queue_tick or to_ms(now)
        set_rank(row, self._rules.now.order)
        row.offered_to = row.offer_expires_at = None
        row.callback_at = slot.at if slot else None
        await assignments.settle(session, row.conversation_id, "withdrawn", now=now)
        left = LeftMessageRecord(
            event_id=event.event_id,
            conversation_id=row.conversation_id,
            left_at=now,
            deadline_at=slot.until if slot else now + self._deadline,
            next_attempt_at=now,
        )
        await service.add(session, left)
        line = lines.CALLBACK_BOOKED.format(when=slot.label) if slot else lines.MESSAGE_LEFT
        return await self._speaker.tell_status(session, row, line, now=now)

    def open_ticket_later(self, event_id: str) -> None:
        self._background.start(self._open_ticket(event_id), "ticket")

    async def retry_tickets(self) -> None:
        """The clocks' part: what the shop could not take yet."""
        async with self._record.reading() as session:
            due = [left.event_id for left in await service.without_ticket(session, self._clock())]
        for event_id in due:
            await self._open_ticket(event_id)

    async def tell_overdue(self) -> None:
        """The clocks' part: a promised answer whose time has just passed is shown to every agent."""
        now = self._clock()
        async with self._record.reading() as session:
            passed = await service.overdue_between(session, self._overdue_told_until, now)
            rows = [await conversations.by_id(session, conversation_id) for conversation_id in passed]
        self._overdue_told_until = now
        for row in rows:
            log.warning("left_message.overdue", conversation_id=row.conversation_id)
            await self._herald.announce(row)

    async def _open_ticket(self, event_id: str) -> None:
        async with self._record.reading() as session:
            left = await service.left_message(session, event_id)
            if left is None or left.ticket_id:
                return
            row = await conversations.by_id(session, left.conversation_id)
            text = await events.text_of(session, event_id)
        try:
            ticket = await self._ask_shop(row, event_id, text)
        except ShopUnavailable:
            await self._try_later(event_id)
        else:
            await self._opened(event_id, ticket)

    async def _ask_shop(self, row: ConversationRecord, event_id: str, text: str) -> Ticket:
        identity = TurnIdentity(
            shop_id=row.shop_id,
            shopper_id=row.shopper_id,
            conversation_id=row.conversation_id,
            turn_id=event_id,
            role="system",
        )
        token = issue(identity, Audience.TURN, self._turn_secret, now=self._clock(), lifetime=timedelta(minutes=5))
        ticket = NewTicket(kind=TicketKind.LEFT_MESSAGE, subject="顾客留言", description=text)
        return await self._shop.open_ticket(token, ticket, idempotency_key=f"left-message:{event_id}")

    async def _try_later(self, event_id: str) -> None:
        async with self._record.writing() as session:
            left = await service.left_message(session, event_id)
            if left is None:
                return
            left.attempts += 1
            pause = min(LONGEST_PAUSE, timedelta(seconds=5 * 2**left.attempts))
            left.next_attempt_at = self._clock() + pause
        log.warning("ticket.postponed", event_id=event_id, attempts=left.attempts)

    async def _opened(self, event_id: str, ticket: Ticket) -> None:
        now = self._clock()
        async with self._record.writing() as session:
            left = await service.left_message(session, event_id)
            if left is None or left.ticket_id:
                return
            left.ticket_id, left.deadline_at = ticket.ticket_id, ticket.deadline_at
            row = await conversations.locked(session, left.conversation_id)
            event = await self._speaker.say(session, row, _registered(ticket), now=now)
        await self._herald.announce(row, *[event] if event else [])


def _registered(ticket: Ticket) -> BotMessage:
    local = ticket.deadline_at.astimezone(SHANGHAI)
    deadline = f"{local.month}月{local.day}日 {local:%H:%M}"
    text = lines.MESSAGE_LEFT_TICKET.format(ticket_id=ticket.ticket_id, deadline=deadline)
    return BotMessage(text=text, custom=BotCustom(cards=[TicketCard(ticket=ticket)]))
