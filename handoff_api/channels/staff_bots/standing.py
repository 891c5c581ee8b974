"""How the desk stands, in the lines staff get. Nothing a shopper wrote is in them, nor who they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.events import Status
from handoff_api.domain.clock import Clock
from handoff_api.record import conversations, service
from handoff_api.record.database import Record
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.staffing import Staffing

MOST_LINKS = 5
"""Of those who wait; an answer in a group is read on a phone."""


@dataclass(frozen=True)
class Standing:
    """The figures of one moment. `overdue`: agents who let a shopper wait past the limit."""

    waiting: Sequence[ConversationRecord]
    active: int
    overdue: int
    agents: int
    free_slots: int
    left: int
    left_overdue: int


class Desk:
    def __init__(
        self,
        record: Record,
        staffing: Staffing,
        clock: Clock,
        *,
        shop_id: str,
        shop_name: str,
        answer_limit: timedelta,
        workspace_url: str,
    ) -> None:
        self._record = record
        self._staffing = staffing
        self._clock = clock
        self._shop_id = shop_id
        self._shop_name = shop_name
        self._answer_limit = answer_limit
        self._workspace_url = workspace_url.rstrip("/")

    async def in_words(self) -> str:
        now = self._clock()
        return text(await self._look(now), self._shop_name, self._workspace_url, now=now)

    async def _look(self, now: datetime) -> Standing:
        staff, online = await self._staffing.now(), await self._staffing.online()
        async with self._record.reading() as session:
            waiting = await conversations.waiting(session, self._shop_id)
            statuses = await conversations.status_counts(session, self._shop_id)
            overdue = await conversations.unanswered(session, self._shop_id, since=now - self._answer_limit)
            left, left_overdue, _ = await service.left_message_counts(session, now)
        return Standing(
            waiting=waiting,
            active=statuses.get(Status.ACTIVE.value, 0),
            overdue=len(overdue),
            agents=len(online),
            free_slots=staff.free_slots,
            left=left,
            left_overdue=left_overdue,
        )


def text(standing: Standing, shop_name: str, workspace_url: str, *, now: datetime) -> str:
    longest = max((_waited(row, now) for row in standing.waiting), default=timedelta())
    waits = f"，最长已等 {in_minutes(longest)}" if standing.waiting else ""
    lines = [
        shop_name,
        f"排队 {len(standing.waiting)} 人{waits}",
        f"人工接待中 {standing.active}，超时未回 {standing.overdue}",
        f"在线客服 {standing.agents} 人，还能接 {standing.free_slots} 个",
        f"留言待回 {standing.left}，已过期限 {standing.left_overdue}",
    ]
    if workspace_url:
        shown = standing.waiting[:MOST_LINKS]
        lines += [f"- {in_minutes(_waited(row, now))} {workspace_url}/#{row.conversation_id}" for row in shown]
    return "\n".join(lines)


def _waited(row: ConversationRecord, now: datetime) -> timedelta:
    return now - row.waiting_since if row.waiting_since else timedelta()


def in_minutes(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"
