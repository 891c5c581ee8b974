"""公众号 and 小程序 against a platform that checks, counts, forgets and repeats."""

import asyncio
import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.entry import Entry, issue_entry
from contracts.events import Author, AuthorKind, MessageBody
from contracts.identity import VisitorIdentity
from handoff_api import lines
from handoff_api.app import create_app
from handoff_api.channels import tencent
from handoff_api.channels.accounts import ChannelsFile
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.channels.receiving import Call
from handoff_api.channels.wechat import passive
from handoff_api.errors import RequestInvalid, SignatureRefused
from handoff_api.record import channels as rows
from handoff_api.record import conversations, events
from handoff_api.services.bridge import Bridge, build_bridge
from tests.fakes import wechat_platform as wechat
from tests.fakes.wechat_platform import WechatPlatform, as_call, event_message, query_of, text_message
from tests.handoff_api.channels.conftest import BuildChannels, Talk, call, until
from tests.handoff_api.conftest import SECRETS, Clock, Desk, SettingsFor, free_port, serving
from tests.handoff_api.stand_in_bot import StandInBot

CHANNEL = "wechat:main"
USER = "oDEMOopenid0001"


@pytest.fixture
def platform(wechat_platform: WechatPlatform) -> WechatPlatform:
    return wechat_platform


@pytest.fixture
def account(wechat_account: dict[str, Any]) -> dict[str, Any]:
    return {**wechat_account, "menu": {"TRACK": "查物流", "HUMAN": "person"}}


@pytest.fixture
def hub(channels_for: BuildChannels, account: dict[str, Any]) -> Channels:
    return channels_for(account)


@pytest.fixture
def talk(bridge: Bridge, hub: Channels, platform: WechatPlatform) -> Talk:
    """A user whose every message opens five for 48 hours, here and at the platform."""
    platform.allow(USER)
    return Talk(bridge, hub, CHANNEL, USER, grant_left=5, grant_s=48 * 3600)


async def pushed(hub: Channels, bridge: Bridge, fields: dict[str, str | int], now: Any, **how: Any) -> str:
    answer = await call(hub, CHANNEL, as_call(fields, now, **how))
    await bridge.background.settle()
    return bytes(answer.body).decode()


# --- who is calling -------------------------------------------------------------------------------------------------
async def test_the_url_check_gives_back_the_echo(hub: Channels, clock: Clock) -> None:
    answer = await call(hub, CHANNEL, Call("GET", query_of(clock(), echostr="4711-abc"), {}, b""))

    assert (answer.body, answer.media_type) == (b"4711-abc", "text/plain")


@pytest.mark.parametrize("spoil", [{"signature": "0" * 40}, {"signature": ""}, {"nonce": "other"}, {"timestamp": "1"}])
async def test_a_bad_signature_is_refused_before_anything_is_read(
    hub: Channels, clock: Clock, spoil: dict[str, str]
) -> None:
    query = {**query_of(clock(), echostr="x"), **spoil}

    for method in ("GET", "POST"):
        with pytest.raises(SignatureRefused):
            await call(hub, CHANNEL, Call(method, query, {}, b"<not even xml"))


@pytest.mark.parametrize(("skew_s", "is_taken"), [(-280, True), (280, True), (-320, False), (320, False)])
async def test_a_stale_timestamp_is_refused(hub: Channels, clock: Clock, skew_s: int, is_taken: bool) -> None:
    old = as_call(text_message(USER, "你好", 1, clock()), clock() + timedelta(seconds=skew_s))

    if is_taken:
        assert (await call(hub, CHANNEL, old)).body == b"success"
    else:
        with pytest.raises(SignatureRefused):
            await call(hub, CHANNEL, old)


@pytest.mark.parametrize(
    ("mode", "as_json"), [("plain", False), ("compatible", False), ("safe", False), ("safe", True), ("plain", True)]
)
async def test_all_three_modes_and_json_are_read(
    channels_for: BuildChannels,
    account: dict[str, Any],
    platform: WechatPlatform,
    bridge: Bridge,
    clock: Clock,
    mode: str,
    as_json: bool,
) -> None:
    hub = channels_for({**account, "mode": mode})
    platform.allow(USER)

    answer = await pushed(
        hub, bridge, text_message(USER, "我要退货😡]]>", 1, clock()), clock(), mode=mode, as_json=as_json
    )

    assert answer == "success"
    assert platform.texts(USER)[-1] == "收到：我要退货😡]]>"


async def test_in_safe_mode_a_plain_message_is_refused(hub: Channels, clock: Clock) -> None:
    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, as_call(text_message(USER, "你好", 1, clock()), clock(), mode="plain"))


async def test_a_changed_ciphertext_and_another_accounts_are_refused(hub: Channels, clock: Clock) -> None:
    genuine = as_call(text_message(USER, "你好", 1, clock()), clock())
    sealed = tencent.parse(genuine.body)["Encrypt"]
    spoilt = tencent.to_xml({"Encrypt": ("B" if sealed[0] == "A" else "A") + sealed[1:]})
    foreign = tencent.Envelope(wechat.AES_KEY, "wxanother").encrypt(b"<xml></xml>")
    signed = tencent.signature(wechat.TOKEN, genuine.query["timestamp"], genuine.query["nonce"], foreign)

    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, Call("POST", genuine.query, {}, spoilt))
    query = {**genuine.query, "msg_signature": signed}
    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, Call("POST", query, {}, tencent.to_xml({"Encrypt": foreign})))


async def test_a_replayed_call_is_success_and_not_even_read(
    hub: Channels, bridge: Bridge, bot: StandInBot, clock: Clock, platform: WechatPlatform, account: dict[str, Any]
) -> None:
    platform.allow(USER)
    genuine = as_call(text_message(USER, "你好", 1, clock()), clock())
    await call(hub, CHANNEL, genuine)

    again = await call(hub, CHANNEL, Call("POST", genuine.query, {}, b"<another body"))

    await bridge.background.settle()
    assert again.body == b"success"
    assert len(bot.turns) == 1


async def test_a_broken_message_is_refused(channels_for: BuildChannels, account: dict[str, Any], clock: Clock) -> None:
    hub = channels_for({**account, "mode": "plain"})

    with pytest.raises(RequestInvalid):
        await call(hub, CHANNEL, Call("POST", query_of(clock()), {}, b"<xml><Content>"))


# --- once -----------------------------------------------------------------------------------------------------------
async def test_the_same_message_three_times_gives_one_reply(
    hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock, bot: StandInBot
) -> None:
    platform.allow(USER)

    for _ in range(3):
        assert await pushed(hub, bridge, text_message(USER, "你好", 77, clock()), clock()) == "success"

    assert len(bot.turns) == 1
    assert platform.texts(USER).count("收到：你好") == 1


async def test_an_event_without_an_id_counts_once(
    hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock
) -> None:
    platform.allow(USER, 3, 60)
    at = clock()

    for _ in range(3):
        await pushed(hub, bridge, event_message(USER, "subscribe", at), clock())

    assert len(platform.shown[USER]) == 1
    assert "AI" in platform.texts(USER)[0]


async def test_success_is_said_at_once_however_slow_the_bot_is(
    settings_for: SettingsFor,
    account: dict[str, Any],
    tmp_path: Path,
    bot: StandInBot,
    platform: WechatPlatform,
    clock: Clock,
) -> None:
    file = tmp_path / "channels.yml"
    file.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    platform.allow(USER)
    bot.gate = threading.Event()
    port = free_port()
    with serving(create_app(settings_for(bridge_port=port, channels_file=file)), port) as url:
        answers = await wechat.push(
            f"{url}/channels/wechat/main", lambda: as_call(text_message(USER, "你好", 5, clock()), clock())
        )
        await until(bot.is_asked.is_set)
        bot.gate.set()
        await until(lambda: "收到：你好" in platform.texts(USER))

    assert answers == ["success"], "at the first try, while the bot has said nothing yet"


# --- what is sent ---------------------------------------------------------------------------------------------------
async def test_choices_are_a_menu_and_a_tap_is_the_button(
    hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock
) -> None:
    platform.allow(USER)
    await pushed(hub, bridge, text_message(USER, "哪个订单", 1, clock()), clock())
    menu = platform.shown[USER][-1]["msgmenu"]

    tapped = {**text_message(USER, "第二个", 2, clock()), "bizmsgmenuid": menu["list"][1]["id"]}
    await pushed(hub, bridge, tapped, clock())

    assert [entry["content"] for entry in menu["list"]] == ["第一个", "第二个"]
    assert platform.texts(USER)[-1] == "pressed inform {'order_number': '2'}"


async def test_a_mini_program_has_no_menus_but_numbers(
    channels_for: BuildChannels, account: dict[str, Any], bridge: Bridge, platform: WechatPlatform
) -> None:
    hub = channels_for({**account, "mini_program": True})
    platform.allow(USER, 50)
    talk = Talk(bridge, hub, CHANNEL, USER, grant_left=50, grant_s=1000)
    await talk.say("哪个订单")

    await talk.say("第二个")

    assert all(body["msgtype"] == "text" for body in platform.shown[USER])
    assert platform.texts(USER)[-1] == "pressed inform {'order_number': '2'}"


async def test_twenty_sends_at_token_expiry_need_one_refresh(
    hub: Channels, bridge: Bridge, platform: WechatPlatform
) -> None:
    users = [f"oUSER{number:02}" for number in range(20)]
    talks = [Talk(bridge, hub, CHANNEL, user, grant_left=5, grant_s=1000) for user in users]
    for user in users:
        platform.allow(user, 50)
    await talks[0].say("先取一个")
    platform.token_fetches = 0
    platform.expire_token()
    platform.fetch_delay_s = 0.2

    for talk in talks:
        talk.count += 1
    await asyncio.gather(*(talk.say(f"你好 {talk.user_id}") for talk in talks))
    await bridge.background.settle()

    assert platform.token_fetches == 1
    assert all(f"收到：你好 {user}" in platform.texts(user) for user in users)


async def test_two_processes_share_one_refresher(
    channels_for: BuildChannels,
    account: dict[str, Any],
    bridge: Bridge,
    settings_for: SettingsFor,
    platform: WechatPlatform,
    clock: Clock,
) -> None:
    here = channels_for(account)
    other = build_bridge(settings_for(), clock)
    there = build_channels(other, ChannelsFile.model_validate({"accounts": [account]}))
    platform.fetch_delay_s = 0.2

    tokens = await asyncio.gather(
        *(hub.adapters[CHANNEL]._api._tokens.get() for hub in (here, there) for _ in range(5))  # type: ignore[attr-defined]
    )

    assert len(set(tokens)) == 1
    assert platform.token_fetches == 1
    await there.close()
    await other.close()


async def test_a_token_the_platform_refuses_though_it_gives_it_is_forced_anew(
    hub: Channels, talk: Talk, platform: WechatPlatform
) -> None:
    await talk.say("你好")
    platform.faults.append(40001)

    await talk.say("在吗")

    assert platform.forced_fetches == 1
    assert platform.texts(USER)[-1] == "收到：在吗"


async def test_the_sixth_message_is_held_here_and_the_fifth_asks_to_go_on(
    talk: Talk, platform: WechatPlatform, bridge: Bridge, desk: Desk
) -> None:
    await talk.say("你好")
    visitor = await visitor_of(talk)
    for number in range(6):
        await bot_says(bridge, visitor, f"补充 {number}")
    await bridge.background.settle()

    assert platform.texts(USER)[-1] == lines.GO_ON
    assert len(platform.shown[USER]) == 5
    held = await talk.outbox("held")
    assert [row.body["text"] for row in held][-1] == "补充 5"
    assert platform.sends == 5, "nothing was tried that the platform would refuse"


async def test_what_was_held_comes_first_when_the_shopper_writes(
    talk: Talk, platform: WechatPlatform, bridge: Bridge
) -> None:
    await talk.say("你好")
    visitor = await visitor_of(talk)
    for number in range(4):
        await bot_says(bridge, visitor, f"补充 {number}")
    await bridge.background.settle()
    said = len(platform.shown[USER])

    platform.allow(USER)
    await talk.say("继续")

    after = platform.texts(USER)[said:]
    assert after[-1] == "收到：继续"
    assert [text for text in platform.texts(USER) if text.startswith("补充")] == [f"补充 {n}" for n in range(4)]


async def test_the_handoff_may_use_the_last_message(talk: Talk, platform: WechatPlatform, bridge: Bridge) -> None:
    await talk.say("你好")
    visitor = await visitor_of(talk)
    for number in range(2):
        await bot_says(bridge, visitor, f"补充 {number}")
    await bridge.background.settle()
    assert len(platform.shown[USER]) == 4

    await bridge.messages.request_person(visitor, "client-person")
    await bridge.background.settle()

    assert len(platform.shown[USER]) == 5
    assert "人工客服" in platform.texts(USER)[-1]


@pytest.mark.parametrize(("code", "is_held"), [(45015, True), (45047, True), (40003, False)])
async def test_what_the_platform_refuses_is_held_or_dead_and_says_why(
    talk: Talk, platform: WechatPlatform, code: int, is_held: bool
) -> None:
    await talk.say("你好")
    platform.faults.append(code)

    await talk.say("在吗")

    [row] = await talk.outbox("held" if is_held else "dead")
    assert row.body["text"] == "收到：在吗"
    assert row.reason
    assert "40003" in row.reason or is_held


async def test_after_48_hours_nothing_is_tried_and_it_is_shown_why(
    talk: Talk, platform: WechatPlatform, bridge: Bridge, clock: Clock
) -> None:
    await talk.say("你好")
    visitor, sends = await visitor_of(talk), platform.sends
    clock.advance(hours=49)

    await bot_says(bridge, visitor, "您的退款已到账")
    await bridge.background.settle()

    [row] = await talk.outbox("held")
    assert "太久没有发消息" in row.reason
    assert platform.sends == sends


async def test_a_busy_platform_gets_it_again_and_the_budget_is_right(
    talk: Talk, platform: WechatPlatform, hub: Channels, bridge: Bridge, clock: Clock
) -> None:
    await talk.say("你好")
    platform.faults.extend(["busy", 45009, "busy"])

    await talk.say("在吗")
    for _ in range(4):
        clock.advance(seconds=20)
        await hub.sweep()
        await bridge.background.settle()

    assert platform.texts(USER)[-1] == "收到：在吗"
    assert (await talk.link()).grants[0][1] == 4


async def test_a_long_answer_is_cut_at_2048_bytes_on_a_character(talk: Talk, platform: WechatPlatform) -> None:
    await talk.say("好" * 1200)

    parts = platform.texts(USER)[1:]
    assert "".join(parts) == "收到：" + "好" * 1200
    assert all(len(part.encode()) <= 2048 for part in parts)


async def test_typing_is_shown_while_the_bot_thinks(talk: Talk, platform: WechatPlatform) -> None:
    await talk.say("你好")

    await talk.say("在吗")

    assert platform.typing == [USER], "not more often than every few seconds"


# --- events ---------------------------------------------------------------------------------------------------------
async def test_an_entry_of_the_accounts_menu_is_what_the_file_says(
    hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock
) -> None:
    platform.allow(USER, 10)

    await pushed(hub, bridge, event_message(USER, "CLICK", clock(), EventKey="TRACK"), clock())
    await pushed(hub, bridge, event_message(USER, "CLICK", clock(), EventKey="HUMAN"), clock())
    await pushed(hub, bridge, event_message(USER, "CLICK", clock(), EventKey="UNKNOWN"), clock())
    await pushed(hub, bridge, event_message(USER, "VIEW", clock(), EventKey="https://x"), clock())

    async with bridge.record.reading() as session:
        link = await rows.link(session, CHANNEL, USER)
        assert link
        said = await events.after(session, link.conversation_id, 0)
        row = await conversations.by_id(session, link.conversation_id)
    assert [e.body.text for e in said if isinstance(e.body, MessageBody) and e.author.kind == "shopper"] == ["查物流"]
    assert row.status in ("queued", "message_left")


async def test_who_unfollows_gets_nothing_until_they_write_again(
    talk: Talk, hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock
) -> None:
    await talk.say("你好")
    visitor, sends = await visitor_of(talk), platform.sends
    await pushed(hub, bridge, event_message(USER, "unsubscribe", clock()), clock())

    await bot_says(bridge, visitor, "您的退款已到账")
    await bridge.background.settle()

    assert platform.sends == sends
    assert len(await talk.outbox("held")) == 1


async def test_a_mini_programs_entrance_binds_shopper_and_order(
    channels_for: BuildChannels, account: dict[str, Any], bridge: Bridge, platform: WechatPlatform, clock: Clock
) -> None:
    hub = channels_for({**account, "mini_program": True})
    platform.allow(USER, 10)
    entry = Entry(shop_id="demo", shopper_id="S001", order_number="202611210001")
    token = issue_entry(entry, SECRETS["identity_secret"], now=clock(), lifetime=timedelta(hours=1))

    entering = event_message(USER, "user_enter_tempsession", clock(), SessionFrom=token)
    await pushed(hub, bridge, entering, clock(), as_json=True)

    row = await conversation_of(bridge)
    assert row.shopper_id == "S001"
    assert row.page == {"order_number": "202611210001"}


@pytest.mark.parametrize("forged", ["202611210001", "order:202611210001", "e30.AAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_bare_order_number_at_the_entrance_binds_nothing(
    hub: Channels, bridge: Bridge, platform: WechatPlatform, clock: Clock, forged: str
) -> None:
    platform.allow(USER, 10)

    await pushed(hub, bridge, event_message(USER, "user_enter_tempsession", clock(), SessionFrom=forged), clock())

    row = await conversation_of(bridge)
    assert row.shopper_id is None
    assert row.page == {}


# --- passive replies ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_an_account_that_may_only_answer_passively_answers_in_the_response(
    channels_for: BuildChannels, account: dict[str, Any], platform: WechatPlatform, clock: Clock, mode: str
) -> None:
    hub = channels_for({**account, "reply": "passive", "app_secret": "", "mode": mode})
    said = text_message(USER, "我要退货]]>", 9, clock())

    first = await call(hub, CHANNEL, as_call(said, clock(), mode=mode))
    again = await call(hub, CHANNEL, as_call(said, clock(), mode=mode))

    for answer in (first, again):
        fields = opened(bytes(answer.body), mode)
        assert fields["ToUserName"] == USER
        assert fields["Content"].endswith("收到：我要退货]]>")
    assert platform.sends == 0


async def test_a_slow_answer_is_fetched_by_the_next_message(
    channels_for: BuildChannels, account: dict[str, Any], bridge: Bridge, clock: Clock, bot: StandInBot
) -> None:
    hub = channels_for({**account, "reply": "passive", "app_secret": "", "mode": "plain", "passive_wait_s": 0.3})
    passive_cut, passive.CUT_AFTER_S = passive.CUT_AFTER_S, 0.4
    bot.gate = threading.Event()
    said = text_message(USER, "我要退货", 9, clock())
    try:
        tries = [await call(hub, CHANNEL, as_call(said, clock(), mode="plain")) for _ in range(3)]
        bot.gate.set()
        await bridge.background.settle()
        more = text_message(USER, "好了吗", 10, clock())
        for _ in range(3):
            later = await call(hub, CHANNEL, as_call(more, clock(), mode="plain"))
            if later.body != b"success":
                break
    finally:
        passive.CUT_AFTER_S = passive_cut

    assert [bytes(answer.body) for answer in tries[:2]] == [b"success"] * 2
    assert opened(bytes(tries[2].body), "plain")["Content"].endswith(lines.STILL_WORKING)
    assert "收到：我要退货" in opened(bytes(later.body), "plain")["Content"]


def opened(body: bytes, mode: str) -> dict[str, str]:
    outer = tencent.parse(body)
    if mode == "plain":
        return outer
    parts = (wechat.TOKEN, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    assert tencent.is_signed(outer["MsgSignature"], *parts)
    return tencent.parse(tencent.Envelope(wechat.AES_KEY, wechat.APP_ID).decrypt(outer["Encrypt"]))


async def visitor_of(talk: Talk) -> Any:
    link = await talk.link()
    return VisitorIdentity(shop_id="demo", visitor_id="v", conversation_id=link.conversation_id, channel=link.channel)


async def bot_says(bridge: Bridge, visitor: Any, text: str) -> None:
    """A message of the shop's side that nothing was asked for."""
    async with bridge.record.writing() as session:
        row = await conversations.locked(session, visitor.conversation_id)
        author = Author(kind=AuthorKind.BOT, name="店")
        event = await events.append(session, row, MessageBody(text=text), author, now=bridge.clock())
    await bridge.herald.announce(row, event)
    await bridge.background.settle()


async def conversation_of(bridge: Bridge) -> Any:
    async with bridge.record.reading() as session:
        link = await rows.link(session, CHANNEL, USER)
        assert link
        return await conversations.by_id(session, link.conversation_id)
