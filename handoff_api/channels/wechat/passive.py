"""Accounts that may only answer in the response itself (unverified ones).

WeChat waits five seconds and asks three times. Each time we wait for the answer as long as it waits; the third time
the shopper is told to write anything in a moment, and that brings what was ready by then. What was answered to a
message id is answered again to the same id.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from handoff_api import lines
from handoff_api.channels.messages import Inbound
from handoff_api.domain.clock import Clock
from handoff_api.record import channels, turns
from handoff_api.record.database import Record
from handoff_api.record.tables import ChannelOutboxRecord

LOOK_EVERY_S = 0.1
TRIES = 3
CUT_AFTER_S = 5.2
"""WeChat has hung up by then; answering nothing at all would show the shopper an error."""
LONGEST = 2048


@dataclass
class PassiveReplies:
    record: Record
    clock: Clock
    _tries: dict[str, int] = field(default_factory=dict)

    async def answer(self, channel: str, inbound: Inbound, *, wait_s: float) -> str:
        """ "" where there is nothing to say, or nobody listens any more."""
        key = f"{channel}:{inbound.message_id}"
        number = self._count(key)
        started = time.monotonic()
        while time.monotonic() - started < wait_s:
            if text := await self._ready(channel, inbound):
                return text
            if inbound.kind == "leave":
                return ""
            await asyncio.sleep(LOOK_EVERY_S)
        if number >= TRIES:
            ready = await self._ready(channel, inbound, is_last_chance=True)
            return "\n\n".join(part for part in (ready, lines.STILL_WORKING) if part)
        await asyncio.sleep(max(0.0, CUT_AFTER_S - (time.monotonic() - started)))
        return ""

    def _count(self, key: str) -> int:
        if len(self._tries) > 10_000:
            self._tries.clear()
        self._tries[key] = self._tries.get(key, 0) + 1
        return self._tries[key]

    async def _ready(self, channel: str, inbound: Inbound, *, is_last_chance: bool = False) -> str:
        """What is to be said, marked as said; "" while the bot is still at it, unless this is the last chance."""
        now, mark = self.clock(), f"passive:{inbound.message_id}"[:200]
        async with self.record.writing() as session:
            link = await channels.link(session, channel, inbound.user_id, hold=True)
            if link is None or await channels.has_inbound(session, channel, inbound.user_id):
                return ""
            if not is_last_chance and await turns.first_open(session, link.conversation_id):
                return ""
            sent = await channels.outbound_of(session, channel, inbound.user_id, ("sent",))
            if again := [row for row in sent if row.platform_id == mark]:
                return _joined(again)
            if await channels.is_behind(session, link):
                return ""
            rows = _that_fit(await channels.outbound_of(session, channel, inbound.user_id))
            for row in rows:
                row.state, row.settled_at, row.platform_id = "sent", now, mark
            return _joined(rows)


def _that_fit(rows: Sequence[ChannelOutboxRecord]) -> list[ChannelOutboxRecord]:
    """One message's worth; the rest comes with the shopper's next one."""
    taken: list[ChannelOutboxRecord] = []
    for row in rows:
        if taken and len(_joined([*taken, row]).encode()) > LONGEST:
            break
        taken.append(row)
    return taken


def _joined(rows: Sequence[ChannelOutboxRecord]) -> str:
    return "\n\n".join(str(row.body["text"]) for row in rows)
