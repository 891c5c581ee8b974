"""微信客服: the doorbell, the cursor, the states, the codes, and what was not delivered."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contracts.entry import Entry, issue_entry
from contracts.events import Author, AuthorKind, CsatAskBody, MessageBody, Status, StatusBody
from handoff_api.channels import tencent
from handoff_api.channels.accounts import ChannelsFile
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.channels.receiving import Call
from handoff_api.errors import SignatureRefused
from handoff_api.record import channels as rows
from handoff_api.record import conversations, events, service
from handoff_api.record.tables import ChannelLinkRecord
from handoff_api.services.bridge import Bridge, build_bridge
from tests.fakes import wecom_platform as wecom
from tests.fakes.wecom_platform import WecomPlatform, doorbell
from tests.handoff_api.channels.conftest import BuildChannels, call
from tests.handoff_api.conftest import SECRETS, Clock, SettingsFor
from tests.handoff_api.stand_in_bot import StandInBot

CHANNEL = "wecom:main"
USER = "wmDEMOcustomer01"


@pytest.fixture
def platform(wecom_platform: WecomPlatform) -> WecomPlatform:
    return wecom_platform


@pytest.fixture
def account(wecom_account: dict[str, Any]) -> dict[str, Any]:
    return wecom_account


@pytest.fixture
def hub(channels_for: BuildChannels, account: dict[str, Any]) -> Channels:
    return channels_for(account)


async def ring(hub: Channels, bridge: Bridge, clock: Clock) -> None:
    assert (await call(hub, CHANNEL, doorbell(clock()))).body == b"success"
    await bridge.background.settle()


async def link_of(bridge: Bridge) -> ChannelLinkRecord:
    async with bridge.record.reading() as session:
        link = await rows.link(session, CHANNEL, USER)
    assert link
    return link


async def cursor_of(bridge: Bridge) -> str:
    async with bridge.record.writing() as session:
        return (await rows.cursor(session, CHANNEL, wecom.KFID)).cursor


async def say(bridge: Bridge, *bodies: Any) -> None:
    """What the shop's side writes into the conversation."""
    conversation_id = (await link_of(bridge)).conversation_id
    async with bridge.record.writing() as session:
        row = await conversations.locked(session, conversation_id)
        author = Author(kind=AuthorKind.SYSTEM, name="店")
        new = [await events.append(session, row, body, author, now=bridge.clock()) for body in bodies]
    await bridge.herald.announce(row, *new)
    await bridge.background.settle()


# --- the doorbell ---------------------------------------------------------------------------------------------------
async def test_the_url_check_is_decrypted(hub: Channels, clock: Clock) -> None:
    echo = tencent.Envelope(wecom.AES_KEY, wecom.CORP_ID).encrypt(b"6789012345678901234")
    timestamp = str(int(clock().timestamp()))
    query = {"timestamp": timestamp, "nonce": "881122", "echostr": echo}
    signed = tencent.signature(wecom.TOKEN, timestamp, "881122", echo)

    answer = await call(hub, CHANNEL, Call("GET", {**query, "msg_signature": signed}, {}, b""))

    assert answer.body == b"6789012345678901234"
    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, Call("GET", {**query, "msg_signature": "0" * 40}, {}, b""))


async def test_a_forged_or_stale_doorbell_fetches_nothing(hub: Channels, clock: Clock, platform: WecomPlatform) -> None:
    genuine = doorbell(clock())
    old = doorbell(clock() - timedelta(minutes=6))

    for bell in (Call("POST", {**genuine.query, "msg_signature": "0" * 40}, {}, genuine.body), old):
        with pytest.raises(SignatureRefused):
            await call(hub, CHANNEL, bell)
    assert platform.syncs == []


async def test_a_message_is_fetched_obeyed_and_answered(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "我的快递到哪了", clock())

    await ring(hub, bridge, clock)

    greeting, reply = platform.shown[USER]
    assert [entry["click"]["content"] for entry in greeting["msgmenu"]["list"]][0] == "查物流"
    assert reply["text"]["content"] == "收到：我的快递到哪了"
    assert platform.states[USER] == 1, "the bot serves in the assistant's state"
    assert platform.syncs[0]["token"] == "ENCtoken"


async def test_a_tap_on_the_menu_is_the_button(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "哪个订单", clock())
    await ring(hub, bridge, clock)
    entry = platform.shown[USER][-1]["msgmenu"]["list"][0]["click"]

    platform.says(USER, entry["content"], clock(), menu_id=entry["id"])
    await ring(hub, bridge, clock)

    assert platform.texts(USER)[-1] == "pressed inform {'order_number': '1'}"


# --- the cursor -----------------------------------------------------------------------------------------------------
async def test_an_empty_page_with_more_to_come_is_not_the_end(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "第一句", clock())
    await ring(hub, bridge, clock)
    platform.empty_pages, platform.page_size = 2, 1
    for number in range(3):
        platform.says(USER, f"补充 {number}", clock())

    await ring(hub, bridge, clock)

    async with bridge.record.reading() as session:
        said = await events.after(session, (await link_of(bridge)).conversation_id, 0)
    texts = [e.body.text for e in said if isinstance(e.body, MessageBody) and e.author.kind == "shopper"]
    assert texts == ["第一句", "补充 0", "补充 1", "补充 2"]
    assert await cursor_of(bridge) == "c4"


async def test_a_first_start_takes_nothing_that_happened_before(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.page_size = 2
    for number in range(5):
        platform.says(USER, f"昨天的 {number}", clock() - timedelta(days=1))
    platform.says(USER, "刚才的", clock())

    await ring(hub, bridge, clock)

    assert platform.texts(USER)[-1] == "收到：刚才的"
    assert await cursor_of(bridge) == "c6"


async def test_the_cursor_moves_with_the_messages_or_not_at_all(
    hub: Channels,
    bridge: Bridge,
    clock: Clock,
    platform: WecomPlatform,
    monkeypatch: pytest.MonkeyPatch,
    bot: StandInBot,
) -> None:
    platform.says(USER, "第一句", clock())
    await ring(hub, bridge, clock)
    before = await cursor_of(bridge)
    platform.says(USER, "第二句", clock())
    take_in, died = rows.take_in, []

    async def dies(*arguments: Any, **more: Any) -> bool:
        await take_in(*arguments, **more)
        died.append(True)
        raise asyncio.CancelledError  # as the process would, between the messages and the commit

    with monkeypatch.context() as patch:
        patch.setattr(rows, "take_in", dies)
        await ring(hub, bridge, clock)
    assert died
    assert await cursor_of(bridge) == before

    clock.advance(seconds=40)
    await hub.sweep()
    await bridge.background.settle()

    assert [turn["text"] for turn in bot.turns] == ["第一句", "第二句"]


async def test_of_two_consumers_one_wins(
    hub: Channels,
    bridge: Bridge,
    account: dict[str, Any],
    settings_for: SettingsFor,
    clock: Clock,
    platform: WecomPlatform,
    bot: StandInBot,
) -> None:
    other = build_bridge(settings_for(), clock)
    there = build_channels(other, ChannelsFile.model_validate({"accounts": [account]}))
    for number in range(10):
        platform.says(USER, f"第 {number} 句", clock())

    await asyncio.gather(call(hub, CHANNEL, doorbell(clock())), call(there, CHANNEL, doorbell(clock())))
    for _ in range(3):
        await bridge.background.settle()
        await other.background.settle()

    async with bridge.record.reading() as session:
        said = await events.after(session, (await link_of(bridge)).conversation_id, 0)
    assert sum(event.author.kind == "shopper" for event in said) == 10
    await there.close()
    await other.close()


async def test_who_holds_no_lease_fetches_nothing(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    async with bridge.record.writing() as session:
        name = f"{CHANNEL}:{wecom.KFID}"
        await service.take_lease(session, name, "somebody", now=clock(), lifetime=timedelta(minutes=1))
    platform.says(USER, "你好", clock())

    await ring(hub, bridge, clock)

    assert platform.syncs == []
    clock.advance(minutes=2)
    await hub.sweep()
    await bridge.background.settle()
    assert platform.texts(USER)[-1] == "收到：你好"


async def test_a_lost_doorbell_is_made_up_for(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "没有门铃", clock())

    await hub.sweep()
    await bridge.background.settle()

    assert platform.texts(USER)[-1] == "收到：没有门铃"


async def test_a_fetch_that_fails_is_repeated(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.sync_faults.extend([-1, -1])
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)
    assert platform.syncs == []

    for _ in range(3):
        clock.advance(seconds=10)
        await hub.sweep()
        await bridge.background.settle()

    assert platform.texts(USER)[-1] == "收到：你好"


# --- sending --------------------------------------------------------------------------------------------------------
async def test_a_lost_answer_shows_nothing_twice(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.faults.append("drop_after")
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)

    for _ in range(3):
        clock.advance(seconds=10)
        await hub.sweep()
        await bridge.background.settle()

    assert len(platform.shown[USER]) == 2
    assert platform.sends == 3


async def test_who_enters_is_welcomed_by_the_code_without_using_the_quota(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    token = issue_entry(
        Entry(shop_id="demo", order_number="202611210001"),
        SECRETS["identity_secret"],
        now=clock(),
        lifetime=timedelta(hours=1),
    )
    platform.enters(USER, clock(), scene_param=token)

    await ring(hub, bridge, clock)

    [welcome] = platform.shown[USER]
    assert "AI" in welcome["msgmenu"]["head_content"]
    assert platform.codes == {}
    async with bridge.record.reading() as session:
        row = await conversations.by_id(session, (await link_of(bridge)).conversation_id)
    assert row.page == {"order_number": "202611210001"}


async def test_the_end_closes_the_service_and_asks_how_it_was_beyond_the_quota(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)
    left = platform.quota[USER]

    await say(bridge, StatusBody(status=Status.CLOSED, epoch=1, line="本次服务已结束。"), CsatAskBody(session_id="s_1"))

    assert platform.states[USER] == 4
    last = platform.shown[USER][-1]["msgmenu"]
    assert last["head_content"] == "本次服务已结束。\n\n请您为本次人工服务打分："
    assert [entry["click"]["id"] for entry in last["list"]] == [f"rate:s_1:{score}" for score in range(1, 6)]
    assert platform.quota[USER] == left


async def test_after_the_end_the_next_message_begins_anew(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)
    await say(bridge, CsatAskBody(session_id="s_1"))

    platform.says(USER, "又来了", clock())
    await ring(hub, bridge, clock)

    assert platform.texts(USER)[-1] == "收到：又来了"
    assert platform.states[USER] == 1


async def test_while_a_colleague_serves_in_wecom_nothing_is_sent(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)
    platform.states[USER] = 3
    said = len(platform.shown[USER])

    await say(bridge, MessageBody(text="您的退款已到账"))

    assert len(platform.shown[USER]) == said
    async with bridge.record.reading() as session:
        [held] = await rows.undelivered_of(session, (await link_of(bridge)).conversation_id)
    assert "企业微信里的同事" in held.reason


@pytest.mark.parametrize(("fail_type", "words"), [(4, "48 小时"), (5, "已经结束"), (6, "最多回复 5 条"), (10, "拒收")])
async def test_what_the_platform_reports_as_undelivered_is_shown_with_its_reason(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform, fail_type: int, words: str
) -> None:
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)
    sent = platform.shown[USER][-1]["msgid"]

    platform.reports(USER, clock(), event_type="msg_send_fail", fail_msgid=sent, fail_type=fail_type)
    await ring(hub, bridge, clock)

    async with bridge.record.reading() as session:
        [failed] = await rows.undelivered_of(session, (await link_of(bridge)).conversation_id)
    assert failed.delivery_id == sent
    assert words in failed.reason


async def test_the_sixth_message_is_not_even_tried(
    hub: Channels, bridge: Bridge, clock: Clock, platform: WecomPlatform
) -> None:
    platform.says(USER, "你好", clock())
    await ring(hub, bridge, clock)

    for number in range(6):
        await say(bridge, MessageBody(text=f"补充 {number}"))

    assert len(platform.shown[USER]) == 5
    assert platform.sends == 5
