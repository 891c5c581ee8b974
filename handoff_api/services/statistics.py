"""What leads look at: volumes, what was asked, why a person was needed, how fast and how well it was answered."""

from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from contracts.desk import Figures, Share, Statistics
from handoff_api.domain import figures
from handoff_api.domain.clock import Clock
from handoff_api.domain.hours import SHANGHAI
from handoff_api.errors import Forbidden
from handoff_api.record import agents, service, statistics
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.exports import Cell, Rows, as_csv, as_xlsx

MAY_SEE = ("supervisor", "admin", "auditor")
MOST_FREQUENT = 12
Part = Literal["days", "groups", "channels", "agents", "reasons", "intents"]

_FIGURES = (
    "会话", "转人工", "机器人独立接待", "满一天可核验", "核验已解决", "平均等待（秒）", "平均首次响应（秒）",
    "平均解决时长（秒）", "满意度", "评价数",
)  # fmt: skip
_OF_AGENT = ("客服", "接待数", "平均首次响应（秒）", "平均解决时长（秒）", "满意度", "评价数")
SHEETS: dict[Part, str] = {
    "days": "按日",
    "groups": "按技能组",
    "channels": "按渠道",
    "agents": "按客服",
    "reasons": "转人工原因",
    "intents": "顾客意图",
}


@dataclass(frozen=True)
class Which:
    """The last `days` Shanghai days, today among them; of one group, channel or agent where it is named."""

    days: int = 7
    group: str = ""
    channel: str = ""
    agent_id: str = ""


class StatisticsDesk:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def of(self, agent: AgentRecord, which: Which) -> Statistics:
        if agent.role not in MAY_SEE:
            raise Forbidden
        now = self._clock()
        today = now.astimezone(SHANGHAI).date()
        wanted = [today - timedelta(days=back) for back in reversed(range(which.days))]
        since = datetime.combine(wanted[0], time(), SHANGHAI)
        async with self._record.reading() as session:
            everything = await statistics.served(session, agent.shop_id, since=since)
            names = {each.agent_id: each.name for each in await agents.all_of_shop(session, agent.shop_id)}
        chosen = figures.matching(everything, group=which.group, channel=which.channel, agent_id=which.agent_id)
        return Statistics(
            total=figures.figures(chosen, now),
            days=figures.by_day(chosen, wanted, now),
            groups=figures.by_name(chosen, lambda each: each.group, now),
            channels=figures.by_name(chosen, lambda each: each.channel, now),
            agents=figures.by_agent(chosen, names),
            reasons=figures.shares(each.reason for each in chosen),
            intents=figures.shares((intent for each in chosen for intent in each.intents), MOST_FREQUENT),
            known_groups=sorted({each.group for each in everything if each.group}),
            known_channels=sorted({each.channel for each in everything}),
            known_agents=figures.by_agent(everything, names),
        )

    async def as_csv(self, agent: AgentRecord, which: Which, part: Part = "days") -> str:
        """One table; the workbook has all of them."""
        found = await self.of(agent, which)
        await self._note_export(agent, which, part)
        return as_csv(_rows(found, part))

    async def as_xlsx(self, agent: AgentRecord, which: Which) -> bytes:
        found = await self.of(agent, which)
        await self._note_export(agent, which, "all")
        return as_xlsx({title: _rows(found, part) for part, title in SHEETS.items()})

    async def _note_export(self, agent: AgentRecord, which: Which, part: str) -> None:
        shop_id, now = agent.shop_id, self._clock()
        facts = {name: value for name, value in asdict(which).items() if value}
        async with self._record.writing() as session:
            service.audit(session, shop_id, agent.agent_id, "statistics.exported", shop_id, now=now, part=part, **facts)


def _rows(found: Statistics, part: Part) -> Rows:
    if part == "days":
        return [("日期", *_FIGURES), *((each.day.isoformat(), *_cells(each)) for each in found.days)]
    if part in ("groups", "channels"):
        named = found.groups if part == "groups" else found.channels
        return [(SHEETS[part][1:], *_FIGURES), *((each.name, *_cells(each)) for each in named)]
    if part == "agents":
        return [
            _OF_AGENT,
            *(
                (each.agent_name, each.handled, each.first_response_s, each.resolution_s, each.rating, each.ratings)
                for each in found.agents
            ),
        ]
    return [(SHEETS[part], "次数"), *((each.name, each.count) for each in _shares(found, part))]


def _shares(found: Statistics, part: Part) -> list[Share]:
    return found.reasons if part == "reasons" else found.intents


def _cells(of: Figures) -> tuple[Cell, ...]:
    return (
        of.sessions, of.handoffs, of.contained, of.judged, of.verified, of.wait_s, of.first_response_s,
        of.resolution_s, of.rating, of.ratings,
    )  # fmt: skip
