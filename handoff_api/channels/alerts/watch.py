"""What staff should know now, read from the record: who waits, whom nobody answers, who was dissatisfied, what failed.

Nothing a shopper wrote is in an alert, nor who they are: a conversation's link, and how long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.channels.staff_bots.standing import in_minutes
from handoff_api.record import conversations, service
from handoff_api.record.tables import ChannelOutboxRecord, ConversationRecord, CsatRecord
from handoff_api.services.silence import waiting_since

LOOK_BACK = timedelta(hours=1)
"""What happened while nobody looked is still told, but not for ever."""


@dataclass(frozen=True)
class Alert:
    """`key` is the same as long as it is the same thing: it is told once."""

    kind: str
    key: str
    text: str
    conversation_id: str


@dataclass(frozen=True)
class Limits:
    waiting: timedelta
    answer: timedelta
    low_score: int


async def look(session: AsyncSession, shop_id: str, limits: Limits, *, now: datetime) -> list[Alert]:
    waiting = await conversations.waiting(session, shop_id)
    silent = await conversations.unanswered(session, shop_id, since=now - limits.answer)
    overdue = await service.overdue_between(session, now - LOOK_BACK, now)
    return [
        *_waiting(waiting, limits, now),
        *(_silent(row, now) for row in silent),
        *(Alert("overdue", f"left:{key}", "留言超过承诺的回复时间", key) for key in overdue),
        *await _ratings(session, limits, now),
        *await _failures(session, now),
    ]


def _waiting(rows: Sequence[ConversationRecord], limits: Limits, now: datetime) -> Iterator[Alert]:
    for row in rows:
        since = row.waiting_since
        if since and now - since >= limits.waiting:
            urgent = "【紧急】" if row.priority == "emergency" else ""
            key = f"waiting:{row.conversation_id}:{since.isoformat()}"
            yield Alert("waiting", key, f"{urgent}顾客等待人工 {in_minutes(now - since)}", row.conversation_id)


def _silent(row: ConversationRecord, now: datetime) -> Alert:
    since = waiting_since(row)
    key = f"silent:{row.conversation_id}:{since.isoformat()}"
    return Alert("overdue", key, f"客服未回复 {in_minutes(now - since)}", row.conversation_id)


async def _ratings(session: AsyncSession, limits: Limits, now: datetime) -> list[Alert]:
    query = select(CsatRecord).where(CsatRecord.at > now - LOOK_BACK, CsatRecord.score <= limits.low_score)
    found = (await session.execute(query)).scalars()
    return [Alert("rating", f"csat:{row.session_id}", f"顾客评价 {row.score} 分", row.conversation_id) for row in found]


async def _failures(session: AsyncSession, now: datetime) -> list[Alert]:
    O = ChannelOutboxRecord  # noqa: E741, N806
    query = select(O).where(O.state == "dead", O.created_at > now - 2 * LOOK_BACK)
    found = (await session.execute(query)).scalars()
    return [
        Alert("failure", f"dead:{row.delivery_id}", f"消息没有送达：{row.reason}", row.conversation_id) for row in found
    ]
