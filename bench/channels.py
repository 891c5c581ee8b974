"""What the IM channels take in, and whether anything is lost or said twice: `make bench-channels`.

1. Closed loop: 50 senders push encrypted WeChat messages, then signed webhook calls, each waiting for `success`; beside
   it the same number of shoppers on the web page's socket. Then open loop: so many pushes a second at fixed instants,
   each timed from the instant it was due. The record is SQLite, synchronous=FULL.
2. 10,000 messages of 500 users over three channels, while the platforms fail at random: busy, wrong token, answers
   lost after the message was taken, the same push twice at once and again. Then every message must be in the record
   once, in order, and every delivery at its platform once, in order.
3. The same for a part of them while the bridge is killed (SIGKILL) again and again.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
import uvloop
from fastapi import FastAPI

from bench.handoff import hammer, seed
from bench.handoff_site import BridgeProcess, RedisProcess, Site, answers, free_port, scratch
from handoff_api.channels.receiving import Call
from handoff_api.channels.webhook import signing
from handoff_api.migrate import upgrade
from tests.fakes import webhook_app, wechat_platform, wecom_platform

SENDERS = 50
OPEN_LOOP = (10, 40)
"""Pushes a second: what a busy shop sees, and more than the answers of one process keep up with."""
KINDS = ("webhook", "wechat", "wecom")
QUIET_S = 300.0
PATIENCE_S = 600.0
"""A bridge that was killed comes back within this time, also on a machine that has other things to do."""
QUOTAS = {"after_message": 1000}
"""The budget has tests of its own; here nothing may be held back by it."""
NO_FAULT = 12
"""Of each fault there is one in so many deliveries without."""


# --- a client that costs little -------------------------------------------------------------------------------------
class Client:
    """HTTP/1.1 on one kept connection."""

    def __init__(self, url: str) -> None:
        self._host, self._port = str(urlsplit(url).hostname), int(urlsplit(url).port or 80)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        assert self._reader
        lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None


# --- the platforms --------------------------------------------------------------------------------------------------
@dataclass
class Platforms:
    """All three stand-ins, on threads of this process."""

    webhook: webhook_app.WebhookApp = field(default_factory=webhook_app.WebhookApp)
    wechat: wechat_platform.WechatPlatform = field(default_factory=wechat_platform.WechatPlatform)
    wecom: wecom_platform.WecomPlatform = field(default_factory=wecom_platform.WecomPlatform)
    urls: dict[str, str] = field(default_factory=dict)

    def start(self, stack: ExitStack) -> None:
        self.urls = {
            "webhook": _serve(webhook_app.create_webhook_app(self.webhook), stack),
            "wechat": _serve(wechat_platform.create_wechat(self.wechat), stack),
            "wecom": _serve(wecom_platform.create_wecom(self.wecom), stack),
        }

    def file(self, folder: Path) -> Path:
        accounts = [
            {
                "kind": "webhook", "name": "a", "keys": webhook_app.KEYS,
                "deliver_url": f"{self.urls['webhook']}/deliveries",
            },
            {
                "kind": "wechat", "name": "a", "app_id": wechat_platform.APP_ID, "app_secret": wechat_platform.SECRET,
                "token": wechat_platform.TOKEN, "encoding_aes_key": wechat_platform.AES_KEY,
                "api_base": self.urls["wechat"], "quotas": QUOTAS,
            },
            {
                "kind": "wecom", "name": "a", "corp_id": wecom_platform.CORP_ID, "secret": wecom_platform.SECRET,
                "token": wecom_platform.TOKEN, "encoding_aes_key": wecom_platform.AES_KEY,
                "open_kfids": [wecom_platform.KFID], "api_base": self.urls["wecom"], "poll_s": 2,
                "quotas": QUOTAS,
            },
        ]  # fmt: skip
        path = folder / "channels.yml"
        path.write_text(json.dumps({"accounts": accounts}), encoding="utf-8")
        return path

    def misbehave(self, seed_of: int) -> None:
        """What each delivery meets. An answer lost after the message was taken only where our id makes it one."""
        chance = random.Random(seed_of)

        def plan(faults: list[Any]) -> deque[Any]:
            return deque(chance.choice([*faults, *[None] * (NO_FAULT * len(faults))]) for _ in range(200_000))

        self.webhook.faults = plan([500, 503, "drop_before", "drop_after"])
        self.wechat.faults = plan(["busy", 45009, 40001])
        self.wecom.faults = plan(["busy", "drop_after"])
        self.wecom.sync_faults = plan([-1])

    def behave(self) -> None:
        for faults in (self.webhook.faults, self.wechat.faults, self.wecom.faults, self.wecom.sync_faults):
            faults.clear()

    def shown(self) -> dict[tuple[str, str], list[str]]:
        """Per channel and user, every text in the order it was shown."""
        found: dict[tuple[str, str], list[str]] = {}
        for body in self.webhook.shown:
            found.setdefault(("webhook:a", body["user_id"]), []).append(body["text"])
        for name, platform in (("wechat:a", self.wechat), ("wecom:a", self.wecom)):
            for user_id in list(platform.shown):
                found[name, user_id] = platform.texts(user_id)
        return found


def _serve(app: FastAPI, stack: ExitStack) -> str:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)

    def end() -> None:
        server.should_exit = True
        thread.join(10)

    stack.callback(end)
    return f"http://127.0.0.1:{port}"


# --- pushing --------------------------------------------------------------------------------------------------------
def wechat_push(user_id: str, number: int, text: str) -> tuple[str, dict[str, str], bytes]:
    fields = wechat_platform.text_message(user_id, text, number, datetime.now(UTC))
    return _as_post("/channels/wechat/a", wechat_platform.as_call(fields, datetime.now(UTC)))


def wecom_bell() -> tuple[str, dict[str, str], bytes]:
    return _as_post("/channels/wecom/a", wecom_platform.doorbell(datetime.now(UTC)))


def webhook_push(user_id: str, number: int, text: str) -> tuple[str, dict[str, str], bytes]:
    body = json.dumps({"message_id": f"m{number}", "user_id": user_id, "text": text}).encode()
    headers = signing.sign(body, "k1", webhook_app.KEYS["k1"], now=datetime.now(UTC))
    return "/channels/webhook/a", headers, body


def _as_post(path: str, call: Call) -> tuple[str, dict[str, str], bytes]:
    return f"{path}?{urlencode(call.query)}", {}, call.body


Make = Callable[[str, int, str], tuple[str, dict[str, str], bytes]]


@dataclass(frozen=True)
class Load:
    name: str
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0.0


async def closed_loop(name: str, url: str, make: Make, seconds: float) -> Load:
    """As many senders as the web path has, each waiting for its `success`."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def send(sender: int) -> None:
        client, number = Client(url), sender * 1_000_000
        while time.perf_counter() < until:
            number += 1
            path, headers, body = make(f"bench{name[:5]}{sender}", number, "我的快递到哪了")
            started = time.perf_counter()
            status, said = await client.post(path, headers, body)
            took.append(time.perf_counter() - started)
            assert status in (200, 202), said
        client.close()

    started = time.perf_counter()
    await asyncio.gather(*(send(sender) for sender in range(SENDERS)))
    passed = time.perf_counter() - started
    took.sort()
    return Load(name, len(took) / passed, statistics.median(took) * 1e3, took[int(len(took) * 0.99)] * 1e3)


async def open_loop(name: str, url: str, make: Make, per_s: int, seconds: float) -> Load:
    """Pushes at fixed instants, on connections of their own while one waits: a slow answer makes no other push late."""
    took: list[float] = []
    idle: list[Client] = []
    began = time.perf_counter()

    async def push(number: int) -> None:
        due = began + number / per_s
        await asyncio.sleep(due - time.perf_counter())
        client = idle.pop() if idle else Client(url)
        path, headers, body = make(f"open{name[:5]}{number % 200}", number, "我的快递到哪了")
        status, said = await client.post(path, headers, body)
        took.append(time.perf_counter() - due)
        assert status in (200, 202), said
        idle.append(client)

    await asyncio.gather(*(push(number) for number in range(int(per_s * seconds))))
    for client in idle:
        client.close()
    took.sort()
    return Load(name, len(took) / seconds, statistics.median(took) * 1e3, took[int(len(took) * 0.99)] * 1e3)


def measured(bridge: BridgeProcess, name: str, run: Callable[[], Coroutine[Any, Any, Load]]) -> Load:
    cpu, started = bridge.cpu_s(), time.perf_counter()
    load = uvloop.run(run())
    passed = time.perf_counter() - started
    return Load(name, load.per_s, load.p50_ms, load.p99_ms, (bridge.cpu_s() - cpu) / (load.per_s * passed) * 1e6)


def throughput(seconds: float) -> None:
    """Each path on a fresh bridge: what it takes in goes on costing after it was taken."""
    for name, make in (("WeChat push (AES) to `success`", wechat_push), ("webhook call to 202", webhook_push)):
        with scratch() as folder, Site(folder) as site, ExitStack() as stack:
            bridge, _, _ = _running(site, folder, stack)
            uvloop.run(closed_loop("warm", bridge.url, make, 1))
            _say(measured(bridge, name, lambda url=bridge.url, m=make: closed_loop("load", url, m, seconds)))  # type: ignore[misc]
    for per_s in OPEN_LOOP:
        with scratch() as folder, Site(folder) as site, ExitStack() as stack:
            bridge, _, _ = _running(site, folder, stack)
            uvloop.run(closed_loop("warm", bridge.url, wechat_push, 1))
            name = f"the same, {per_s} due each second"
            _say(measured(bridge, name, lambda n=name, r=per_s, u=bridge.url: open_loop(n, u, wechat_push, r, seconds)))  # type: ignore[misc]
    with scratch() as folder, Site(folder) as site, ExitStack() as stack:
        bridge, _, redis = _running(site, folder, stack)
        tokens = asyncio.run(seed(bridge.environment["DATABASE_URL"], redis.url, SENDERS))
        cpu = bridge.cpu_s()
        web = uvloop.run(hammer(f"ws://127.0.0.1:{bridge.port}/v1/shopper/socket", tokens, seconds))
        cpu_us = (bridge.cpu_s() - cpu) / web.accepted * 1e6
        _say(Load("web page's socket to `accepted`", web.per_s, web.p50_ms, web.p99_ms, cpu_us))


def _say(load: Load) -> None:
    print(
        f"{load.name:34}{load.per_s:8,.0f} a second   p50 {load.p50_ms:6.1f} ms   p99 {load.p99_ms:6.1f} ms"
        f"   {load.cpu_us:6,.0f} µs of the bridge's processor each"
    )


def _running(site: Site, folder: Path, stack: ExitStack) -> tuple[BridgeProcess, Platforms, RedisProcess]:
    platforms = Platforms()
    platforms.start(stack)
    platforms.wechat.is_counting = False
    platforms.wecom.allowance = QUOTAS["after_message"]
    redis = site.run(RedisProcess(folder))
    database_url = f"sqlite+aiosqlite:///{folder / 'bridge.sqlite3'}"
    upgrade(database_url)
    more = {"CHANNELS_FILE": str(platforms.file(folder)), "TURN_JOIN": "PT0S"}
    bridge = site.run(BridgeProcess(folder, database_url, redis.url, site.bot(), **more))
    return bridge, platforms, redis


# --- nothing lost, nothing twice ------------------------------------------------------------------------------------
@dataclass
class Trial:
    """`sent`: per channel and user, the texts in the order the platform had them acknowledged."""

    bridge: BridgeProcess
    platforms: Platforms
    chance: random.Random
    kinds: tuple[str, ...]
    sent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    number: int = 0

    async def talk(self, kind: str, user: int, count: int) -> None:
        user_id, client = f"{kind}-{user:04}", Client(self.bridge.url)
        for turn in range(count):
            self.number += 1
            text = f"{user_id} 第 {turn} 句"
            await self._push(client, kind, user_id, self.number, text)
            self.sent.setdefault((f"{kind}:a", user_id), []).append(text)
        client.close()

    async def _push(self, client: Client, kind: str, user_id: str, number: int, text: str) -> None:
        if kind == "wecom":
            self.platforms.wecom.says(user_id, text, datetime.now(UTC))
        if self.chance.random() < 0.05:  # the same push twice at once
            other = Client(self.bridge.url)
            await asyncio.gather(
                self._until_taken(client, kind, user_id, number, text), self._once(other, kind, user_id, number, text)
            )
            other.close()
        else:
            await self._until_taken(client, kind, user_id, number, text)
        if self.chance.random() < 0.05:  # and once more though it was taken
            await self._once(client, kind, user_id, number, text)

    async def _until_taken(self, client: Client, kind: str, user_id: str, number: int, text: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if await self._once(client, kind, user_id, number, text):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("never acknowledged")

    async def _once(self, client: Client, kind: str, user_id: str, number: int, text: str) -> bool:
        make = {"wechat": wechat_push, "webhook": webhook_push}.get(kind)
        path, headers, body = make(user_id, number, text) if make else wecom_bell()
        try:
            status, _ = await asyncio.wait_for(client.post(path, headers, body), 5)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            client.close()
            return False
        return status in (200, 202)

    async def run(self, messages: int, users: int) -> None:
        each = messages // (users * len(self.kinds))
        talks = [self.talk(kind, user, each) for kind in self.kinds for user in range(users)]
        gate = asyncio.Semaphore(SENDERS)

        async def one(talk: Coroutine[Any, Any, None]) -> None:
            async with gate:
                await talk

        await asyncio.gather(*(one(talk) for talk in talks))


def settled(database: Path) -> bool:
    """Nothing waits to be obeyed, answered or sent."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as record:
        waiting = record.execute("SELECT count(*) FROM channel_inbox WHERE state = 'new'").fetchone()[0]
        waiting += record.execute(
            "SELECT count(*) FROM channel_outbox WHERE state IN ('pending','sending')"
        ).fetchone()[0]
        waiting += record.execute("SELECT count(*) FROM turns WHERE status IN ('pending','running')").fetchone()[0]
        waiting += record.execute(
            "SELECT count(*) FROM channel_links l JOIN conversations c USING (conversation_id)"
            " WHERE c.channel = l.channel AND c.last_seq > l.relayed_seq"
        ).fetchone()[0]
    return bool(waiting == 0)


def problems(database: Path, trial: Trial) -> list[str]:
    found: list[str] = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as record:
        for (channel, user_id), texts in trial.sent.items():
            said = [
                json.loads(body)["text"]
                for (body,) in record.execute(
                    "SELECT e.body FROM events e JOIN channel_links l USING (conversation_id)"
                    " WHERE l.channel = ? AND l.user_id = ? AND e.author_kind = 'shopper' ORDER BY e.seq",
                    (channel, user_id),
                )
            ]
            if said != texts:
                found.append(
                    f"{channel} {user_id}: {len(texts)} acknowledged, {len(said)} in the record, or another order"
                )
        shown = trial.platforms.shown()
        sent: dict[tuple[str, str], list[str]] = {}
        for channel, user_id, body in record.execute(
            "SELECT channel, user_id, body FROM channel_outbox WHERE state = 'sent' ORDER BY outbox_id"
        ):
            sent.setdefault((channel, user_id), []).append(json.loads(body)["text"])
        for key in {*sent, *shown}:
            if sent.get(key, []) != shown.get(key, []):
                twice = sum((Counter(shown.get(key, [])) - Counter(sent.get(key, []))).values())
                lost = sum((Counter(sent.get(key, [])) - Counter(shown.get(key, []))).values())
                found.append(f"{key}: {twice} shown twice, {lost} lost, or another order")
        states = dict(record.execute("SELECT state, count(*) FROM channel_outbox GROUP BY state").fetchall())
        if set(states) - {"sent"}:
            found.append(f"left in the outbox: {states}")
        answered = record.execute("SELECT count(*) FROM turns WHERE status = 'answered'").fetchone()[0]
        count = sum(map(len, trial.sent.values()))
        print(f"  {count:,} messages in, {answered:,} turns answered, {states.get('sent', 0):,} deliveries out")
    return found


def endurance(messages: int, users: int, seed_of: int, kills: int, kinds: tuple[str, ...]) -> list[str]:
    with scratch() as folder, Site(folder) as site, ExitStack() as stack:
        bridge, platforms, _ = _running(site, folder, stack)
        platforms.misbehave(seed_of)
        trial = Trial(bridge, platforms, random.Random(seed_of), kinds)
        started = time.perf_counter()
        killer = threading.Thread(target=_kill_now_and_then, args=(bridge, kills, trial), daemon=True)
        if kills:
            killer.start()
        uvloop.run(trial.run(messages, users))
        if kills:
            killer.join()
        platforms.behave()
        taken_s = time.perf_counter() - started
        until = time.monotonic() + QUIET_S + 60 * bool(kills)
        while not settled(folder / "bridge.sqlite3") and time.monotonic() < until:
            time.sleep(0.5)
        print(f"  all acknowledged after {taken_s:.0f} s, all delivered after {time.perf_counter() - started:.0f} s")
        return problems(folder / "bridge.sqlite3", trial)


def _kill_now_and_then(bridge: BridgeProcess, kills: int, trial: Trial) -> None:
    for _ in range(kills):
        time.sleep(2 + trial.chance.random() * 2)
        bridge.kill()
        bridge.start()
        while not answers(f"{bridge.url}/health/live"):
            time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--skip-throughput", action="store_true")
    asked = parser.parse_args()
    if not asked.skip_throughput:
        throughput(asked.seconds)
    found: list[str] = []
    users = max(1, asked.messages // 60)
    print(f"{asked.messages:,} messages over {', '.join(KINDS)}, platforms failing at random:")
    found += endurance(asked.messages, users, asked.seed, 0, KINDS)
    part = asked.messages // 5
    print(f"{part:,} messages over webhook, wecom, the bridge killed {asked.kills} times:")
    found += endurance(part, max(1, part // 40), asked.seed + 1, asked.kills, ("webhook", "wecom"))
    for problem in found[:20]:
        print(f"✗ {problem}")
    print("nothing lost, nothing twice" if not found else f"{len(found)} problems")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
