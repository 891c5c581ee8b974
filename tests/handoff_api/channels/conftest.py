"""A bridge with channels in the test's own loop, and the platforms' stand-ins over real HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from handoff_api.channels.accounts import ChannelsFile
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.channels.messages import Inbound
from handoff_api.channels.receiving import Call
from handoff_api.domain.clock import Clock
from handoff_api.record import channels as rows
from handoff_api.record.tables import ChannelLinkRecord, ChannelOutboxRecord
from handoff_api.services.bridge import Bridge
from tests.fakes import wechat_platform as wechat
from tests.fakes import wecom_platform as wecom
from tests.fakes.webhook_app import KEYS, WebhookApp, create_webhook_app
from tests.fakes.wechat_platform import WechatPlatform
from tests.fakes.wecom_platform import WecomPlatform
from tests.handoff_api.conftest import serving

BuildChannels = Callable[..., Channels]


@pytest.fixture(scope="session")
def webhook_server() -> Iterator[tuple[WebhookApp, str]]:
    app = WebhookApp()
    with serving(create_webhook_app(app)) as url:
        yield app, url


@pytest.fixture
def webhook_app(webhook_server: tuple[WebhookApp, str]) -> Iterator[WebhookApp]:
    app, _ = webhook_server
    app.reset()
    yield app
    app.reset()


@pytest.fixture
def webhook_account(webhook_server: tuple[WebhookApp, str], webhook_app: WebhookApp) -> dict[str, Any]:
    return {
        "kind": "webhook",
        "name": "app",
        "keys": KEYS,
        "deliver_url": f"{webhook_server[1]}/deliveries",
        "media_base": f"{webhook_server[1]}/media/",
        "timeout_s": 2,
    }


@pytest.fixture(scope="session")
def wechat_server() -> Iterator[tuple[WechatPlatform, str]]:
    platform = WechatPlatform()
    with serving(wechat.create_wechat(platform)) as url:
        yield platform, url


@pytest.fixture
def wechat_platform(wechat_server: tuple[WechatPlatform, str]) -> WechatPlatform:
    platform, _ = wechat_server
    platform.reset()
    return platform


@pytest.fixture
def wechat_account(wechat_server: tuple[WechatPlatform, str], wechat_platform: WechatPlatform) -> dict[str, Any]:
    return {
        "kind": "wechat",
        "name": "main",
        "app_id": wechat.APP_ID,
        "app_secret": wechat.SECRET,
        "token": wechat.TOKEN,
        "encoding_aes_key": wechat.AES_KEY,
        "api_base": wechat_server[1],
        "timeout_s": 2,
    }


@pytest.fixture(scope="session")
def wecom_server() -> Iterator[tuple[WecomPlatform, str]]:
    platform = WecomPlatform()
    with serving(wecom.create_wecom(platform)) as url:
        yield platform, url


@pytest.fixture
def wecom_platform(wecom_server: tuple[WecomPlatform, str]) -> WecomPlatform:
    platform, _ = wecom_server
    platform.reset()
    return platform


@pytest.fixture
def wecom_account(wecom_server: tuple[WecomPlatform, str], wecom_platform: WecomPlatform) -> dict[str, Any]:
    return {
        "kind": "wecom",
        "name": "main",
        "corp_id": wecom.CORP_ID,
        "secret": wecom.SECRET,
        "token": wecom.TOKEN,
        "encoding_aes_key": wecom.AES_KEY,
        "open_kfids": [wecom.KFID],
        "api_base": wecom_server[1],
        "timeout_s": 2,
    }


@pytest.fixture
async def channels_for(bridge: Bridge) -> AsyncIterator[BuildChannels]:
    """Channels with these accounts, closed at the end of the test."""
    made: list[Channels] = []

    def build(*accounts: dict[str, Any]) -> Channels:
        hub = build_channels(bridge, ChannelsFile.model_validate({"accounts": accounts}))
        made.append(hub)
        return hub

    yield build
    await bridge.background.close()
    for hub in made:
        await hub.close()


class Talk:
    """One user of one channel, from the bridge's side: what they do, and what the outbox holds for them."""

    def __init__(self, bridge: Bridge, hub: Channels, channel: str, user_id: str = "user-1", **more: Any) -> None:
        self.bridge = bridge
        self.hub = hub
        self.channel = channel
        self.user_id = user_id
        self.more = more
        self.count = 0

    async def say(self, text: str = "", *, message_id: str = "", **changes: Any) -> bool:
        """Accepted, obeyed, answered and sent when this returns."""
        self.count += 1
        said = {
            "user_id": self.user_id,
            "message_id": message_id or f"{self.user_id}-{self.count}",
            "at": self.bridge.clock(),
            "text": text,
            **self.more,
            **changes,
        }
        [is_new] = await self.hub.inbox.accept(self.channel, [Inbound.model_validate(said)])
        await self.bridge.background.settle()
        return is_new

    async def link(self) -> ChannelLinkRecord:
        async with self.bridge.record.reading() as session:
            link = await rows.link(session, self.channel, self.user_id)
        assert link
        return link

    async def outbox(self, *states: str) -> list[ChannelOutboxRecord]:
        async with self.bridge.record.reading() as session:
            found = await rows.outbound_of(
                session, self.channel, self.user_id, states or ("pending", "sending", "sent", "held", "dead")
            )
        return list(found)

    async def texts(self, *states: str) -> list[str]:
        return [row.body["text"] for row in await self.outbox(*states)]


async def until(is_true: Callable[[], Awaitable[bool]] | Callable[[], bool], within_s: float = 10) -> None:
    """Until something that another process or thread does has happened."""
    end = time.monotonic() + within_s
    while True:
        result = is_true()
        if isinstance(result, Awaitable):
            result = await result
        if result:
            return
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)


async def call(hub: Channels, channel: str, call: Call) -> Any:
    """What the platform gets for this call."""
    account = hub.receivers[channel]

    async def accept(inbound: list[Inbound]) -> list[bool]:
        return await hub.inbox.accept(channel, inbound)

    return await account.receive(call, accept)


@asynccontextmanager
async def working(hub: Channels, clock: Clock) -> AsyncIterator[None]:
    """With its clocks running, a round every 50 ms."""
    task = asyncio.create_task(_sweeping(hub))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sweeping(hub: Channels) -> None:
    while True:
        await hub.sweep()
        await asyncio.sleep(0.05)
