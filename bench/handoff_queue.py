"""What one assignment costs however many wait, and how soon a freed slot has its next conversation.

    python -m bench.handoff_queue [most waiting]

One bridge in this process, a real SQLite file and a real Redis. The processor time is this process's: closing one
conversation, matching, the offer, its explanation, the frames. Ratios are to the shortest queue, measured in the same
run and in turns, so that a busy machine falls on all of them alike.
"""

import asyncio
import logging
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert

from bench.handoff_site import SECRETS, RedisProcess, Site, scratch
from contracts.frames import CloseConversation, OfferFrame
from handoff_api.domain.clock import to_ms
from handoff_api.fanout import Inbox, agent_topic
from handoff_api.migrate import upgrade
from handoff_api.record import agents, conversations
from handoff_api.record.tables import ConversationRecord, SessionRecord
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings

LENGTHS = (10, 1000, 10_000, 100_000)
ROUNDS, TURNS = 12, 5
SKILLS = ("general", "refund", "invoice")
CHUNK = 5000


@dataclass
class Queue:
    """One queue of a length of its own, in a folder of its own."""

    length: int
    bridge: Bridge
    agent_id: str
    inbox: Inbox
    cpu_ms: list[float] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)


def waiting_rows(length: int, now: datetime) -> list[dict[str, Any]]:
    rows = []
    for number in range(length):
        since = now - timedelta(milliseconds=length - number)
        rows.append(
            {
                "conversation_id": f"c_{number:07}",
                "shop_id": "demo",
                "visitor_id": f"v_{number:07}",
                "status": "queued",
                "epoch": 2,
                "status_since": since,
                "session_id": f"s_{number:07}",
                "created_at": since,
                "last_at": since,
                "waiting_since": since,
                "unanswered_since": since,
                "queue_tick": to_ms(since),
                "queue_rank": to_ms(since),
                "skill": SKILLS[number % len(SKILLS)],
                "page": {},
                "guests": [],
            }
        )
    return rows


async def prepare(folder: Path, redis_url: str, length: int) -> Queue:
    database_url = f"sqlite+aiosqlite:///{folder / f'queue-{length}.sqlite3'}"
    await asyncio.to_thread(upgrade, database_url)
    secrets = {name.lower(): value for name, value in SECRETS.items()}
    settings = Settings(database_url=database_url, redis_url=redis_url, **secrets)  # type: ignore[arg-type]
    bridge = build_bridge(settings)
    rows = waiting_rows(length + (ROUNDS + 1) * TURNS, datetime.now(UTC))
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        async with bridge.record.writing() as session:
            await session.execute(insert(ConversationRecord), chunk)
            parts = [{n: row[n] for n in ("session_id", "conversation_id")} for row in chunk]
            await session.execute(
                insert(SessionRecord), [{**part, "started_at": rows[0]["created_at"]} for part in parts]
            )
    await bridge.accounts.add_agent("bench", "bench-password", "小林", role="agent", skills=list(SKILLS), capacity=1)
    async with bridge.record.reading() as session:
        agent = await agents.by_login(session, "demo", "bench")
    if agent is None:
        raise AssertionError("the agent was not made")
    await bridge.lineup.reconcile()
    inbox = Inbox()
    bridge.fanout.subscribe(inbox, agent_topic(agent.agent_id))
    await bridge.staffing.connect(agent.agent_id)
    await bridge.assignment.match()
    return Queue(length, bridge, agent.agent_id, inbox)


async def one(queue: Queue, number: int) -> tuple[float, float]:
    """Accept what is offered, close it, and wait for the next offer: the second part is what is measured."""
    bridge = queue.bridge
    async with bridge.record.reading() as session:
        [row] = await conversations.offered_to(session, queue.agent_id)
        agent = await agents.by_id(session, queue.agent_id)
    if agent is None:
        raise AssertionError("the agent is gone")
    await bridge.assignment.accept(queue.agent_id, row.conversation_id, row.epoch)
    close = CloseConversation(
        client_message_id=f"bench-{number:08}",
        conversation_id=row.conversation_id,
        epoch=row.epoch + 1,
        disposition="已解决",
    )
    queue.inbox.drain()
    cpu, started = time.process_time(), time.perf_counter()
    await bridge.agent_desk.close(agent, close)
    wall_ms, cpu_ms = (time.perf_counter() - started) * 1e3, (time.process_time() - cpu) * 1e3
    if not any(isinstance(frame, OfferFrame) for frame in queue.inbox.drain()):
        raise AssertionError("a freed slot got nothing")
    return cpu_ms, wall_ms


async def measure(folder: Path, site: Site, lengths: list[int]) -> list[Queue]:
    queues = []
    for length in lengths:
        own = folder / str(length)
        own.mkdir()
        redis = site.run(RedisProcess(own))
        queues.append(await prepare(own, redis.url, length))
    for round_ in range(ROUNDS + 1):
        for queue in queues:
            for turn in range(TURNS):
                cpu_ms, wall_ms = await one(queue, round_ * TURNS + turn)
                if round_:  # the first round warms up
                    queue.cpu_ms.append(cpu_ms)
                    queue.wall_ms.append(wall_ms)
    for queue in queues:
        await queue.bridge.close()
    return queues


def report(queues: list[Queue]) -> None:
    shortest = statistics.median(queues[0].cpu_ms)
    print(f"{'waiting':>10}{'CPU ms (median)':>18}{'ratio':>8}{'freed → offer p50 ms':>23}{'p99 ms':>9}")
    for queue in queues:
        cpu, wall = statistics.median(queue.cpu_ms), sorted(queue.wall_ms)
        p99 = wall[int(len(wall) * 0.99)]
        print(f"{queue.length:>10,}{cpu:>18.1f}{cpu / shortest:>8.2f}{statistics.median(wall):>23.1f}{p99:>9.1f}")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    most = int(sys.argv[1]) if len(sys.argv) > 1 else LENGTHS[-1]
    with scratch() as folder, Site(folder) as site:
        queues = asyncio.run(measure(Path(folder), site, [length for length in LENGTHS if length <= most]))
    report(queues)


if __name__ == "__main__":
    main()
