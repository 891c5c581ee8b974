"""A storm: several bridges on PostgreSQL and one Redis, agents with two tabs each that grab whatever they see.

What must come out of it: no conversation was ever given to two agents, no agent ever held more than their capacity,
everybody was served, and `fsck` finds nothing. `python -m bench.handoff_storm [--long]`
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvloop
from sqlalchemy import text
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.handoff_site import SECRETS, BridgeProcess, Postgres, RedisProcess, Site, Unavailable, deep_queue, scratch
from bench.posting import Poster
from handoff_api import fsck
from handoff_api.endpoints.access import COOKIE
from handoff_api.migrate import upgrade
from handoff_api.record import agents
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.accounts import hash_token
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

HOLD_S, TELL_S = 0.05, 15.0
OVER_CAPACITY = text(
    "SELECT a.agent_id, count(*), a.capacity FROM conversations c JOIN agents a"
    " ON a.agent_id = CASE WHEN c.status = 'offered' THEN c.offered_to ELSE c.agent_id END"
    " WHERE c.status IN ('active', 'wrap_up', 'offered') GROUP BY a.agent_id, a.capacity HAVING count(*) > a.capacity"
)
OPEN = text("SELECT count(*) FROM conversations WHERE status <> 'closed'")


@dataclass(frozen=True)
class Size:
    """`grabs`: how likely a tab claims a waiting conversation it is shown; every one of them is shown to all."""

    bridges: int
    agents: int
    conversations: int
    capacity: int
    grabs: float
    limit_s: float


SHORT = Size(bridges=2, agents=5, conversations=40, capacity=2, grabs=0.2, limit_s=120)
LONG = Size(bridges=4, agents=50, conversations=3000, capacity=3, grabs=0.02, limit_s=1800)


@dataclass
class Seen:
    """What the tabs saw, all together: who owned which conversation under which epoch."""

    owners: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    over_capacity: int = 0
    looks: int = 0

    def row(self, row: dict[str, Any]) -> None:
        if row["agent_id"]:
            self.owners.setdefault((row["conversation_id"], row["epoch"]), set()).add(row["agent_id"])

    def refused(self, code: str) -> None:
        self.refusals[code] = self.refusals.get(code, 0) + 1

    @property
    def double_owners(self) -> int:
        return sum(len(agents) > 1 for agents in self.owners.values())


@dataclass(frozen=True)
class Result:
    served: int
    claims: int
    double_owners: int
    over_capacity: int
    refusals: dict[str, int]
    problems: list[str]
    took_s: float

    @property
    def is_sound(self) -> bool:
        return not (self.double_owners or self.over_capacity or self.problems)


async def seed(database_url: str, redis_url: str, size: Size) -> tuple[list[tuple[str, str]], list[str]]:
    """(agent id, cookie) of every agent, and the visitor tokens."""
    secrets: dict[str, Any] = {name.lower(): value for name, value in SECRETS.items()}
    bridge = build_bridge(Settings(database_url=database_url, redis_url=redis_url, **secrets))
    people = [(f"agent_{number:03}", f"cookie-{number:03}") for number in range(size.agents)]
    now = datetime.now(UTC)
    async with bridge.record.writing() as session:
        for agent_id, _ in people:
            session.add(
                AgentRecord(
                    agent_id=agent_id,
                    shop_id="demo",
                    login=agent_id,
                    password_hash="",
                    name=agent_id,
                    role="agent",
                    skills=["general"],
                    capacity=size.capacity,
                    gone_since=now,
                )
            )
        await session.flush()
        for agent_id, cookie in people:
            await agents.sign_in(session, hash_token(cookie), agent_id, now=now, until=now + timedelta(hours=12))
    tokens = [(await bridge.conversations.open("demo"))[0] for _ in range(size.conversations)]
    await bridge.close()
    return people, tokens


class Tab:
    """One workspace tab: accepts every offer, grabs what waits, closes what it got. Two of them are one agent."""

    def __init__(self, agent_id: str, cookie: str, bridge: BridgeProcess, seen: Seen, grabs: float) -> None:
        self._agent_id = agent_id
        self._grabs = grabs
        self._cookie = cookie
        self._bridge = bridge
        self._seen = seen
        self._count = 0
        self._later: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """For ever; a lost connection is opened again."""
        while True:
            try:
                await self._connected()
            except (ConnectionClosed, OSError, httpx.HTTPError, KeyError):
                await asyncio.sleep(0.2)

    async def _connected(self) -> None:
        headers = {"Cookie": f"{COOKIE}={self._cookie}", "Origin": self._bridge.url}
        async with httpx.AsyncClient(base_url=self._bridge.url, headers=headers, trust_env=False, timeout=30) as http:
            ticket = (await http.post("/v1/agent/socket-tickets")).json()["ticket"]
        address = f"ws://127.0.0.1:{self._bridge.port}/v1/agent/socket"
        async with connect(address, origin=self._bridge.url, compression=None, max_size=None) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
            beating = asyncio.create_task(self._beat(socket))
            try:
                async for frame in socket:
                    await self._hear(socket, json.loads(frame))
            finally:
                beating.cancel()

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(15)
            await socket.send('{"type":"ping"}')

    async def _hear(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                for row in frame["rows"]:
                    await self._row(socket, row)
            case "row":
                await self._row(socket, frame["row"])
            case "rows":
                for row in frame["rows"]:
                    await self._row(socket, row)
            case "offer":
                await self._say(socket, "offer.accept", frame["row"])
            case "error":
                self._seen.refused(frame["error"]["code"])

    async def _row(self, socket: ClientConnection, row: dict[str, Any]) -> None:
        self._seen.row(row)
        if row["status"] in ("queued", "offered") and random.random() < self._grabs:
            await self._say(socket, "conversation.claim", row)
        if row["status"] == "active" and row["agent_id"] == self._agent_id:
            task = asyncio.create_task(self._close(socket, row))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _close(self, socket: ClientConnection, row: dict[str, Any]) -> None:
        await asyncio.sleep(random.uniform(0, 2 * HOLD_S))
        self._count += 1
        client_id = f"{self._agent_id}-{id(self)}-{self._count}"
        try:
            await self._say(socket, "conversation.close", row, client_message_id=client_id, disposition="已解决")
        except ConnectionClosed:
            return

    async def _say(self, socket: ClientConnection, kind: str, row: dict[str, Any], **more: Any) -> None:
        frame = {"type": kind, "conversation_id": row["conversation_id"], "epoch": row["epoch"], **more}
        await socket.send(json.dumps(frame))


async def ask_for_people(bridges: list[BridgeProcess], tokens: list[str], *, over_s: float) -> None:
    """Every shopper asks for a person, at some bridge, at some moment."""
    async with Poster(timeout_s=600) as shoppers:

        async def ask(number: int, token: str) -> None:
            await asyncio.sleep(random.uniform(0, over_s))
            frame = {"type": "person.request", "client_message_id": f"storm-{number:06}"}
            await shoppers.post(random.choice(bridges).url, token, frame)

        await asyncio.gather(*(ask(number, token) for number, token in enumerate(tokens)))


async def watch(record: Record, seen: Seen) -> None:
    """One statement is one snapshot: nobody may have more than they can hold, at any moment."""
    while True:
        async with record.reading() as session:
            seen.over_capacity += len((await session.execute(OVER_CAPACITY)).all())
        seen.looks += 1
        await asyncio.sleep(0.05)


async def storm(site: Site, size: Size, redis: RedisProcess, database_url: str, bridges: list[BridgeProcess]) -> Result:
    people, tokens = await seed(database_url, redis.url, size)
    record, seen, started = Record(database_url), Seen(), time.monotonic()
    tabs = [
        Tab(agent_id, cookie, bridges[(number + tab) % len(bridges)], seen, size.grabs)
        for number, (agent_id, cookie) in enumerate(people)
        for tab in range(2)
    ]
    working = [asyncio.create_task(tab.work()) for tab in tabs]
    watching = asyncio.create_task(watch(record, seen))
    asking = asyncio.create_task(ask_for_people(bridges, tokens, over_s=size.conversations / 100))
    is_flushed, told_s = False, 0.0
    while (left := await _left(record)) or not asking.done():
        if asking.done():
            asking.result()  # a wish that was refused ends the storm, and says with what
        if not is_flushed and left < size.conversations / 2:
            redis.flush()
            is_flushed = True
        passed_s = time.monotonic() - started
        if passed_s > size.limit_s:
            break
        if passed_s - told_s >= TELL_S:
            told_s = passed_s
            print(f"storm: {passed_s:.0f} s, {left} of {size.conversations} still open", file=sys.stderr, flush=True)
        await asyncio.sleep(0.1)
    took_s = time.monotonic() - started
    left = await _left(record)
    for task in (*working, watching, asking):
        task.cancel()
    await asyncio.gather(*working, watching, asking, return_exceptions=True)
    await record.close()
    problems = await fsck.check(fsck.Where(database_url=database_url, redis_url=redis.url))
    if left:
        problems.append(f"storm: {left} conversations were not served within {size.limit_s:.0f} s")
    return Result(
        size.conversations - left,
        len(seen.owners),
        seen.double_owners,
        seen.over_capacity,
        seen.refusals,
        problems,
        took_s,
    )


async def _left(record: Record) -> int:
    async with record.reading() as session:
        return int((await session.execute(OPEN)).scalar_one())


def run(folder: Path, size: Size) -> Result:
    """Raises Unavailable where PostgreSQL cannot be had."""
    with Site(folder) as site:
        postgres = site.run(Postgres(folder))
        database_url = postgres.database("storm")
        upgrade(database_url)
        redis = site.run(RedisProcess(folder))
        bot, more = site.bot(), {"WORKER_TICK": "PT0.2S", "HANDOFF_RULES": str(deep_queue(folder))}
        bridges = [site.run(BridgeProcess(folder, database_url, redis.url, bot, **more)) for _ in range(size.bridges)]
        return uvloop.run(storm(site, size, redis, database_url, bridges))


def main() -> None:
    size = LONG if "--long" in sys.argv else SHORT
    try:
        with scratch() as folder:
            result = run(folder, size)
    except Unavailable as missing:
        print(f"storm: SKIPPED, {missing}")
        return
    print(
        f"storm: {size.bridges} bridges, {size.agents} agents with two tabs, one FLUSHALL: "
        f"{result.served} of {size.conversations} served in {result.took_s:.1f} s\n"
        f"  double owners {result.double_owners}, over capacity {result.over_capacity}, fsck {len(result.problems)}\n"
        f"  refused: {result.refusals}"
    )
    for problem in result.problems:
        print(f"  {problem}")
    sys.exit(0 if result.is_sound else 1)


if __name__ == "__main__":
    main()
