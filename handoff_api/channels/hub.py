"""All channels of one process put together. Without a channels file there are none, and nothing of this runs."""

import asyncio
from collections.abc import Mapping

import structlog

from handoff_api.channels.accounts import AlertRules
from handoff_api.channels.alerts.alerts import Alerts
from handoff_api.channels.arrivals import Arrivals
from handoff_api.channels.inbox import Inbox
from handoff_api.channels.incoming_files import IncomingFiles
from handoff_api.channels.messages import Adapter
from handoff_api.channels.receiving import Receiver
from handoff_api.channels.relay import Relay
from handoff_api.channels.sender import Sender
from handoff_api.channels.staff_bots.dingtalk import DingtalkStaffBot
from handoff_api.channels.staff_bots.feishu import FeishuStaffBot
from handoff_api.record import channels
from handoff_api.services.bridge import Bridge
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

StaffBot = DingtalkStaffBot | FeishuStaffBot

SLOW_EVERY = 5
FORGET_EVERY = 3600


class Channels:
    """`inbox` takes in, `relay` and `sender` bring out; `adapters` and everything that is called, `receivers`, by
    their address."""

    def __init__(
        self, bridge: Bridge, adapters: Mapping[str, Adapter], bots: Mapping[str, StaffBot], rules: AlertRules
    ) -> None:
        self._bridge = bridge
        self.alerts = Alerts(
            bridge.record,
            Nonces(bridge.redis, bridge.settings.shop_id),
            bridge.limits,
            bridge.clock,
            rules,
            shop_id=bridge.settings.shop_id,
            shop_name=bridge.settings.shop_name,
            answer_limit=bridge.settings.answer_limit,
        )
        self.adapters = adapters
        self._bots = bots
        called = {channel: adapter for channel, adapter in adapters.items() if isinstance(adapter, Receiver)}
        self.receivers: Mapping[str, Receiver] = {**called, **bots}
        self.sender = Sender(bridge.record, adapters, bridge.herald, bridge.background, bridge.clock)
        self.relay = Relay(bridge.record, adapters, self.sender, bridge.file_links, bridge.background, bridge.clock)
        arrivals = Arrivals(
            bridge.record,
            bridge.conversations,
            bridge.clock,
            shop_id=bridge.settings.shop_id,
            identity_secret=bridge.settings.identity_secret.get_secret_value(),
        )
        files = IncomingFiles(adapters, bridge.files)
        self.inbox = Inbox(bridge.record, arrivals, bridge.messages, self.relay, files, bridge.background, bridge.clock)
        self._tick = 0
        if adapters:
            bridge.herald.tell_also(self.relay)

    async def start(self) -> None:
        """What a crash left behind goes on."""
        if self.adapters and self._bridge.record.is_sqlite:
            async with self._bridge.record.writing() as session:
                await channels.release_leases(session)

    async def sweep(self) -> None:
        """The clock's part; does nothing twice."""
        self._tick += 1
        if self._tick % SLOW_EVERY == 0:
            await self.alerts.sweep()
        if not self.adapters:
            return
        await self.inbox.sweep()
        await self.sender.sweep()
        await asyncio.gather(*(adapter.sweep() for adapter in self.adapters.values()))
        if self._tick % SLOW_EVERY == 0:
            await self.relay.sweep()
        if self._tick % FORGET_EVERY == 0:
            await self.inbox.forget()

    async def close(self) -> None:
        await self.alerts.close()
        for account in (*self.adapters.values(), *self._bots.values()):
            await account.close()
