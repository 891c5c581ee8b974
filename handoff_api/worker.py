"""The clocks. Every sweep is idempotent, so it does no harm that two processes may run one at the same moment;
a lease in SQL keeps that rare.

`python -m handoff_api.worker` runs them on their own; by default they run inside the bridge.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from contracts.events import Status
from handoff_api import logs
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.domain.ids import new_id
from handoff_api.errors import RecordUnavailable
from handoff_api.record import audit, conversations, service
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings
from handoff_api.store.connection import StoreDown

log = structlog.get_logger()

LEASE = timedelta(seconds=10)
SLOW_EVERY = 5
"""Ticks between two rounds of the slow sweeps."""


class Worker:
    """`has_clocks` is False in a bridge whose shop's clocks run elsewhere: it then sees to its own connections only."""

    def __init__(self, bridge: Bridge, channels: Channels | None = None, *, has_clocks: bool = True) -> None:
        self._bridge = bridge
        self._has_clocks = has_clocks
        self._channels = channels
        self._holder = new_id("w")
        self._tick = 0

    async def start(self) -> None:
        """What a crash left behind: turns nobody runs any more, agents whose connections died with the process."""
        if self._bridge.record.is_sqlite:
            await self._bridge.turns.release_leases()
        await self._bridge.staffing.mark_gone()
        await self._bridge.turns.poke_all()
        if self._channels:
            await self._channels.start()

    async def run(self) -> None:
        """For ever. A failing sweep is logged and tried again; it never stops the clock."""
        while True:
            await self.tick()
            await asyncio.sleep(self._bridge.settings.worker_tick.total_seconds())

    async def tick(self) -> None:
        self._tick += 1
        is_slow = self._tick % SLOW_EVERY == 0
        await self._attempt(self._bridge.accounts.close_ended)
        if is_slow:
            await self._attempt(self._bridge.herald.catch_up)
            await self._attempt(self._bridge.rules.refresh)
            await self._attempt(self._bridge.staffing.beat_all)
        await self._attempt(self._bridge.herald.tell_owed_places)
        if not self._has_clocks or not await self._has_lease():
            return
        if self._channels:
            await self._attempt(self._channels.sweep)
        if is_slow or await self._bridge.assignment.may_expire():
            await self._attempt(self._bridge.assignment.expire_offers)
        if is_slow:
            await self.sweep()

    async def sweep(self) -> None:
        """The slow round, in this order: first Redis is put right, then everything that relies on it."""
        bridge = self._bridge
        for work in (
            self.rebuild,
            bridge.staffing.mark_gone,
            self._requeue_of_gone,
            bridge.callbacks.bring_back,
            bridge.silence.sweep,
            bridge.deadlines.sweep,
            bridge.assignment.match,
            bridge.turns.poke_all,
            bridge.left_messages.retry_tickets,
            bridge.left_messages.tell_overdue,
            bridge.closing.close_idle,
            bridge.files.sweep,
            self.seal_audit,
        ):
            await self._attempt(work)

    async def rebuild(self) -> None:
        """Redis becomes what the record says: the order of the queue, reservations, presence."""
        bridge = self._bridge
        try:
            await bridge.staffing.beat_all()
            is_rebuilt = await bridge.lineup.reconcile()
            await bridge.reservations.rebuild(await self._reservations())
        except StoreDown:
            return
        if is_rebuilt:
            log.warning("redis.rebuilt")
            await bridge.herald.tell_places(bridge.settings.shop_id)

    async def seal_audit(self) -> None:
        async with self._bridge.record.writing() as session:
            count, head = await audit.seal(session)
        if count:
            log.info("audit.sealed", count=count, head=head)

    async def _reservations(self) -> dict[str, datetime]:
        async with self._bridge.record.reading() as session:
            rows = await conversations.with_status(session, self._bridge.settings.shop_id, Status.OFFERED)
        return {row.conversation_id: row.offer_expires_at for row in rows if row.offer_expires_at}

    async def _requeue_of_gone(self) -> None:
        grace = self._bridge.settings.presence_grace
        await self._bridge.assignment.requeue_of_gone(self._bridge.clock() - grace)

    async def _has_lease(self) -> bool:
        if self._bridge.record.is_sqlite:
            return True
        try:
            async with self._bridge.record.writing() as session:
                return await service.take_lease(
                    session, "worker", self._holder, now=self._bridge.clock(), lifetime=LEASE
                )
        except (RecordUnavailable, SQLAlchemyError):
            return False

    async def _attempt(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception as error:  # the edge: the clock goes on whatever one sweep ran into
            log.error("sweep.failed", sweep=getattr(work, "__name__", ""), error=type(error).__name__, exc_info=True)


async def main() -> None:
    logs.configure()
    bridge = build_bridge(Settings())
    channels = build_channels(bridge)
    worker = Worker(bridge, channels)
    try:
        await worker.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bridge.herald.listen())
            tasks.create_task(worker.run())
    finally:
        await bridge.background.close()
        await channels.close()
        await bridge.close()


if __name__ == "__main__":
    asyncio.run(main())
