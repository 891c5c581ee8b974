"""The channels of the settings' file, ready to run. Nothing else makes an adapter."""

from collections.abc import Iterator

from handoff_api.channels.accounts import (
    Account,
    AlertRules,
    ChannelsFile,
    DingtalkBot,
    FeishuBot,
    WebhookAccount,
    WechatAccount,
    WecomAccount,
    load,
)
from handoff_api.channels.hub import Channels, StaffBot
from handoff_api.channels.messages import Adapter
from handoff_api.channels.outgoing_files import OutgoingFiles
from handoff_api.channels.staff_bots.dingtalk import DingtalkStaffBot
from handoff_api.channels.staff_bots.feishu import FeishuStaffBot
from handoff_api.channels.staff_bots.standing import Desk
from handoff_api.channels.webhook.adapter import WebhookChannel
from handoff_api.channels.wechat.adapter import WechatChannel
from handoff_api.channels.wechat.passive import PassiveReplies
from handoff_api.channels.wecom.adapter import WecomChannel
from handoff_api.services.bridge import Bridge
from handoff_api.store.media_ids import MediaIds
from handoff_api.store.nonces import Nonces


def build_channels(bridge: Bridge, file: ChannelsFile | None = None) -> Channels:
    """Opens no connection yet. `file` stands in for the one of the settings."""
    said = file or load(bridge.settings.channels_file)
    adapters = [_adapter(bridge, account) for account in said.accounts]
    bots = {bot.channel: bot for bot in _staff_bots(bridge, said.alerts)}
    hub = Channels(bridge, {adapter.channel: adapter for adapter in adapters}, bots, said.alerts)
    for adapter in adapters:
        if isinstance(adapter, WecomChannel):
            adapter.fetching.arrived = hub.inbox.poke
    return hub


def _adapter(bridge: Bridge, account: Account) -> Adapter:
    nonces = Nonces(bridge.redis, bridge.settings.shop_id)
    files = OutgoingFiles(bridge.files, MediaIds(bridge.redis, bridge.settings.shop_id))
    match account:
        case WebhookAccount():
            return WebhookChannel(account, nonces, bridge.clock)
        case WechatAccount():
            passive = PassiveReplies(bridge.record, bridge.clock)
            return WechatChannel(
                account, nonces, bridge.redis, passive, files, bridge.clock, shop_id=bridge.settings.shop_id
            )
        case WecomAccount():
            return WecomChannel(
                account,
                bridge.redis,
                bridge.record,
                files,
                bridge.background,
                bridge.clock,
                shop_id=bridge.settings.shop_id,
            )


def _staff_bots(bridge: Bridge, rules: AlertRules) -> Iterator[StaffBot]:
    nonces = Nonces(bridge.redis, bridge.settings.shop_id)
    desk = Desk(
        bridge.record,
        bridge.staffing,
        bridge.clock,
        shop_id=bridge.settings.shop_id,
        shop_name=bridge.settings.shop_name,
        answer_limit=bridge.settings.answer_limit,
        workspace_url=rules.workspace_url,
    )
    for bot in rules.bots:
        match bot:
            case FeishuBot():
                yield FeishuStaffBot(
                    bot, desk, nonces, bridge.redis, bridge.background, bridge.clock, shop_id=bridge.settings.shop_id
                )
            case DingtalkBot():
                yield DingtalkStaffBot(bot, desk, nonces, bridge.background, bridge.clock)
