"""Nothing lost, nothing twice, for `bench.channels`: messages and pictures over three channels while the platforms fail
at random and, in a second trial, the bridge is killed again and again."""

import asyncio
import json
import random
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from bench.channels_site import (
    Client,
    Platforms,
    Post,
    running,
    webhook_picture,
    webhook_push,
    wechat_picture,
    wechat_push,
    wecom_bell,
)
from bench.handoff_site import BridgeProcess, Site, answers, scratch
from tests.handoff_api.pictures import picture

KINDS = ("webhook", "wechat", "wecom")
SENDERS = 50
QUIET_S = 90.0
"""Nothing was obeyed or delivered for so long: what is left will not come."""
PATIENCE_S = 240.0
"""A bridge that was killed comes back within this time, also on a machine that has other things to do."""
PICTURE_EVERY = 15
SHOWN_EVERY_S = 5.0
PICTURE = "[图片]"


@dataclass
class Trial:
    """`sent`: per channel and user, the texts in the order the platform had them acknowledged."""

    bridge: BridgeProcess
    platforms: Platforms
    chance: random.Random
    kinds: tuple[str, ...]
    sent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    number: int = 0
    acknowledged: int = 0
    media_ids: dict[int, str] = field(default_factory=dict)
    picture: bytes = field(default_factory=picture)

    async def talk(self, kind: str, user: int, count: int) -> None:
        user_id, client = f"{kind}-{user:04}", Client(self.bridge.url)
        for turn in range(count):
            self.number += 1
            is_picture = turn % PICTURE_EVERY == PICTURE_EVERY // 2
            text = PICTURE if is_picture else f"{user_id} 第 {turn} 句"
            await self._push(client, kind, user_id, self.number, text)
            self.sent.setdefault((f"{kind}:a", user_id), []).append(text)
            self.acknowledged += 1
        client.close()

    async def _push(self, client: Client, kind: str, user_id: str, number: int, text: str) -> None:
        if kind == "wecom" and text == PICTURE:
            self.platforms.wecom.sends_file(user_id, "image", self.picture, datetime.now(UTC))
        elif kind == "wecom":
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
        path, headers, body = self._post(kind, user_id, number, text)
        try:
            status, _ = await asyncio.wait_for(client.post(path, headers, body), 5)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            client.close()
            return False
        return status in (200, 202)

    def _post(self, kind: str, user_id: str, number: int, text: str) -> Post:
        """The same for every try of one message."""
        if kind == "wecom":
            return wecom_bell()
        if text != PICTURE:
            return (wechat_push if kind == "wechat" else webhook_push)(user_id, number, text)
        if kind == "webhook":
            return webhook_picture(self.platforms, user_id, number, self.picture)
        media_id = self.media_ids.get(number) or self.platforms.wechat.media.keep("image", self.picture)
        self.media_ids[number] = media_id
        return wechat_picture(user_id, number, media_id)

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


def _as_sent(body: dict[str, Any]) -> str:
    """A picture counts if it is there, and once."""
    return PICTURE if len(body.get("attachments", [])) == 1 and not body["text"] else str(body["text"])


@dataclass
class Found:
    """`problems` is empty if nothing was lost and nothing came twice."""

    messages: int = 0
    pictures: int = 0
    turns: int = 0
    deliveries: int = 0
    acknowledged_s: float = 0.0
    delivered_s: float = 0.0
    problems: list[str] = field(default_factory=list)


def compared(database: Path, trial: Trial) -> Found:
    result = Found()
    found = result.problems
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as record:
        for (channel, user_id), texts in trial.sent.items():
            said = [
                _as_sent(json.loads(body))
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
        result.turns = record.execute("SELECT count(*) FROM turns WHERE status = 'answered'").fetchone()[0]
        result.deliveries = states.get("sent", 0)
    everything = [text for texts in trial.sent.values() for text in texts]
    result.messages, result.pictures = len(everything), everything.count(PICTURE)
    return result


def endurance(messages: int, users: int, seed_of: int, kills: int, kinds: tuple[str, ...]) -> Found:
    with scratch() as folder, Site(folder) as site, ExitStack() as stack:
        bridge, platforms, _ = running(site, folder, stack)
        platforms.misbehave(seed_of)
        trial = Trial(bridge, platforms, random.Random(seed_of), kinds)
        database, started = folder / "bridge.sqlite3", time.perf_counter()
        with _progress(trial, database, messages):
            with _killed(bridge, kills, trial):
                uvloop.run(trial.run(messages, users))
            platforms.behave()
            acknowledged_s = time.perf_counter() - started
            _wait_for_the_rest(database)
        found = compared(database, trial)
        found.acknowledged_s, found.delivered_s = acknowledged_s, time.perf_counter() - started
        return found


def _wait_for_the_rest(database: Path) -> None:
    """A conversation that was handed over takes messages and delivers nothing: both are looked at."""
    before, changed_at = (-1, -1), time.monotonic()
    while not settled(database) and time.monotonic() - changed_at < QUIET_S:
        time.sleep(0.5)
        if (now := (_sent(database), _obeyed(database))) != before:
            before, changed_at = now, time.monotonic()


@contextmanager
def _progress(trial: Trial, database: Path, messages: int) -> Iterator[None]:
    """A line every few seconds, so that nobody wonders whether it still runs."""
    is_over, started = threading.Event(), time.perf_counter()

    def show() -> None:
        while not is_over.wait(SHOWN_EVERY_S):
            passed = time.perf_counter() - started
            counts = f"{trial.acknowledged:,} of {messages:,} acknowledged, {_sent(database):,} answers delivered"
            sys.stdout.write(f"  {passed:4.0f} s: {counts}\n")
            sys.stdout.flush()

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    yield
    is_over.set()
    thread.join(10)


def _sent(database: Path) -> int:
    return _count(database, "SELECT count(*) FROM channel_outbox WHERE state = 'sent'")


def _obeyed(database: Path) -> int:
    return _count(database, "SELECT count(*) FROM channel_inbox WHERE state <> 'new'")


def _count(database: Path, query: str) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as record:
        return int(record.execute(query).fetchone()[0])


@contextmanager
def _killed(bridge: BridgeProcess, kills: int, trial: Trial) -> Iterator[None]:
    killer = threading.Thread(target=_kill_now_and_then, args=(bridge, kills, trial), daemon=True)
    killer.start()
    yield
    killer.join()


def _kill_now_and_then(bridge: BridgeProcess, kills: int, trial: Trial) -> None:
    for _ in range(kills):
        time.sleep(2 + trial.chance.random() * 2)
        bridge.kill()
        bridge.start()
        while not answers(f"{bridge.url}/health/live"):
            time.sleep(0.05)
