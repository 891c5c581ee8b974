"""Whole turns of the bot, ours through the bridge and stock Rasa's by its REST channel: `make bench-turns`.

    python -m bench.turns [--seconds 20] [--lines 60] [--write FILE]

Both answer the same conversations with the same domain, rules, training data, action server and shop, one after the
other on this machine. Stock is Rasa's recommended pipeline (jieba, counts, DIET), TED, and its Redis stores for
trackers and locks; it is trained on some lines per intent only, which makes it cheaper, not dearer. Ours is the system
as `make serve` starts it: bridge, SQL, Redis, bot. The load generator shares the processors with what it measures.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml
from websockets.asyncio.client import ClientConnection, connect

from bench import nlu
from bench.handoff_site import Running, free_port
from contracts.identity import Audience, TurnIdentity, issue
from ops.build import BOT_ENVIRONMENT
from ops.paths import BOT, VAR
from ops.redis_server import find_server
from tests.e2e.system import System

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = (
    "你好",
    "退货的运费谁来出",
    "我的快递到哪了",
    "算了不查了",
    "拆封了还能退吗",
    "发票怎么开",
    "多久能退款到账",
    "好的谢谢",
)
CONCURRENT = (1, 8, 32)
LONG = 504
"""Turns of one long conversation: whole rounds of the script, so that beginning and end hold the same lines."""
PATIENCE_S = 60.0
"""How long one answer may take before the run is given up."""


@dataclass(frozen=True)
class Load:
    """What the shoppers of one run saw, and the processor time of all processes behind it."""

    concurrent: int
    turns_per_s: float
    p50_ms: float
    p95_ms: float
    processor_ms: float


class Ours:
    """A shopper at the widget's socket."""

    title = "ours, through the bridge"

    def __init__(self, bridge: str) -> None:
        self._bridge = bridge

    async def converse(self, until: float, took: list[float]) -> None:
        async with self._conversation() as socket:
            for text in SCRIPT:
                if time.perf_counter() > until:
                    return
                started = time.perf_counter()
                await self._ask(socket, text)
                took.append(time.perf_counter() - started)

    async def growth(self) -> tuple[float, float]:
        """Processor ms of a turn at the beginning of one conversation and at its 500th."""
        spent = []
        async with self._conversation() as socket:
            for number in range(LONG):
                before = processor_seconds(os.getpid())
                await self._ask(socket, SCRIPT[number % len(SCRIPT)])
                spent.append((processor_seconds(os.getpid()) - before) * 1e3)
        return statistics.mean(spent[10:50]), statistics.mean(spent[-40:])

    @asynccontextmanager
    async def _conversation(self) -> AsyncIterator[ClientConnection]:
        async with httpx.AsyncClient(base_url=self._bridge, trust_env=False) as web:
            token = (await web.post("/v1/visitors", json={"shop_id": "demo"})).json()["visitor_token"]
        address = self._bridge.replace("http", "ws") + "/v1/shopper/socket"
        async with connect(address, origin=self._bridge, compression=None) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"type": "hello", "protocol": 1, "token": token}))
            yield socket

    async def _ask(self, socket: ClientConnection, text: str) -> None:
        message = {"type": "message.send", "client_message_id": uuid.uuid4().hex, "text": text}
        await socket.send(json.dumps(message))
        await asyncio.wait_for(self._answered(socket), PATIENCE_S)

    @staticmethod
    async def _answered(socket: ClientConnection) -> None:
        """All messages of a turn are committed together: the first of them ends the wait, the others are skipped."""
        seen: set[str] = getattr(socket, "turns_seen", set())
        socket.turns_seen = seen  # type: ignore[attr-defined]
        async for raw in socket:
            event = json.loads(raw).get("event") or {}
            turn_id = event.get("turn_id")
            if event.get("author", {}).get("kind") == "bot" and turn_id and turn_id not in seen:
                seen.add(turn_id)
                return


class Stock:
    """A shopper at stock Rasa's REST channel."""

    title = "stock Rasa (DIET, TED, Redis stores)"

    def __init__(self, address: str, metadata: dict[str, Any]) -> None:
        self._address = address
        self._metadata = metadata

    async def converse(self, until: float, took: list[float]) -> None:
        sender = uuid.uuid4().hex
        async with httpx.AsyncClient(base_url=self._address, trust_env=False, timeout=PATIENCE_S) as web:
            for text in SCRIPT:
                if time.perf_counter() > until:
                    return
                started = time.perf_counter()
                body = {"sender": sender, "message": text, "metadata": self._metadata}
                reply = await web.post("/webhooks/rest/webhook", json=body)
                reply.raise_for_status()
                if not reply.json():
                    raise SystemExit(f"Stock Rasa answered nothing to {text!r}: see its log.")
                took.append(time.perf_counter() - started)


def processor_seconds(root: int) -> float:
    """User and system time of a process and all that it started."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        parents.setdefault(int(fields[1]), []).append(pid)
        spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    waiting, total = list(parents.get(root, [])), 0.0
    while waiting:
        pid = waiting.pop()
        total += spent[pid]
        waiting += parents.get(pid, [])
    return total


async def load(side: Ours | Stock, concurrent: int, seconds: float) -> Load:
    """Closed loop: so many shoppers at once, each in one conversation after the other."""
    took: list[float] = []

    async def shopper(until: float) -> None:
        while time.perf_counter() < until:
            await side.converse(until, took)

    spent, started = processor_seconds(os.getpid()), time.perf_counter()
    await asyncio.gather(*(shopper(started + seconds) for _ in range(concurrent)))
    passed = time.perf_counter() - started
    spent = processor_seconds(os.getpid()) - spent
    took.sort()
    p95 = took[int(len(took) * 0.95)]
    return Load(concurrent, len(took) / passed, statistics.median(took) * 1e3, p95 * 1e3, spent * 1e3 / len(took))


def train_stock(folder: Path, lines_per_intent: int) -> Path:
    """Rasa's own pipeline and policies on our domain and rules; about four minutes, kept for the next run."""
    model = VAR / "bench" / f"stock-{lines_per_intent}.tar.gz"
    if model.is_file():
        return model
    lines_folder = folder / "nlu"
    lines_folder.mkdir()
    for path in sorted((ROOT / "nlu_data" / "intents").glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        for entry in content["nlu"]:
            lines = entry["examples"].splitlines()
            entry["examples"] = "\n".join(lines[:: max(1, len(lines) // lines_per_intent)]) + "\n"
        (lines_folder / path.name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (folder / "config.yml").write_text(yaml.safe_dump(stock_config()), encoding="utf-8")
    command = [
        f"{BOT}/bin/rasa", "train", "--config", str(folder / "config.yml"), "--domain", "bot/domain", "--data",
        "bot/rules", "bot/stories", str(lines_folder), "--out", str(model.parent),
        "--fixed-model-name", model.name.removesuffix(".tar.gz"),
    ]  # fmt: skip
    print("training stock Rasa (about five minutes; kept in var/bench) …", flush=True)
    with (folder / "train.log").open("wb") as log:
        ended = subprocess.run(command, cwd=ROOT, env=plain_rasa(), stdout=log, stderr=log, check=False)
    if ended.returncode:
        raise SystemExit("Stock Rasa did not train:\n" + (folder / "train.log").read_text("utf-8")[-3000:])
    return model


def stock_config() -> dict[str, Any]:
    """What `rasa init` recommends, for Chinese."""
    return {
        **nlu.stock_config(epochs=15),
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "TEDPolicy", "max_history": 5, "epochs": 20, "constrain_similarities": True, "random_seed": 1},
        ],
    }


def plain_rasa() -> dict[str, str]:
    return {**os.environ, **BOT_ENVIRONMENT, "ALL_OF_RASA": "1", "PYTHONPATH": str(ROOT)}


@contextmanager
def stock_rasa(folder: Path, model: Path, system: System) -> Iterator[tuple[str, float]]:
    """Its address and the seconds from start to ready."""
    redis_port, port = free_port(), free_port()
    stores = {"type": "redis", "url": "127.0.0.1", "port": redis_port, "db": 0}
    actions = {
        "url": f"http://127.0.0.1:{system.ports['ACTIONS_PORT']}/webhook",
        "headers": {"Authorization": f"Bearer {system.environment['ACTIONS_TOKEN']}"},
    }
    endpoints = {"action_endpoint": actions, "tracker_store": stores, "lock_store": {**stores, "db": 1}}
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    (folder / "credentials.yml").write_text("bench.stock_rest.RestWithMetadata:\n", encoding="utf-8")
    redis = Running([find_server(), "--port", str(redis_port), "--dir", str(folder), "--save", ""], folder)
    rasa = Running(
        [f"{BOT}/bin/rasa", "run", "--model", str(model), "--endpoints", str(folder / "endpoints.yml"),
         "--credentials", str(folder / "credentials.yml"), "--port", str(port), "--interface", "127.0.0.1"],
        folder, plain_rasa(),
    )  # fmt: skip
    address, started = f"http://127.0.0.1:{port}", time.perf_counter()
    redis.start()
    rasa.start()
    try:
        wait_until(lambda: httpx.get(f"{address}/webhooks/rest/", timeout=2, trust_env=False).status_code == 200, 300)
        yield address, time.perf_counter() - started
    finally:
        rasa.end()
        redis.end()


def wait_until(is_ready: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            if is_ready():
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > until:
            raise SystemExit("It did not start.")
        time.sleep(0.2)


def turn_metadata(system: System) -> dict[str, Any]:
    """What the bridge sends along, for a shopper nobody knows; valid for the whole run."""
    who = TurnIdentity(shop_id="demo", shopper_id=None, conversation_id="c_bench", turn_id="t_bench")
    now, lifetime = datetime.now(UTC), timedelta(hours=2)
    token = issue(who, Audience.TURN, system.environment["TURN_SECRET"], now=now, lifetime=lifetime)
    return {"turn_token": token, "turn_id": "t_bench", "shop_id": "demo", "is_signed_in": False, "page": {}}


def measure(side: Ours | Stock, seconds: float) -> list[Load]:
    asyncio.run(load(side, 2, 5))  # the first ones pay for what is made once
    found = []
    for concurrent in CONCURRENT:
        found.append(asyncio.run(load(side, concurrent, seconds)))
        print(f"  {side.title}, {found[-1]}", flush=True)
    return found


def table(ours: list[Load], stock: list[Load]) -> str:
    head = "| concurrent conversations | | turns/s | p50 ms | p95 ms | processor ms a turn |\n|---|---|---|---|---|---|"
    rows = []
    for mine, theirs in zip(ours, stock, strict=True):
        for title, one in ((Ours.title, mine), (Stock.title, theirs)):
            figures = f"{one.turns_per_s:.1f} | {one.p50_ms:.0f} | {one.p95_ms:.0f} | {one.processor_ms:.1f}"
            rows.append(f"| {one.concurrent} | {title} | {figures} |")
        times = mine.turns_per_s / theirs.turns_per_s
        saved = theirs.processor_ms / mine.processor_ms
        rows.append(f"| | **ratio** | **{times:.1f} ×** | | | **{saved:.1f} ×** |")
    return "\n".join([head, *rows])


def run(seconds: float, lines_per_intent: int) -> str:
    with tempfile.TemporaryDirectory(prefix="bench-turns-") as name:
        folder = Path(name)
        model = train_stock(folder, lines_per_intent)
        system = System(folder)
        system.start(TURN_JOIN="PT0S")
        try:
            ours = measure(Ours(system.bridge), seconds)
            early, late = asyncio.run(Ours(system.bridge).growth())
            print(f"  a long conversation: {early:.1f} ms a turn at first, {late:.1f} ms at the {LONG}th", flush=True)
            with stock_rasa(folder, model, system) as (address, start_s):
                print(f"  stock Rasa was ready after {start_s:.0f} s", flush=True)
                stock = measure(Stock(address, turn_metadata(system)), seconds)
        except BaseException:
            shutil.copytree(
                folder, VAR / "bench" / "failed", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock")
            )
            raise
        finally:
            system.stop()
    grown = (
        f"Of one conversation of {LONG} turns, a turn took {early:.1f} ms of processor time at the beginning\n"
        f"(turns 10 to 50) and {late:.1f} ms at the end: {late / early:.2f} times as much."
    )
    return f"{table(ours, stock)}\n\n{grown}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run")
    parser.add_argument("--lines", type=int, default=60, help="training lines per intent for stock Rasa")
    parser.add_argument("--write", type=Path, help="put the table into this Markdown file")
    options = parser.parse_args()
    text = f"{heading()}\n\n{run(options.seconds, options.lines)}\n"
    print("\n" + text)
    if options.write:
        options.write.write_text(f"# Whole turns: ours and stock Rasa's side by side\n\n{text}", encoding="utf-8")


def heading() -> str:
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors ({platform.machine()}), load average "
        f"{os.getloadavg()[0]:.1f} at the start, by\n`python -m bench.turns`: closed loop, eight lines a conversation, "
        "visitors nobody knows; the joining of messages\nthat stand close together (0.8 s in a shop) is switched off. "
        "Processor time is that of all processes behind the\naddress; the load generator's own is not in it, but it "
        "shares the processors."
    )


if __name__ == "__main__":
    sys.exit(main())
