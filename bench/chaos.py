"""Random faults under live talk, and a client-side oracle: `make chaos`, or

    python -m bench.chaos [rounds] [seed] [--postgres] [--bridges N]

Shoppers, an agent and the bot talk through real sockets and one address. After each fault the talk goes on, comes to
rest, and everything that was sent must have been delivered once and in order on the other side, every sequence without
a gap, and `fsck` must find nothing.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
import uvloop

from bench.balancer import Balancer
from bench.chaos_clients import COOKIE_OF_AGENT, AgentClient, BotTalker, Client, Ledger, ShopperClient
from bench.chaos_faults import FAULTS, NEEDS_SMALL_DISK, SmallDisk, Stage
from bench.handoff_site import (
    SECRETS,
    BotProcess,
    BridgeProcess,
    Postgres,
    RedisProcess,
    Running,
    Site,
    Unavailable,
    scratch,
)
from handoff_api import fsck
from handoff_api.migrate import upgrade
from handoff_api.record import agents, conversations
from handoff_api.services.accounts import hash_token
from handoff_api.services.bridge import build_bridge
from handoff_api.settings import Settings

SHOPPERS = 6
TALK_S = 2.0
REST_S = 30.0


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
    shoppers = [client for client in stage.clients if isinstance(client, ShopperClient)]
    served = [client for client in shoppers if not isinstance(client, BotTalker)]
    [agent] = [client for client in stage.clients if isinstance(client, AgentClient)]
    while True:
        number[0] += 1
        random.choice(shoppers).say(f"第{number[0]}条")
        if number[0] % 3 == 0:
            agent.say(random.choice(served).conversation_id, f"回复{number[0]}")
        await asyncio.sleep(0.04)


async def one_round(stage: Stage, fault: str, where: fsck.Where, number: list[int]) -> Round:
    ledger = stage.ledger
    before, gaps, repeats = sum(map(len, ledger.sent.values())), ledger.gaps, ledger.repeats
    earlier = ledger.verdict()
    talking = asyncio.create_task(talk(stage, number))
    await asyncio.sleep(random.uniform(0.2, 0.8))
    shown = await FAULTS[fault](stage) or []
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
        shown + await fsck.check(where),
        (ledger.first_accepted_at or time.monotonic()) - ended,
    )


async def _rest(stage: Stage) -> None:
    """Until everything is acknowledged and has arrived, or nothing has moved for REST_S: slow is not lost."""
    left, moved_at = -1, time.monotonic()
    while True:
        now_left = stage.ledger.missing + sum(len(client.outbox) for client in stage.clients)
        if now_left != left:
            left, moved_at = now_left, time.monotonic()
        if left == 0 or time.monotonic() - moved_at > REST_S:
            return
        await asyncio.sleep(0.02)


async def seed(database_url: str, redis_url: str) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """(visitor token, conversation id) of each shopper, the last one's with the bot, and the epoch under which the one
    agent holds each of the others."""
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
    token, view = await bridge.conversations.open("demo")
    people.append((token, view.conversation_id))
    await bridge.background.settle()
    await bridge.close()
    return people, epochs


@dataclass(frozen=True)
class Plan:
    rounds: int
    seed: int
    on_postgres: bool
    bridges: int


def build(site: Site, plan: Plan) -> tuple[str, SmallDisk | None]:
    """The record: PostgreSQL, or SQLite on a disk that can be filled where one can be made."""
    if plan.on_postgres:
        print(f"chaos: SKIPPED {NEEDS_SMALL_DISK!r}: only with SQLite")
        return site.run(Postgres(site.folder)).database("chaos"), None
    try:
        disk = SmallDisk(site.folder)
    except Unavailable as missing:
        print(f"chaos: SKIPPED {NEEDS_SMALL_DISK!r}: {missing}")
        return f"sqlite+aiosqlite:///{site.folder / 'bridge.sqlite3'}", None
    site.at_end(disk.unmount)
    return f"sqlite+aiosqlite:///{disk.path / 'bridge.sqlite3'}", disk


async def set_up(site: Site, plan: Plan) -> Stage:
    database_url, disk = build(site, plan)
    await asyncio.to_thread(upgrade, database_url)
    redis = site.run(RedisProcess(site.folder))
    people, epochs = await seed(database_url, redis.url)
    bot = site.run(BotProcess(site.folder))
    balancer = Balancer()
    calm = {
        "ANSWER_LIMIT": "PT4H",
        "WORKER_TICK": "PT0.5S",
        "RUN_WORKER": "false",
        "PUBLIC_URL": balancer.url,
        "BOT_TIMEOUT": "PT3S",
    }
    bridges = [
        site.run(BridgeProcess(site.folder, database_url, redis.url, bot.url, module="bench.stepping_bridge", **calm))
        for _ in range(plan.bridges)
    ]
    await balancer.start([bridge.port for bridge in bridges])
    worker = site.run(Running([sys.executable, "-m", "handoff_api.worker"], site.folder, bridges[0].environment))
    ledger, port = Ledger(), balancer.port
    *served, (token, conversation_id) = people
    clients: list[Client] = [ShopperClient(port, ledger, *each) for each in served]
    clients += [BotTalker(port, ledger, token, conversation_id), AgentClient(port, ledger, epochs)]
    return Stage(database_url, bridges, balancer, redis, bot, worker, clients, ledger, disk)


async def run(site: Site, plan: Plan) -> list[Round]:
    stage = await set_up(site, plan)
    living = [asyncio.create_task(client.live()) for client in stage.clients]
    where = fsck.Where(database_url=stage.database_url, redis_url=stage.redis.url)
    results, number = [], [0]
    for fault in drawn(plan.rounds, [fault for fault in FAULTS if stage.disk or fault != NEEDS_SMALL_DISK]):
        results.append(await one_round(stage, fault, where, number))
        _print(len(results), results[-1])
    for task in living:
        task.cancel()
    await asyncio.gather(*living, return_exceptions=True)
    await stage.balancer.stop()
    return results


def drawn(rounds: int, faults: list[str]) -> list[str]:
    """Each one once as far as the rounds reach, the rest at random, in a random order."""
    random.shuffle(faults)
    plan = [*faults, *random.choices(faults, k=max(0, rounds - len(faults)))][:rounds]
    random.shuffle(plan)
    return plan


def parsed() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("rounds", type=int, nargs="?", default=20)
    parser.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    parser.add_argument("--postgres", action="store_true", help="the record is PostgreSQL")
    parser.add_argument("--bridges", type=int, default=1, help="bridge processes behind the one address")
    chosen = parser.parse_args()
    return Plan(chosen.rounds, chosen.seed, chosen.postgres, chosen.bridges)


def _print(number: int, round_: Round) -> None:
    counts = (round_.sent, round_.lost, round_.doubled, round_.moved, round_.gaps, round_.repeats)
    cells = "".join(f"{count:>9}" for count in (*counts, len(round_.problems)))
    print(f"{number:>3}  {round_.fault:<29}{cells}{round_.back_after_s:>9.2f}", flush=True)
    for problem in round_.problems:
        print(f"     {problem}")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    plan = parsed()
    random.seed(plan.seed)
    record = "PostgreSQL" if plan.on_postgres else "SQLite"
    print(
        f"chaos: {plan.rounds} rounds, seed {plan.seed}, {SHOPPERS} shoppers with an agent, one with the bot; "
        f"{plan.bridges} bridges, a worker, {record}, Redis"
    )
    heads = ("sent", "lost", "doubled", "moved", "gaps", "repeats", "fsck", "back s")
    print(f"{'':3}  {'fault':<29}" + "".join(f"{head:>9}" for head in heads), flush=True)
    try:
        with scratch() as folder, Site(folder) as site:
            results = uvloop.run(run(site, plan))
    except Unavailable as missing:
        print(f"chaos: SKIPPED, {missing}")
        return
    failed = [result for result in results if not result.is_sound]
    print(f"chaos: {len(results) - len(failed)} of {len(results)} rounds sound")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
