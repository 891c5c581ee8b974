"""The queue as the rest sees it: Redis keeps the order, the record can always say it again."""

from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.domain.rules import Order
from handoff_api.record import conversations
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.store.connection import StoreDown
from handoff_api.store.queue import Queue
from handoff_api.store.reservations import Reservations


def set_rank(row: ConversationRecord, order: Order) -> None:
    """Its place: the number of its arrival, earlier by what `order` grants it."""
    boost = order.boost(row.priority, row.shopper_level, is_elder=row.shopper_is_elder)
    row.queue_rank = None if row.queue_tick is None else row.queue_tick - int(boost.total_seconds() * 1000)


def boost_of(row: ConversationRecord) -> int:
    return (row.queue_tick or 0) - _rank(row)


def rank_of(row: ConversationRecord) -> tuple[int, str]:
    return _rank(row), row.conversation_id


def _rank(row: ConversationRecord) -> int:
    return row.queue_tick or 0 if row.queue_rank is None else row.queue_rank


class Lineup:
    def __init__(self, record: Record, queue: Queue, reservations: Reservations, *, shop_id: str) -> None:
        self._record = record
        self._queue = queue
        self._reservations = reservations
        self._shop_id = shop_id

    async def put(self, row: ConversationRecord) -> None:
        try:
            await self._queue.put(row.conversation_id, tick=row.queue_tick or 0, boost=boost_of(row))
        except StoreDown:
            return  # `reconcile` puts it there when Redis is back

    async def take_out(self, conversation_id: str) -> None:
        """Nobody waits there any more: neither a place nor a reservation is left."""
        try:
            await self._queue.take_out(conversation_id)
            await self._reservations.release(conversation_id)
        except StoreDown:
            return

    async def order(self, session: AsyncSession) -> list[ConversationRecord]:
        """Everybody who waits, first one first. Redis proposes the order, the record says who really waits."""
        rows = {row.conversation_id: row for row in await conversations.waiting(session, self._shop_id)}
        try:
            proposed = await self._queue.order()
        except StoreDown:
            proposed = []
        known = [rows.pop(conversation_id) for conversation_id in proposed if conversation_id in rows]
        if not rows:
            return known
        return sorted([*known, *rows.values()], key=rank_of)

    async def place(self, session: AsyncSession, row: ConversationRecord) -> int:
        """From 1; the place it would get, if it does not wait yet."""
        try:
            place = await self._queue.place(row.conversation_id)
        except StoreDown:
            place = None
        if place is None:
            return await conversations.place(session, row.shop_id, *rank_of(row))
        return place

    async def reconcile(self) -> bool:
        """Make Redis what the record says. True if it was not."""
        async with self._record.reading() as session:
            rows = await conversations.waiting_ids(session, self._shop_id)
        wanted = [conversation_id for _, conversation_id in sorted((rank, each) for each, _, rank in rows)]
        if await self._queue.order() == wanted:
            return False
        await self._queue.rebuild({each: (tick, tick - rank) for each, tick, rank in rows})
        return True
