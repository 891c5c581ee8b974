"""Random faults under live talk, and a client-side oracle: `make chaos` or `python -m bench.chaos [rounds] [seed]`.

Shoppers and an agent talk in both directions through real sockets. They behave as the web clients do: every message
has a client id and is sent again until it is acknowledged; after a reconnect they resume by seq. After each fault the
talk goes on, comes to rest, and everything that was sent must have been delivered once and in order on the other
side, every sequence without a gap, and `fsck` must find nothing.
"""

import asyncio
import json
import logging
import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import structlog
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from bench.handoff_site import SECRETS, BridgeProcess, RedisProcess, Site, scratch
from handoff_api import fsck
from handoff_api.endpoints.access import COOKIE
from handoff_api.migrate import upgrade
from handoff_api.record import agents, conversations
from handoff_api.services.accounts import hash_token
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

SHOPPERS = 6
TALK_S = 2.0
FREEZE_S = 5.0
REST_S = 30.0
WINDOW = 5
COOKIE_OF_AGENT = "cookie-of-the-agent"
STORE = "https://store.example"
Frame = dict[str, Any]


@dataclass
class Ledger:
    """What was said and what arrived, per conversation and side; and what a cursor should never see."""

    sent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    arrived: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    gaps: int = 0
    repeats: int = 0
    refused: list[str] = field(default_factory=list)
    first_accepted_at: float | None = None

    def say(self, conversation_id: str, side: str, text: str) -> None:
        self.sent.setdefault((conversation_id, side), []).append(text)

    def hear(self, conversation_id: str, side: str, text: str) -> None:
        self.arrived.setdefault((conversation_id, side), []).append(text)

    @property
    def missing(self) -> int:
        """How many have not arrived yet."""
        return sum(max(0, len(texts) - len(self.arrived.get(key, []))) for key, texts in self.sent.items())

    def verdict(self) -> tuple[int, int, int]:
        """How many were lost, doubled, out of order."""
        lost = doubled = moved = 0
        for key, texts in self.sent.items():
            arrived = self.arrived.get(key, [])
            lost += len(set(texts) - set(arrived))
            doubled += len(arrived) - len(set(arrived))
            known = [text for text in texts if text in set(arrived)]
            moved += sum(one != other for one, other in zip(known, dict.fromkeys(arrived), strict=False))
        return lost, doubled, moved


class Client:
    """Sends until acknowledged, resumes by seq, comes back after every loss."""

    def __init__(self, bridge: BridgeProcess, ledger: Ledger) -> None:
        self.bridge = bridge
        self.ledger = ledger
        self.outbox: list[Frame] = []
        self.cursors: dict[str, int] = {}
        self.socket: ClientConnection | None = None
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._next = 0
        self._count = 0
        self._news = asyncio.Event()

    def put(self, frame: Frame) -> None:
        self._count += 1
        self.outbox.append({**frame, "client_message_id": f"chaos-{id(self):x}-{self._count:06}"})
        self._news.set()

    def cut(self) -> None:
        """As when the network goes away: no close frame, nothing."""
        if self.socket:
            self.socket.transport.abort()

    async def live(self) -> None:
        while True:
            try:
                await self._connected()
            except (WebSocketException, InvalidHandshake, OSError, httpx.HTTPError, TimeoutError, KeyError):
                self.socket = None
                await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _connected(self) -> None:
        async with await self.dial() as socket:
            await self.greet(socket)
            self.socket, self._next = socket, 0
            writing = asyncio.create_task(self._write(socket))
            try:
                await self._read(socket)
            finally:
                writing.cancel()

    async def dial(self) -> connect:
        raise NotImplementedError

    async def greet(self, socket: ClientConnection) -> None:
        raise NotImplementedError

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            while self._next < min(len(self.outbox), WINDOW):
                self._next += 1
                await socket.send(json.dumps(self.outbox[self._next - 1]))
            self._news.clear()
            await self._news.wait()

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            await self.may_read.wait()
            try:
                self.take(json.loads(await asyncio.wait_for(socket.recv(), 3)))
            except TimeoutError:
                if self.outbox:
                    raise
                await socket.send('{"type":"ping"}')

    def take(self, frame: Frame) -> None:
        match frame["type"]:
            case "accepted":
                self._accepted(frame["client_message_id"])
            case "event":
                self.event(frame["event"])
            case "error":
                self.ledger.refused.append(frame["error"]["code"])

    def _accepted(self, client_id: str) -> None:
        before = len(self.outbox)
        self.outbox = [frame for frame in self.outbox if frame["client_message_id"] != client_id]
        self._next = max(0, self._next - (before - len(self.outbox)))
        self.ledger.first_accepted_at = self.ledger.first_accepted_at or time.monotonic()
        self._news.set()

    def event(self, event: Frame) -> None:
        if event["audience"] != "everyone":
            return
        conversation_id, seq = event["conversation_id"], event["seq"]
        last = self.cursors.get(conversation_id, 0)
        self.ledger.gaps += seq > last + 1
        self.ledger.repeats += seq <= last
        self.cursors[conversation_id] = max(last, seq)
        side = event["author"]["kind"]
        if side in ("shopper", "agent") and side != self.side and event["body"]["kind"] == "message":
            self.ledger.hear(conversation_id, side, event["body"]["text"])

    side = ""


class ShopperClient(Client):
    side = "shopper"

    def __init__(self, bridge: BridgeProcess, ledger: Ledger, token: str, conversation_id: str) -> None:
        super().__init__(bridge, ledger)
        self._token = token
        self.conversation_id = conversation_id

    def say(self, text: str) -> None:
        self.ledger.say(self.conversation_id, self.side, text)
        self.put({"type": "message.send", "text": text})

    async def dial(self) -> connect:
        return connect(f"ws://127.0.0.1:{self.bridge.port}/v1/shopper/socket", origin=STORE, open_timeout=3)  # type: ignore[arg-type]

    async def greet(self, socket: ClientConnection) -> None:
        last_seq = self.cursors.get(self.conversation_id, 0)
        await socket.send(json.dumps({"type": "hello", "token": self._token, "last_seq": last_seq}))
        welcome = json.loads(await asyncio.wait_for(socket.recv(), 5))
        for event in welcome["events"]:
            self.event(event)


class AgentClient(Client):
    side = "agent"

    def __init__(self, bridge: BridgeProcess, ledger: Ledger, epochs: dict[str, int]) -> None:
        super().__init__(bridge, ledger)
        self._epochs = epochs

    def say(self, conversation_id: str, text: str) -> None:
        self.ledger.say(conversation_id, self.side, text)
        where = {"conversation_id": conversation_id, "epoch": self._epochs[conversation_id]}
        self.put({"type": "message.send", "text": text, **where})

    async def dial(self) -> connect:
        headers = {"Cookie": f"{COOKIE}={COOKIE_OF_AGENT}", "Origin": self.bridge.url}
        async with httpx.AsyncClient(base_url=self.bridge.url, headers=headers, trust_env=False, timeout=3) as http:
            self._ticket = (await http.post("/v1/agent/socket-tickets")).json()["ticket"]
        address = f"ws://127.0.0.1:{self.bridge.port}/v1/agent/socket"
        return connect(address, origin=self.bridge.url, open_timeout=3, max_size=None)  # type: ignore[arg-type]

    async def greet(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "hello", "ticket": self._ticket}))
        for conversation_id in self._epochs:
            last_seq = self.cursors.get(conversation_id, 0)
            opened = {"type": "conversation.open", "conversation_id": conversation_id, "last_seq": last_seq}
            await socket.send(json.dumps(opened))

    def take(self, frame: Frame) -> None:
        if frame["type"] == "snapshot":
            for event in frame["events"]:
                self.event(event)
        else:
            super().take(frame)


# --- the faults -----------------------------------------------------------------------------------------------------
@dataclass
class Stage:
    bridge: BridgeProcess
    redis: RedisProcess
    shoppers: list[ShopperClient]
    agent: AgentClient

    @property
    def clients(self) -> list[Client]:
        return [*self.shoppers, self.agent]


async def kill_bridge(stage: Stage) -> None:
    stage.bridge.kill()
    await asyncio.to_thread(stage.bridge.start)


async def restart_bridge(stage: Stage) -> None:
    await asyncio.to_thread(stage.bridge.end)
    await asyncio.to_thread(stage.bridge.start)


async def kill_redis(stage: Stage) -> None:
    stage.redis.kill()
    await asyncio.sleep(1)
    await asyncio.to_thread(stage.redis.start)


async def flush_redis(stage: Stage) -> None:
    await asyncio.to_thread(stage.redis.flush)


async def freeze_bridge(stage: Stage) -> None:
    stage.bridge.freeze()
    await asyncio.sleep(FREEZE_S)
    stage.bridge.thaw()


async def freeze_redis(stage: Stage) -> None:
    stage.redis.freeze()
    await asyncio.sleep(FREEZE_S)
    stage.redis.thaw()


async def cut_sockets(stage: Stage) -> None:
    for client in stage.clients:
        client.cut()


async def cut_again_and_again(stage: Stage) -> None:
    for _ in range(10):
        random.choice(stage.clients).cut()
        await asyncio.sleep(0.2)


async def read_slowly(stage: Stage) -> None:
    for client in stage.clients:
        client.may_read.clear()
    await asyncio.sleep(FREEZE_S)
    for client in stage.clients:
        client.may_read.set()


async def both_at_once(stage: Stage) -> None:
    stage.redis.kill()
    stage.bridge.kill()
    await asyncio.to_thread(stage.redis.start)
    await asyncio.to_thread(stage.bridge.start)


FAULTS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "kill -9 bridge": kill_bridge,
    "restart of the bridge": restart_bridge,
    "kill -9 Redis": kill_redis,
    "FLUSHALL": flush_redis,
    "SIGSTOP bridge, 5 s": freeze_bridge,
    "SIGSTOP Redis, 5 s": freeze_redis,
    "all sockets cut": cut_sockets,
    "sockets cut 10 times": cut_again_and_again,
    "nobody reads, 5 s": read_slowly,
    "kill -9 bridge and Redis": both_at_once,
}


# --- a round --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Round:
    fault: str
    sent: int
    lost: int
    doubled: int
    moved: int
    gaps: int
    repeats: int
    problems: list[str]
    back_after_s: float
    """From the end of the fault to the first message acknowledged afterwards."""

    @property
    def is_sound(self) -> bool:
        return not (self.lost or self.doubled or self.moved or self.gaps or self.repeats or self.problems)


async def talk(stage: Stage, number: list[int]) -> None:
    """Both sides, until cancelled; the texts are numbered over the whole run."""
    while True:
        number[0] += 1
        shopper = random.choice(stage.shoppers)
        shopper.say(f"第{number[0]}条")
        if number[0] % 3 == 0:
            stage.agent.say(random.choice(stage.shoppers).conversation_id, f"回复{number[0]}")
        await asyncio.sleep(0.04)


async def one_round(stage: Stage, fault: str, where: fsck.Where, number: list[int]) -> Round:
    ledger = stage.agent.ledger
    before, gaps, repeats = sum(map(len, ledger.sent.values())), ledger.gaps, ledger.repeats
    earlier = ledger.verdict()
    talking = asyncio.create_task(talk(stage, number))
    await asyncio.sleep(random.uniform(0.2, 0.8))
    await FAULTS[fault](stage)
    ended, ledger.first_accepted_at = time.monotonic(), None
    await asyncio.sleep(TALK_S)
    talking.cancel()
    await _rest(stage)
    lost, doubled, moved = (now - then for now, then in zip(ledger.verdict(), earlier, strict=True))
    return Round(
        fault,
        sum(map(len, ledger.sent.values())) - before,
        lost,
        doubled,
        moved,
        ledger.gaps - gaps,
        ledger.repeats - repeats,
        await fsck.check(where),
        (ledger.first_accepted_at or time.monotonic()) - ended,
    )


async def _rest(stage: Stage) -> None:
    """Until everything is acknowledged and has arrived, or nothing has moved for REST_S: slow is not lost."""
    left, moved_at = -1, time.monotonic()
    while True:
        now_left = stage.agent.ledger.missing + sum(len(client.outbox) for client in stage.clients)
        if now_left != left:
            left, moved_at = now_left, time.monotonic()
        if left == 0 or time.monotonic() - moved_at > REST_S:
            return
        await asyncio.sleep(0.02)


async def seed(database_url: str, redis_url: str) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """(visitor token, conversation id) of each shopper, and the epoch under which the one agent holds each."""
    secrets: dict[str, Any] = {name.lower(): value for name, value in SECRETS.items()}
    bridge = build_bridge(Settings(database_url=database_url, redis_url=redis_url, **secrets))
    await bridge.accounts.add_agent("chaos", "chaos-password", "小林", role="agent", skills=["general"], capacity=99)
    now = datetime.now(UTC)
    async with bridge.record.writing() as session:
        agent = await agents.by_login(session, "demo", "chaos")
        assert agent
        lifetime = timedelta(hours=12)
        await agents.sign_in(session, hash_token(COOKIE_OF_AGENT), agent.agent_id, now=now, until=now + lifetime)
    people, epochs = [], {}
    for number in range(SHOPPERS):
        token, view = await bridge.conversations.open("demo")
        await bridge.messages.request_person(bridge.conversations.visitor(token), f"chaos-seed-{number}")
        async with bridge.record.reading() as session:
            row = await conversations.by_id(session, view.conversation_id)
        await bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch)
        people.append((token, row.conversation_id))
        epochs[row.conversation_id] = row.epoch + 1
    await bridge.background.settle()
    await bridge.close()
    return people, epochs


async def run(site: Site, rounds: int) -> list[Round]:
    database_url = f"sqlite+aiosqlite:///{site.folder / 'bridge.sqlite3'}"
    await asyncio.to_thread(upgrade, database_url)
    redis = site.run(RedisProcess(site.folder))
    people, epochs = await seed(database_url, redis.url)
    calm = {"ANSWER_LIMIT": "PT2H", "WORKER_TICK": "PT0.5S"}
    bridge = site.run(BridgeProcess(site.folder, database_url, redis.url, site.bot(), **calm))
    ledger = Ledger()
    stage = Stage(
        bridge,
        redis,
        [ShopperClient(bridge, ledger, token, conversation_id) for token, conversation_id in people],
        AgentClient(bridge, ledger, epochs),
    )
    living = [asyncio.create_task(client.live()) for client in stage.clients]
    where = fsck.Where(database_url=database_url, redis_url=redis.url)
    results, number = [], [0]
    plan = [*FAULTS, *random.choices(list(FAULTS), k=max(0, rounds - len(FAULTS)))][:rounds]
    random.shuffle(plan)
    for fault in plan:
        results.append(await one_round(stage, fault, where, number))
        _print(len(results), results[-1])
    for task in living:
        task.cancel()
    await asyncio.gather(*living, return_exceptions=True)
    return results


def _print(number: int, round_: Round) -> None:
    counts = (round_.sent, round_.lost, round_.doubled, round_.moved, round_.gaps, round_.repeats)
    cells = "".join(f"{count:>9}" for count in (*counts, len(round_.problems)))
    print(f"{number:>3}  {round_.fault:<26}{cells}{round_.back_after_s:>9.2f}", flush=True)
    for problem in round_.problems:
        print(f"     {problem}")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    random.seed(chosen)
    print(f"chaos: {rounds} rounds, seed {chosen}, {SHOPPERS} shoppers and an agent, SQLite and Redis")
    heads = ("sent", "lost", "doubled", "moved", "gaps", "repeats", "fsck", "back s")
    print(f"{'':3}  {'fault':<26}" + "".join(f"{head:>9}" for head in heads))
    with scratch() as folder, Site(folder) as site:
        results = uvloop.run(run(site, rounds))
    failed = [result for result in results if not result.is_sound]
    print(f"chaos: {len(results) - len(failed)} of {len(results)} rounds sound")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
