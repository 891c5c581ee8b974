"""Fetching what the doorbell announced.

Rule 1. The doorbell is kept before it is answered; the fetch itself happens afterwards, and again if it failed.
Rule 2. The messages of a page and the new cursor are one transaction, and only if the cursor is still the one the
        page was asked with: two consumers cannot both win, a crash repeats the page and changes nothing.
Rule 3. One consumer per 客服 account at a time, by a lease in SQL.
Rule 4. A first start takes nothing that happened before it. Until that first pass is through, the cursor stays empty.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from handoff_api.channels.accounts import WecomAccount
from handoff_api.channels.errors import NotDelivered
from handoff_api.channels.inbox_rows import inbox_row
from handoff_api.channels.tencent_api import TencentApi
from handoff_api.channels.wecom.reading import read
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.record import channels, service
from handoff_api.record.database import Record
from handoff_api.services.background import Background

log = structlog.get_logger()

PAGE = 1000
LEASE = timedelta(seconds=30)
TOKEN_LIFETIME = timedelta(minutes=10)
BEFORE_START = timedelta(minutes=10)
RETRY = timedelta(seconds=5)

Poke = Callable[[str, str], None]


class Fetching:
    """`arrived` is told whose messages came in; it is set by the hub, which knows the inbox."""

    def __init__(
        self,
        account: WecomAccount,
        channel: str,
        api: TencentApi,
        record: Record,
        background: Background,
        clock: Clock,
    ) -> None:
        self._account = account
        self._channel = channel
        self._api = api
        self._record = record
        self._background = background
        self._clock = clock
        self._holder = new_id("f")
        self._driven: set[str] = set()
        self._not_before: dict[str, datetime] = {}
        self._polled_at: datetime | None = None
        self.arrived: Poke = lambda channel, user_id: None

    async def ring(self, open_kfid: str, token: str) -> None:
        """The doorbell; kept when this returns."""
        async with self._record.writing() as session:
            row = await channels.cursor(session, self._channel, open_kfid)
            row.token, row.wanted_at = token, self._clock()
        self._not_before.pop(open_kfid, None)
        self._poke(open_kfid)

    async def sweep(self) -> None:
        """Doorbells that are not done with, and a look without one now and then: doorbells get lost, too."""
        now = self._clock()
        if self._polled_at is None or now - self._polled_at >= timedelta(seconds=self._account.poll_s):
            self._polled_at = now
            await self._want_all(now)
        async with self._record.reading() as session:
            wanted = [row.scope for row in await channels.cursors(session, self._channel) if row.wanted_at]
        for open_kfid in wanted:
            if self._not_before.get(open_kfid, now) <= now:
                self._poke(open_kfid)

    async def _want_all(self, now: datetime) -> None:
        async with self._record.writing() as session:
            for open_kfid in self._account.open_kfids:
                row = await channels.cursor(session, self._channel, open_kfid)
                row.wanted_at = row.wanted_at or now

    def _poke(self, open_kfid: str) -> None:
        if open_kfid not in self._driven:
            self._driven.add(open_kfid)
            self._background.start(self._drive(open_kfid), "kf_fetch")

    async def _drive(self, open_kfid: str) -> None:
        try:
            while await self._page(open_kfid):
                pass
        except NotDelivered as error:
            log.warning("kf.fetch_failed", channel=self._channel, detail=error.detail)
            self._not_before[open_kfid] = self._clock() + RETRY
        finally:
            self._driven.discard(open_kfid)

    async def _page(self, open_kfid: str) -> bool:
        """One page (or, on a first start, all of them); True if there may be more."""
        now = self._clock()
        async with self._record.writing() as session:
            name = f"{self._channel}:{open_kfid}"
            if not await service.take_lease(session, name, self._holder, now=now, lifetime=LEASE):
                return False
            row = await channels.cursor(session, self._channel, open_kfid)
            cursor, token, wanted_at = row.cursor, row.token, row.wanted_at
        if wanted_at is None:
            return False
        is_token_fresh = now - wanted_at < TOKEN_LIFETIME
        since = None if cursor else wanted_at - BEFORE_START
        at, has_more = cursor, True
        while has_more:
            page = await self._ask(open_kfid, at, token if is_token_fresh else "")
            at, has_more = str(page.get("next_cursor") or at), bool(page.get("has_more"))
            is_through = not (since and has_more)
            if not await self._keep(open_kfid, page, cursor, at if is_through else cursor, wanted_at, has_more, since):
                return False
            if since is None:
                break
        return True

    async def _ask(self, open_kfid: str, cursor: str, token: str) -> dict[str, Any]:
        asked = {"cursor": cursor, "token": token, "limit": PAGE, "voice_format": 0, "open_kfid": open_kfid}
        return await self._api.post("/cgi-bin/kf/sync_msg", {key: value for key, value in asked.items() if value != ""})

    async def _keep(
        self,
        open_kfid: str,
        page: dict[str, Any],
        asked_with: str,
        cursor: str,
        wanted_at: datetime,
        has_more: bool,
        since: datetime | None,
    ) -> bool:
        """Messages and cursor in one transaction; False if another consumer was faster."""
        now, users = self._clock(), set()
        async with self._record.writing() as session:
            row = await channels.cursor(session, self._channel, open_kfid)
            if row.cursor != asked_with:
                log.info("kf.other_consumer", channel=self._channel)
                return False
            for said in page.get("msg_list", []):
                inbound = read(said, self._account)
                if inbound is None or (since and inbound.at < since):
                    continue
                if await channels.take_in(session, inbox_row(self._channel, inbound), now=now):
                    users.add(inbound.user_id)
            row.cursor = cursor
            if not has_more and row.wanted_at == wanted_at:
                row.wanted_at = None
        for user_id in users:
            self.arrived(self._channel, user_id)
        return True
