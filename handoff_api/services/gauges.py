"""The state of the installation in numbers, read when Prometheus asks."""

import resource
import time
from pathlib import Path

from contracts.events import Status
from handoff_api import logs
from handoff_api.domain.clock import Clock
from handoff_api.fanout import Fanout
from handoff_api.record import conversations, service
from handoff_api.record.database import Record
from handoff_api.services.staffing import Staffing
from handoff_api.services.tally import Tally
from handoff_api.store.connection import Connection

MEANINGS = {
    "shouhou_connections": "sockets and long polls of this process",
    "shouhou_conversations": "conversations by status",
    "shouhou_queue_oldest_seconds": "how long the first in the queue has waited",
    "shouhou_agents_online": "agents with a connection anywhere",
    "shouhou_free_slots": "conversations that could be taken now",
    "shouhou_unanswered_left_messages": "left messages without an answer",
    "shouhou_overdue_left_messages": "of them later than promised",
    "shouhou_tickets_pending": "left messages the shop has no ticket of yet",
    "shouhou_redis_up": "1 if Redis answers",
    "shouhou_record_writes": "writers of this process since its start",
    "shouhou_record_commits": "commits they needed; writers that wait together share one (SQLite)",
}
Reading = dict[tuple[str, str], float]


class Gauges:
    def __init__(
        self,
        record: Record,
        redis: Connection,
        staffing: Staffing,
        fanout: Fanout,
        tally: Tally,
        clock: Clock,
        *,
        shop_id: str,
    ) -> None:
        self._record = record
        self._redis = redis
        self._staffing = staffing
        self._fanout = fanout
        self._tally = tally
        self._clock = clock
        self._shop_id = shop_id

    async def text(self) -> str:
        """Everything in Prometheus' text format."""
        values = {**self._here(), **await self._of_shop()}
        lines = []
        for name, meaning in MEANINGS.items():
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
            lines += [f"{name}{labels} {value:g}" for (of, labels), value in values.items() if of == name]
        return "\n".join([*lines, *self._tally.lines(), *_events(), *_process(), ""])

    def _here(self) -> Reading:
        found: Reading = {
            ("shouhou_connections", f'{{kind="{kind}"}}'): self._fanout.count(prefix)
            for kind, prefix in (("shopper", "shopper:"), ("agent", "agent:"))
        }
        found["shouhou_record_writes", ""] = self._record.writes
        found["shouhou_record_commits", ""] = self._record.commits
        return found

    async def _of_shop(self) -> Reading:
        now = self._clock()
        staff, online = await self._staffing.now(), await self._staffing.online()
        async with self._record.reading() as session:
            statuses = await conversations.status_counts(session, self._shop_id)
            oldest = await conversations.waiting_longest_since(session, self._shop_id) or now
            unanswered, overdue, pending = await service.left_message_counts(session, now)
        found: Reading = {
            ("shouhou_conversations", f'{{status="{status.value}"}}'): statuses.get(status.value, 0)
            for status in Status
        }
        return found | {
            ("shouhou_queue_oldest_seconds", ""): (now - oldest).total_seconds(),
            ("shouhou_agents_online", ""): len(online),
            ("shouhou_free_slots", ""): staff.free_slots,
            ("shouhou_unanswered_left_messages", ""): unanswered,
            ("shouhou_overdue_left_messages", ""): overdue,
            ("shouhou_tickets_pending", ""): pending,
            ("shouhou_redis_up", ""): float(await self._redis.is_up()),
        }


def _events() -> list[str]:
    """Whatever this process has logged, by name: claims, offers, failed turns, lost Redis, failing sweeps."""
    name = "shouhou_events_total"
    counts = sorted(logs.counted().items())
    return [f"# TYPE {name} counter"] + [
        f'{name}{{event="{event}",level="{level}"}} {n}' for (event, level), n in counts
    ]


def _process() -> list[str]:
    """Under the names every Prometheus client gives them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    values = {
        "process_cpu_seconds_total": time.process_time(),
        "process_resident_memory_bytes": pages * resource.getpagesize(),
        "process_resident_memory_max_bytes": used.ru_maxrss * 1024,
        "process_open_fds": len(list(Path("/proc/self/fd").iterdir())),
        "process_max_fds": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }
    kinds = {name: "counter" if name.endswith("_total") else "gauge" for name in values}
    return [line for name, value in values.items() for line in (f"# TYPE {name} {kinds[name]}", f"{name} {value}")]
