"""Telling staff: what is new is gathered for some seconds and told in one message per robot, not more often than the
robot may, each thing once (also by several processes, and after a restart)."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from handoff_api.channels.accounts import AlertRules, Robot
from handoff_api.channels.alerts.robots import is_taken, post
from handoff_api.channels.alerts.watch import Alert, Limits, look
from handoff_api.domain.clock import Clock
from handoff_api.record.database import Record
from handoff_api.store import limits
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

TOLD_FOR = timedelta(days=1)
MOST_LINES = 8
MOST_WAITING = 200
TITLES = {"waiting": "等待人工", "overdue": "回复超时", "rating": "低分评价", "failure": "发送失败"}


class Alerts:
    def __init__(
        self,
        record: Record,
        nonces: Nonces,
        pace: limits.Limits,
        clock: Clock,
        rules: AlertRules,
        *,
        shop_id: str,
        shop_name: str,
        answer_limit: timedelta,
    ) -> None:
        self._record = record
        self._nonces = nonces
        self._pace = pace
        self._clock = clock
        self._rules = rules
        self._shop_id = shop_id
        self._shop_name = shop_name
        self._limits = Limits(timedelta(seconds=rules.waiting_s), answer_limit, rules.low_score)
        self._gathered: dict[str, list[Alert]] = {robot.name: [] for robot in rules.robots}
        self._since: dict[str, datetime] = {}
        self._http = httpx.AsyncClient(timeout=5, trust_env=False)

    async def sweep(self) -> None:
        if not self._rules.robots:
            return
        now = self._clock()
        async with self._record.reading() as session:
            seen = await look(session, self._shop_id, self._limits, now=now)
        for robot in self._rules.robots:
            await self._gather(robot, seen, now)
            await self._tell(robot, now)

    async def _gather(self, robot: Robot, seen: list[Alert], now: datetime) -> None:
        known = self._gathered[robot.name]
        for alert in seen:
            name = f"alert:{robot.name}"
            if alert.kind in robot.alerts and await self._nonces.is_new(name, alert.key, lifetime=TOLD_FOR, now=now):
                known.append(alert)
                self._since.setdefault(robot.name, now)
        del known[:-MOST_WAITING]

    async def _tell(self, robot: Robot, now: datetime) -> None:
        gathered, since = self._gathered[robot.name], self._since.get(robot.name)
        if not gathered or since is None or now - since < timedelta(seconds=self._rules.group_s):
            return
        per_s = robot.per_minute / 60
        if not await self._pace.take("alert", robot.name, per_s=per_s, burst=robot.per_minute, now=now):
            return
        if await self._post(robot, gathered, now):
            gathered.clear()
            del self._since[robot.name]
        else:
            self._since[robot.name] = now

    async def _post(self, robot: Robot, gathered: list[Alert], now: datetime) -> bool:
        title = f"{self._shop_name}：{summary(gathered)}"
        made = post(robot, title, text(title, gathered, self._rules.workspace_url), now=now)
        try:
            response = await self._http.post(made.url, json=made.body)
            said: Any = response.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("alert.not_told", robot=robot.name, error=type(error).__name__)
            return False
        if not is_taken(said):
            log.warning("alert.refused", robot=robot.name, code=said.get("errcode") if isinstance(said, dict) else None)
            return False
        log.info("alert.told", robot=robot.name, count=len(gathered))
        return True

    async def close(self) -> None:
        await self._http.aclose()


def summary(gathered: list[Alert]) -> str:
    counts = {kind: sum(alert.kind == kind for alert in gathered) for kind in TITLES}
    return "，".join(f"{TITLES[kind]} {count}" for kind, count in counts.items() if count)


def text(title: str, gathered: list[Alert], workspace_url: str) -> str:
    """The newest first; what does not fit is counted."""
    shown = [_line(alert, workspace_url) for alert in reversed(gathered[-MOST_LINES:])]
    more = [f"另有 {len(gathered) - MOST_LINES} 条"] if len(gathered) > MOST_LINES else []
    return "\n".join([title, *shown, *more])


def _line(alert: Alert, workspace_url: str) -> str:
    link = f" {workspace_url.rstrip('/')}/#{alert.conversation_id}" if workspace_url else ""
    return f"- {alert.text}{link}"
