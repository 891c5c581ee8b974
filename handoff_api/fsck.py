"""`python -m handoff_api.fsck`: is everything true that must be? Prints `0 problems`, or each one, and exits with 1.

It only reads. What differs only for a moment (a change under way) is looked at twice.
"""

import asyncio
import sys

from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.events import Status
from handoff_api.record import audit, checks, conversations
from handoff_api.record.database import Record
from handoff_api.services.lineup import rank_of
from handoff_api.settings import Settings
from handoff_api.store.connection import Connection, StoreDown
from handoff_api.store.queue import Queue
from handoff_api.store.reservations import Reservations

SECOND_LOOK_S = 6.0
"""Longer than a round of the worker's slow sweep, which puts Redis right."""


class Where(BaseSettings):
    """Read without the bridge's secrets."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Settings.model_fields["database_url"].default
    redis_url: str = Settings.model_fields["redis_url"].default
    shop_id: str = Settings.model_fields["shop_id"].default


async def problems(where: Where) -> list[str]:
    """One look: the record in itself, then Redis against the record."""
    record, redis = Record(where.database_url), Connection(where.redis_url)
    try:
        async with record.reading() as session:
            found = await checks.problems(session)
            found += (await audit.verify(session))[0]
            waiting = await conversations.waiting(session, where.shop_id)
        order = [row.conversation_id for row in sorted(waiting, key=rank_of)]
        deadlines = {row.conversation_id for row in waiting if row.status == Status.OFFERED.value}
        try:
            found += _differences("queue", order, await Queue(redis, where.shop_id).order())
            found += _orphans(deadlines, await Reservations(redis, where.shop_id).held())
        except StoreDown:
            found.append("redis: not reached, not compared")
        return found
    finally:
        await redis.close()
        await record.close()


def _differences(name: str, wanted: list[str], found: list[str]) -> list[str]:
    missing, foreign = set(wanted) - set(found), set(found) - set(wanted)
    lines = [f"{name}: {key} is missing in Redis" for key in sorted(missing)]
    lines += [f"{name}: {key} is only in Redis" for key in sorted(foreign)]
    if not lines and wanted != found:
        lines.append(f"{name}: Redis has another order")
    return lines


def _orphans(wanted: set[str], found: set[str]) -> list[str]:
    missing = [f"reservation: {key} has no deadline in Redis" for key in sorted(wanted - found)]
    return missing + [f"reservation: {key} is an orphan in Redis" for key in sorted(found - wanted)]


async def check(where: Where, *, second_look_s: float = SECOND_LOOK_S) -> list[str]:
    """What is wrong now and still is a moment later."""
    first = await problems(where)
    if not first:
        return []
    await asyncio.sleep(second_look_s)
    second = set(await problems(where))
    return [problem for problem in first if problem in second]


def main() -> None:
    found = asyncio.run(check(Where()))
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    sys.stdout.write(f"fsck: {len(found)} problems\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
