"""How soon things happen under a steady load: `python -m bench.handoff_pace [seconds] [messages a second] [burst]`.

Open loop: messages and wishes are due at fixed moments whether or not earlier ones were answered, and every latency
counts from the moment something was due, so a bridge that falls behind cannot hide it. One bridge process, SQLite,
Redis. First the talk, half of it shoppers', half the agent's, while others ask for a person. Then so many shoppers ask
within one second, and an agent with one slot comes online and serves them all, one after the other.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvloop
from sqlalchemy import select, update
from websockets.asyncio.client import ClientConnection, connect

from bench.handoff_site import SECRETS, BridgeProcess, RedisProcess, Site, deep_queue, scratch
from bench.posting import Poster
from handoff_api.endpoints.access import COOKIE
from handoff_api.migrate import upgrade
from handoff_api.record import agents
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.accounts import hash_token
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

SECONDS, PER_S, BURST = 30.0, 700.0, 1000
TALKERS, TALKING_AGENTS, ASKS_PER_S = 100, 10, 2.0
PATIENCE_S, LOOK_S, SETTLE_S = 120.0, 0.05, 2.0
FREED = "freed → next offer"
STORE = "https://store.example"
UNHEARD = ('{"type":"rows"', '{"type":"reading"', '{"type":"agent"')
Frame = dict[str, Any]


@dataclass
class Times:
    """Seconds by what was waited for; what is still under way, and when it was due; how busy the bridge and the bench
    were, in cores."""

    took: dict[str, list[float]] = field(default_factory=dict)
    due: dict[tuple[str, str], float] = field(default_factory=dict)
    busy: tuple[float, float] = (0.0, 0.0)

    def begin(self, kind: str, key: str, due: float) -> None:
        self.due[kind, key] = due

    def end(self, kind: str, key: str) -> None:
        if (due := self.due.pop((kind, key), None)) is not None:
            self.took.setdefault(kind, []).append(time.perf_counter() - due)

    def line(self, kind: str) -> str:
        took = sorted(self.took.get(kind, []))
        if not took:
            return f"{kind:32} nothing was measured"
        p50, p99 = statistics.median(took) * 1e3, took[int(len(took) * 0.99)] * 1e3
        return f"{kind:32}{len(took):>8,}{p50:>10.1f}{p99:>10.1f}{took[-1] * 1e3:>10.1f}"


class AgentLine:
    """One agent's tab: takes every offer, and closes at once what it got by one."""

    def __init__(self, name: str, socket: ClientConnection, times: Times) -> None:
        self.name = name
        self.socket = socket
        self.times = times
        self.offered: list[str] = []
        self.busy_with: set[str] = set()
        self.opened = 0

    async def say(self, kind: str, **more: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **more}))

    async def listen(self) -> None:
        """What this agent does not go by is not even parsed: the bench must not be what is slow."""
        async for text in self.socket:
            if not str(text).startswith(UNHEARD):
                await self._hear(json.loads(text))

    async def _hear(self, frame: Frame) -> None:
        match frame["type"]:
            case "event":
                self.times.end("shopper → agent", frame["event"]["body"].get("text", ""))
            case "offer":
                row = frame["row"]
                self.times.end("enqueue → offer", row["conversation_id"])
                self.times.end(FREED, self.name)
                self.offered.append(row["conversation_id"])
                self.busy_with.add(row["conversation_id"])
                await self.say("offer.accept", conversation_id=row["conversation_id"], epoch=row["epoch"])
            case "snapshot":
                self.opened += 1
            case "accepted":
                self.busy_with.discard(frame["client_message_id"])
            case "row" if frame["row"]["status"] == "active" and frame["row"]["conversation_id"] in self.busy_with:
                await self._close(frame["row"])

    async def _close(self, row: Frame) -> None:
        self.times.begin(FREED, self.name, time.perf_counter())
        where = {"conversation_id": row["conversation_id"], "epoch": row["epoch"]}
        await self.say("conversation.close", client_message_id=row["conversation_id"], disposition="已解决", **where)


@dataclass(frozen=True)
class People:
    talkers: list[tuple[str, str]]
    askers: list[tuple[str, str]]


def talking(number: int) -> str:
    """The agent who has the conversation of that talker."""
    return f"talk-{number % TALKING_AGENTS}"


async def seed(settings: Settings, askers: int) -> People:
    """The talkers are with the agents `talk-0` and so on, who are full by them; `desk` has room for those who ask, and
    `single` one slot for the burst."""
    bridge = build_bridge(settings)
    now, lifetime = datetime.now(UTC), timedelta(hours=12)
    people = []
    for _ in range(TALKERS + askers):
        token, view = await bridge.conversations.open("demo")
        people.append((token, view.conversation_id))
    slots = dict.fromkeys(map(talking, range(TALKING_AGENTS)), TALKERS // TALKING_AGENTS) | {"desk": 20, "single": 1}
    async with bridge.record.writing() as session:
        for name, capacity in slots.items():
            known: dict[str, Any] = {"agent_id": name, "login": name, "name": name, "capacity": capacity}
            session.add(
                AgentRecord(shop_id="demo", password_hash="", role="agent", skills=["general"], gone_since=now, **known)
            )
            await session.flush()
            await agents.sign_in(session, hash_token(f"cookie-of-{name}"), name, now=now, until=now + lifetime)
        for number, (_, conversation_id) in enumerate(people[:TALKERS]):
            taken = update(ConversationRecord).where(ConversationRecord.conversation_id == conversation_id)
            await session.execute(taken.values(status="active", epoch=2, agent_id=talking(number)))
    await bridge.close()
    return People(people[:TALKERS], people[TALKERS:])


@asynccontextmanager
async def agent_line(bridge: BridgeProcess, name: str, times: Times) -> AsyncIterator[AgentLine]:
    headers = {"Cookie": f"{COOKIE}=cookie-of-{name}", "Origin": bridge.url}
    async with httpx.AsyncClient(base_url=bridge.url, headers=headers, trust_env=False, timeout=30) as http:
        ticket = (await http.post("/v1/agent/socket-tickets")).json()["ticket"]
    address = f"ws://127.0.0.1:{bridge.port}/v1/agent/socket"
    async with connect(address, origin=bridge.url, compression=None, max_size=None) as socket:  # type: ignore[arg-type]
        line = AgentLine(name, socket, times)
        await line.say("hello", ticket=ticket)
        listening = asyncio.create_task(line.listen())
        try:
            yield line
        finally:
            listening.cancel()


async def shopper_socket(bridge: BridgeProcess, token: str) -> ClientConnection:
    address = f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket"
    socket = await connect(address, origin=STORE, compression=None)  # type: ignore[arg-type]
    await socket.send(json.dumps({"type": "hello", "token": token}))
    await socket.recv()
    return socket


async def _heard(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def talk(
    people: People, sockets: list[ClientConnection], lines: list[AgentLine], seconds: float, per_s: float
) -> None:
    """Every message at its own moment."""
    started = time.perf_counter()
    for number in range(int(seconds * per_s)):
        due = started + number / per_s
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        which, text, client_id = number // 2 % TALKERS, f"第{number}条", f"pace-{number:08}"
        line = lines[which % TALKING_AGENTS]
        if number % 2:
            where = {"conversation_id": people.talkers[which][1], "epoch": 2}
            await line.say("message.send", client_message_id=client_id, text=text, **where)
        else:
            line.times.begin("shopper → agent", text, due)
            frame = {"type": "message.send", "client_message_id": client_id, "text": text}
            await sockets[which].send(json.dumps(frame))


async def ask(bridge: BridgeProcess, who: list[tuple[str, str]], per_s: float, times: Times) -> None:
    """Every wish for a person at its own moment, none waiting for another."""
    async with Poster(timeout_s=PATIENCE_S) as shoppers:

        async def one(number: int, token: str, conversation_id: str) -> None:
            due = started + number / per_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            times.begin("enqueue → offer", conversation_id, due)
            frame = {"type": "person.request", "client_message_id": f"ask-{number:06}"}
            await shoppers.post(bridge.url, token, frame)

        started = time.perf_counter() + 0.1
        await asyncio.gather(*(one(number, *each) for number, each in enumerate(who)))


async def until(is_so: Callable[[], bool]) -> None:
    """At most PATIENCE_S."""
    for _ in range(int(PATIENCE_S / LOOK_S)):
        if is_so():
            return
        await asyncio.sleep(LOOK_S)


async def steady(bridge: BridgeProcess, people: People, asking: int, seconds: float, per_s: float) -> Times:
    times, sockets = Times(), [await shopper_socket(bridge, token) for token, _ in people.talkers]
    hearing = [asyncio.create_task(_heard(socket)) for socket in sockets]
    async with AsyncExitStack() as tabs:
        lines = [await tabs.enter_async_context(agent_line(bridge, talking(n), times)) for n in range(TALKING_AGENTS)]
        desk = await tabs.enter_async_context(agent_line(bridge, "desk", times))
        for number, (_, conversation_id) in enumerate(people.talkers):
            line = lines[number % TALKING_AGENTS]
            await line.say("conversation.open", conversation_id=conversation_id, last_seq=0)
        await until(lambda: sum(line.opened for line in lines) == TALKERS)
        await asyncio.sleep(SETTLE_S)
        cpu, own, started = bridge.cpu_s(), time.process_time(), time.perf_counter()
        await asyncio.gather(
            talk(people, sockets, lines, seconds, per_s), ask(bridge, people.askers[:asking], ASKS_PER_S, times)
        )
        passed = time.perf_counter() - started
        times.busy = (bridge.cpu_s() - cpu) / passed, (time.process_time() - own) / passed
        await until(lambda: all(kind == FREED for kind, _ in times.due) and not desk.busy_with)
    for task, socket in zip(hearing, sockets, strict=True):
        task.cancel()
        await socket.close()
    return times


async def burst(bridge: BridgeProcess, record: Record, who: list[tuple[str, str]]) -> tuple[Times, bool]:
    """Whether everybody was offered, in the order of arrival."""
    times, started = Times(), time.perf_counter()
    await ask(bridge, who, float(len(who)), times)
    print(f"{len(who)} wishes due within 1 s, all accepted after {time.perf_counter() - started:.1f} s", flush=True)
    times.due.clear()
    in_line = await _line(record)
    async with agent_line(bridge, "single", times) as single:
        await until(lambda: len(single.offered) >= len(who))
    return times, single.offered == in_line


async def _line(record: Record) -> list[str]:
    """Everybody who waits, by the number of their arrival, which their own transaction has given them."""
    async with record.reading() as session:
        query = select(ConversationRecord.conversation_id).where(ConversationRecord.status == "queued")
        return list((await session.execute(query.order_by(ConversationRecord.queue_tick))).scalars())


async def measure(site: Site, seconds: float, per_s: float, count: int) -> bool:
    database_url = f"sqlite+aiosqlite:///{site.folder / 'bridge.sqlite3'}"
    await asyncio.to_thread(upgrade, database_url)
    redis, rules = site.run(RedisProcess(site.folder)), deep_queue(site.folder)
    secrets: dict[str, Any] = {name.lower(): value for name, value in SECRETS.items()}
    settings = Settings(database_url=database_url, redis_url=redis.url, handoff_rules=rules, **secrets)
    asking = int(seconds * ASKS_PER_S)
    people = await seed(settings, asking + count)
    bridge = site.run(BridgeProcess(site.folder, database_url, redis.url, site.bot(), HANDOFF_RULES=str(rules)))
    print(f"{'':32}{'count':>8}{'p50 ms':>10}{'p99 ms':>10}{'most ms':>10}", flush=True)
    times = await steady(bridge, people, asking, seconds, per_s)
    print(times.line("shopper → agent"))
    print(times.line("enqueue → offer"))
    late = sum(1 for kind, _ in times.due if kind != FREED)
    print(f"  at {per_s:.0f} messages a second for {seconds:.0f} s; never arrived: {late}; ", end="")
    print("{:.0%} of one core, the bench itself {:.0%}".format(*times.busy), flush=True)
    record = Record(database_url)
    times, is_in_order = await burst(bridge, record, people.askers[asking:])
    await record.close()
    print(times.line(FREED))
    print(f"  {count} served one after the other, in strict order: {'yes' if is_in_order else 'NO'}")
    return is_in_order and not late


def main() -> None:
    chosen = [float(word) for word in sys.argv[1:]]
    seconds, per_s, count = (*chosen, *(SECONDS, PER_S, BURST)[len(chosen) :])
    with scratch() as folder, Site(folder) as site:
        is_sound = uvloop.run(measure(site, seconds, per_s, int(count)))
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
