"""`python -m handoff_api.channels`: look at what was not delivered, and send it again. Needs DATABASE_URL only.

list [--state held|dead|pending|sent] [--channel wechat:main] [--limit 50]
show <delivery id>              the message itself and why it failed
replay <delivery id> | --channel wechat:main | --all
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff_api.domain.clock import utc_now
from handoff_api.record import channels
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelOutboxRecord
from handoff_api.settings import Settings


class Where(BaseSettings):
    """Read without the bridge's secrets."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Settings.model_fields["database_url"].default


async def list_messages(record: Record, asked: argparse.Namespace) -> list[str]:
    """A count per channel and state, then the messages; never their words."""
    async with record.reading() as session:
        counts = await channels.outbox_counts(session)
        found = await channels.listed(session, state=asked.state, channel=asked.channel, limit=asked.limit)
    return [*(f"{channel} {state}: {count}" for channel, state, count in counts), "", *map(_line, found)]


def _line(row: ChannelOutboxRecord) -> str:
    created = row.created_at.isoformat(timespec="seconds")
    return f"{row.delivery_id}  {row.channel}  {row.state}  tries {row.attempts}  {created}  {row.reason}"


async def show(record: Record, asked: argparse.Namespace) -> list[str]:
    async with record.reading() as session:
        row = await channels.outbound(session, asked.delivery_id)
    if row is None:
        return ["no such delivery"]
    return [_line(row), f"conversation {row.conversation_id}", json.dumps(row.body, ensure_ascii=False, indent=1)]


async def replay(record: Record, asked: argparse.Namespace) -> list[str]:
    if not (asked.delivery_id or asked.channel or asked.all):
        return ["say which: a delivery id, --channel, or --all"]
    async with record.writing() as session:
        count = await channels.replay(session, delivery_id=asked.delivery_id, channel=asked.channel, now=utc_now())
    return [f"{count} to be sent again by the running bridge"]


Command = Callable[[Record, argparse.Namespace], Awaitable[list[str]]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m handoff_api.channels")
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("list")
    listing.add_argument("--state", default="")
    listing.add_argument("--channel", default="")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(command=list_messages)
    showing = commands.add_parser("show")
    showing.add_argument("delivery_id")
    showing.set_defaults(command=show)
    replaying = commands.add_parser("replay")
    replaying.add_argument("delivery_id", nargs="?", default="")
    replaying.add_argument("--channel", default="")
    replaying.add_argument("--all", action="store_true")
    replaying.set_defaults(command=replay)
    return parser


async def run(arguments: list[str], where: Where) -> list[str]:
    asked = _parser().parse_args(arguments)
    record = Record(where.database_url)
    try:
        command: Command = asked.command
        return await command(record, asked)
    finally:
        await record.close()


def main() -> None:
    said = asyncio.run(run(sys.argv[1:], Where()))
    sys.stdout.write("".join(f"{line}\n" for line in said))


if __name__ == "__main__":
    main()
