"""What the shop reports about a case: a system message with the case's card, once, under any owner."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotCustom, BotMessage, Card, CaseCard, TicketCard
from contracts.notices import Notice
from handoff_api.domain.clock import Clock
from handoff_api.errors import ConversationNotFound, ShopUnknown
from handoff_api.record import conversations, service
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord, NoticeRecord
from handoff_api.services.conversations import Conversations
from handoff_api.services.herald import Herald
from handoff_api.services.speaking import Speaker

log = structlog.get_logger()


class Notices:
    def __init__(
        self,
        record: Record,
        conversations: Conversations,
        herald: Herald,
        speaker: Speaker,
        clock: Clock,
        *,
        shop_id: str,
    ) -> None:
        self._record = record
        self._conversations = conversations
        self._herald = herald
        self._speaker = speaker
        self._clock = clock
        self._shop_id = shop_id

    async def take(self, notice: Notice) -> bool:
        """False if it was told before, or if there is nobody to tell: nothing is said twice."""
        if notice.shop_id != self._shop_id:
            raise ShopUnknown
        now = self._clock()
        async with self._record.writing() as session:
            if await service.notice(session, notice.shop_id, notice.notice_id):
                return False
            row = await self._addressee(session, notice)
            if row is None:
                return False
            message = BotMessage(text=notice.text, custom=BotCustom(cards=_cards(notice)))
            event = await self._speaker.say(session, row, message, now=now)
            told = NoticeRecord(
                shop_id=notice.shop_id,
                notice_id=notice.notice_id,
                case_id=_subject(notice),
                event_id=event.event_id if event else "",
                at=now,
            )
            await service.add(session, told)
        log.info("notice.told", conversation_id=row.conversation_id, case_id=_subject(notice))
        await self._herald.announce(row, *[event] if event else [])
        return True

    async def _addressee(self, session: AsyncSession, notice: Notice) -> ConversationRecord | None:
        """The conversation it was begun in, as long as nobody else has signed in there; else the shopper's own."""
        if notice.conversation_id:
            row = await conversations.locked(session, notice.conversation_id)
            if row.shop_id == notice.shop_id and row.shopper_id in (None, notice.shopper_id):
                return row
        if notice.shopper_id:
            found = await self._conversations.for_shopper(session, notice.shop_id, notice.shopper_id)
            return await conversations.locked(session, found.conversation_id)
        if notice.conversation_id:
            raise ConversationNotFound
        return None


def _cards(notice: Notice) -> list[Card]:
    case: list[Card] = [CaseCard(case=notice.case)] if notice.case else []
    ticket: list[Card] = [TicketCard(ticket=notice.ticket)] if notice.ticket else []
    return [*case, *ticket]


def _subject(notice: Notice) -> str:
    """The number of what it is about; empty for a notice about an order."""
    if notice.case:
        return notice.case.case_id
    return notice.ticket.ticket_id if notice.ticket else ""
