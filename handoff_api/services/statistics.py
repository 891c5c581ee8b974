"""What leads look at: volumes, what was asked, why a person was needed, how fast and how well it was answered."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from contracts.desk import AgentFigures, DayFigures, Share, Statistics
from handoff_api.domain.clock import Clock
from handoff_api.errors import Forbidden
from handoff_api.record import agents, service, statistics
from handoff_api.record.database import Record
from handoff_api.record.statistics import Rated, Taken
from handoff_api.record.tables import AgentRecord

SHANGHAI = timezone(timedelta(hours=8))
MAY_SEE = ("supervisor", "admin", "auditor")
MOST_FREQUENT = 12
HEADS = ("日期", "会话", "转人工", "机器人独立接待", "平均首次响应（秒）", "满意度", "评价数")


class StatisticsDesk:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def of(self, agent: AgentRecord, days: int) -> Statistics:
        """The last `days` Shanghai days, today among them."""
        if agent.role not in MAY_SEE:
            raise Forbidden
        today = self._clock().astimezone(SHANGHAI).date()
        wanted = [today - timedelta(days=back) for back in reversed(range(days))]
        since = datetime.combine(wanted[0], time(), SHANGHAI)
        async with self._record.reading() as session:
            begun = await statistics.sessions(session, agent.shop_id, since=since)
            asked = await statistics.handoffs(session, agent.shop_id, since=since)
            taken = await statistics.taken(session, agent.shop_id, since=since)
            rated = await statistics.ratings(session, agent.shop_id, since=since)
            intents = await statistics.intents(session, agent.shop_id, since=since, limit=MOST_FREQUENT)
            names = {each.agent_id: each.name for each in await agents.of_shop(session, agent.shop_id)}
        with_person = {session_id for session_id, _, _ in asked}
        contained = [at for session_id, at in begun if session_id not in with_person]
        return Statistics(
            days=[
                DayFigures(
                    day=day,
                    sessions=_on(day, (at for _, at in begun)),
                    handoffs=_on(day, (at for _, _, at in asked)),
                    contained=_on(day, contained),
                    first_response_s=_first_response_s([each for each in taken if _day(each.started_at) == day]),
                    **_rating([each for each in rated if _day(each.at) == day]),
                )
                for day in wanted
            ],
            agents=[
                AgentFigures(
                    agent_name=names.get(agent_id, ""),
                    handled=count,
                    first_response_s=_first_response_s([each for each in taken if each.agent_id == agent_id]),
                    **_rating([each for each in rated if each.agent_id == agent_id]),
                )
                for agent_id, count in Counter(each.agent_id for each in taken).most_common()
            ],
            reasons=[
                Share(name=name, count=count) for name, count in Counter(why for _, why, _ in asked).most_common()
            ],
            intents=[Share(name=name, count=count) for name, count in intents],
        )

    async def as_csv(self, agent: AgentRecord, days: int) -> str:
        figures = await self.of(agent, days)
        async with self._record.writing() as session:
            now = self._clock()
            service.audit(
                session, agent.shop_id, agent.agent_id, "statistics.exported", agent.shop_id, now=now, days=days
            )
        return day_table(figures.days)


def day_table(days: Iterable[DayFigures]) -> str:
    """With a byte order mark, so that spreadsheets read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for each in days:
        rating = "" if each.rating is None else each.rating
        wait = "" if each.first_response_s is None else each.first_response_s
        writer.writerow(
            [each.day.isoformat(), each.sessions, each.handoffs, each.contained, wait, rating, each.ratings]
        )
    return "\ufeff" + out.getvalue()


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _on(day: date, instants: Iterable[datetime]) -> int:
    return sum(_day(at) == day for at in instants)


def _first_response_s(taken: list[Taken]) -> int | None:
    waits = [(each.answered_at - each.started_at).total_seconds() for each in taken if each.answered_at]
    return round(sum(waits) / len(waits)) if waits else None


def _rating(rated: list[Rated]) -> dict[str, Any]:
    scores = [each.score for each in rated]
    return {"rating": round(sum(scores) / len(scores), 2) if scores else None, "ratings": len(scores)}
