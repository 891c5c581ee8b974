"""Pictures, voice and videos that shoppers send: fetched afterwards, kept once, or an honest word instead."""

import asyncio
import json
from typing import Any

import pytest

from contracts.events import Event, MessageBody
from handoff_api import lines
from handoff_api.channels.hub import Channels
from handoff_api.channels.receiving import Call
from handoff_api.channels.webhook import signing
from handoff_api.errors import RequestInvalid
from handoff_api.record import channels as rows
from handoff_api.record import events, files
from handoff_api.record.tables import FileRecord
from handoff_api.services.bridge import Bridge
from handoff_api.services.files import Files
from tests.fakes.recordings import MP4, amr
from tests.fakes.webhook_app import KEYS, WebhookApp
from tests.fakes.wechat_platform import WechatPlatform, as_call, media_message, text_message
from tests.fakes.wecom_platform import WecomPlatform, doorbell
from tests.handoff_api.channels.conftest import BuildChannels, call, until
from tests.handoff_api.conftest import Clock
from tests.handoff_api.pictures import HTML, PDF, picture, pixel_bomb
from tests.handoff_api.stand_in_bot import StandInBot

CHANNEL, USER = "wechat:main", "oDEMOopenid0001"


@pytest.fixture
def hub(channels_for: BuildChannels, wechat_account: dict[str, Any]) -> Channels:
    return channels_for(wechat_account)


async def sent(
    hub: Channels, bridge: Bridge, kind: str, media_id: str, *, number: int = 1, again: int = 0, **more: str
) -> None:
    """The platform's call with a file, answered at once, repeated `again` times."""
    for _ in range(1 + again):
        said = media_message(USER, kind, media_id, number, bridge.clock(), **more)
        assert (await call(hub, CHANNEL, as_call(said, bridge.clock()))).body == b"success"
    await bridge.background.settle()


async def said_in(bridge: Bridge, channel: str = CHANNEL, user_id: str = USER) -> list[Event]:
    async with bridge.record.reading() as session:
        link = await rows.link(session, channel, user_id)
        assert link
        return list(await events.after(session, link.conversation_id, 0))


async def shopper_said(bridge: Bridge, channel: str = CHANNEL, user_id: str = USER) -> list[MessageBody]:
    return [
        event.body
        for event in await said_in(bridge, channel, user_id)
        if event.author.kind == "shopper" and isinstance(event.body, MessageBody)
    ]


async def stored(bridge: Bridge, channel: str = CHANNEL, user_id: str = USER) -> list[FileRecord]:
    async with bridge.record.reading() as session:
        link = await rows.link(session, channel, user_id)
        assert link
        return list(await files.of_conversation(session, link.conversation_id))


# --- a picture ------------------------------------------------------------------------------------------------------
async def test_a_picture_is_in_the_conversation_and_the_bot_is_told(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, bot: StandInBot
) -> None:
    wechat_platform.allow(USER)

    await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture(size=(640, 480))), again=2)

    [said] = await shopper_said(bridge)
    [attachment] = said.attachments
    assert (said.text, attachment.kind, attachment.width, attachment.height) == ("", "picture", 640, 480)
    assert (await bridge.files.read(attachment.attachment_id)).media_type == "image/jpeg"
    [turn] = bot.turns
    assert [shown["is_new"] for shown in turn["metadata"]["pictures"]] == [True]
    assert turn["reading"]["entities"] == {"choice": "picture"}
    assert wechat_platform.media.fetches == 1, "a repeated call fetches nothing"


async def test_words_after_a_picture_stay_behind_it(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    wechat_platform.allow(USER, 20)
    media_id = wechat_platform.media.keep("image", picture())
    wechat_platform.media.faults.append("busy")
    await sent(hub, bridge, "image", media_id)
    await call(hub, CHANNEL, as_call(text_message(USER, "就是这个坏了", 2, clock()), clock()))
    await bridge.background.settle()
    assert await shopper_said(bridge) == []

    clock.advance(seconds=2)
    await hub.sweep()
    await bridge.background.settle()

    first, second = await shopper_said(bridge)
    assert (len(first.attachments), second.text) == (1, "就是这个坏了")


async def test_nobody_elses_words_wait_for_a_picture(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = asyncio.Event()
    fetch = hub.adapters[CHANNEL].fetch

    async def waiting(media: Any) -> bytes:
        await arrived.wait()
        return await fetch(media)

    monkeypatch.setattr(hub.adapters[CHANNEL], "fetch", waiting)
    for number in range(6):
        wechat_platform.allow(f"oSLOW{number}")
        media_id = wechat_platform.media.keep("image", picture())
        said = media_message(f"oSLOW{number}", "image", media_id, number, clock())
        await call(hub, CHANNEL, as_call(said, clock()))
    wechat_platform.allow(USER)

    await call(hub, CHANNEL, as_call(text_message(USER, "你好", 99, clock()), clock()))

    await until(lambda: "收到：你好" in wechat_platform.texts(USER), within_s=30)
    arrived.set()
    await bridge.background.settle()
    for number in range(6):
        [body] = await shopper_said(bridge, user_id=f"oSLOW{number}")
        assert len(body.attachments) == 1


async def test_a_token_that_ended_is_renewed_for_a_file(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    wechat_platform.allow(USER, 20)
    await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture()))
    wechat_platform.token_fetches = 0
    wechat_platform.expire_token()

    await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture()), number=2)

    assert [len(said.attachments) for said in await shopper_said(bridge)] == [1, 1]
    assert wechat_platform.token_fetches == 1


@pytest.mark.parametrize("fault", ["busy", -1, "cut", "stall"])
async def test_what_fails_for_a_moment_is_fetched_again(
    channels_for: BuildChannels,
    wechat_account: dict[str, Any],
    bridge: Bridge,
    wechat_platform: WechatPlatform,
    clock: Clock,
    fault: int | str,
) -> None:
    hub = channels_for({**wechat_account, "timeout_s": 0.3} if fault == "stall" else wechat_account)
    wechat_platform.allow(USER)
    media_id = wechat_platform.media.keep("image", picture())
    wechat_platform.media.faults.append(fault)
    wechat_platform.media.stall_s = 0.8

    await sent(hub, bridge, "image", media_id)
    clock.advance(seconds=2)
    await hub.sweep()
    await bridge.background.settle()

    [said] = await shopper_said(bridge)
    assert len(said.attachments) == 1


# --- what cannot be had ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "已过期"),
        (HTML, "格式不支持"),
        (b"\xff\xd8\xff" + b"not a picture", "格式不支持"),
        (b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), "文件太大"),
        (pixel_bomb(9_000, 9_000), "尺寸太大"),
    ],
    ids=["gone", "page", "broken", "large", "bomb"],
)
async def test_what_cannot_be_had_is_said_to_agent_and_shopper(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, bot: StandInBot, content: bytes | None, reason: str
) -> None:
    wechat_platform.allow(USER)
    media_id = wechat_platform.media.keep("image", content) if content else "Mgone"

    await sent(hub, bridge, "image", media_id)

    [said] = await shopper_said(bridge)
    assert (said.text, said.attachments) == (f"[图片]（没有收到：{reason}）", [])
    assert f"您发来的图片没有收到（{reason}）" in wechat_platform.texts(USER)[-1]
    assert bot.turns == []
    assert await stored(bridge) == []


async def test_a_platform_that_stays_away_costs_the_file_and_not_the_conversation(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    wechat_platform.allow(USER)
    wechat_platform.media.faults.extend(["busy"] * 50)

    await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture()))
    for _ in range(8):
        clock.advance(seconds=70)
        await hub.sweep()
        await bridge.background.settle()

    [said] = await shopper_said(bridge)
    assert said.text == "[图片]（没有收到：平台没有响应）"


# --- crashes --------------------------------------------------------------------------------------------------------
async def test_killed_between_fetch_and_commit_the_picture_is_there_once(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat_platform.allow(USER)

    with monkeypatch.context() as patch:
        patch.setattr(bridge.files, "take_in", _dies_after(bridge.files))
        await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture()))
    assert await shopper_said(bridge) == []
    await after_a_restart(hub, bridge)

    [said] = await shopper_said(bridge)
    assert len(said.attachments) == 1
    assert wechat_platform.media.fetches == 2
    clock.advance(hours=25)
    await bridge.files.sweep()
    kept = await stored(bridge)
    assert [row.attachment_id for row in kept] == [said.attachments[0].attachment_id], "the stray one is forgotten"


async def test_killed_between_fetch_and_message_nothing_is_fetched_twice(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat_platform.allow(USER)

    async def dies(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(bridge.messages, "send", dies)
        await sent(hub, bridge, "image", wechat_platform.media.keep("image", picture()))
    await after_a_restart(hub, bridge)

    [said] = await shopper_said(bridge)
    assert len(said.attachments) == 1
    assert wechat_platform.media.fetches == 1


def _dies_after(kept: Files) -> Any:
    take_in = kept.take_in

    async def dies(*arguments: Any, **more: Any) -> None:
        await take_in(*arguments, **more)
        raise asyncio.CancelledError  # as the process would

    return dies


async def after_a_restart(hub: Channels, bridge: Bridge) -> None:
    async with bridge.record.writing() as session:
        await rows.release_leases(session)
    await hub.sweep()
    await bridge.background.settle()


# --- voice and video ------------------------------------------------------------------------------------------------
async def test_a_recognised_voice_message_is_its_words(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    wechat_platform.allow(USER)

    media_id = wechat_platform.media.keep("voice", amr(3))
    await sent(hub, bridge, "voice", media_id, Format="amr", Recognition="我的快递到哪了")

    assert wechat_platform.texts(USER)[-1] == "收到：我的快递到哪了"
    assert wechat_platform.media.fetches == 0


@pytest.mark.parametrize(
    ("kind", "content", "text", "media_type", "line"),
    [
        ("voice", amr(12.4), "[语音 12 秒]", "audio/amr", lines.VOICE_NOT_HEARD),
        ("video", MP4, "[视频]", "video/mp4", lines.FILE_NOT_READ),
    ],
)
async def test_voice_and_video_are_kept_for_people_and_the_bot_says_what_it_cannot(
    hub: Channels,
    bridge: Bridge,
    wechat_platform: WechatPlatform,
    bot: StandInBot,
    kind: str,
    content: bytes,
    text: str,
    media_type: str,
    line: str,
) -> None:
    wechat_platform.allow(USER)

    await sent(hub, bridge, kind, wechat_platform.media.keep(kind, content))

    [said] = await shopper_said(bridge)
    assert (said.text, said.attachments[0].media_type) == (text, media_type)
    assert (await bridge.files.read(said.attachments[0].attachment_id)).content == content
    assert wechat_platform.texts(USER)[-1].endswith(line)
    assert bot.turns == []


async def test_with_a_person_a_voice_message_needs_no_excuse(
    hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    wechat_platform.allow(USER, 20)
    await call(hub, CHANNEL, as_call(text_message(USER, "转人工", 1, clock()), clock()))
    await bridge.background.settle()
    before = len(await said_in(bridge))

    await sent(hub, bridge, "voice", wechat_platform.media.keep("voice", amr(2)), number=2)

    after = (await said_in(bridge))[before:]
    assert lines.VOICE_NOT_HEARD not in [event.body.text for event in after if isinstance(event.body, MessageBody)]


# --- the other channels ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hosts", "is_taken"), [(["127.0.0.1"], True), (["mmbiz.qpic.cn"], False)])
async def test_a_passive_account_takes_the_picture_from_the_platforms_own_address(
    channels_for: BuildChannels,
    wechat_account: dict[str, Any],
    wechat_platform: WechatPlatform,
    bridge: Bridge,
    clock: Clock,
    hosts: list[str],
    is_taken: bool,
) -> None:
    passive = {"reply": "passive", "app_secret": "", "mode": "plain", "picture_hosts": hosts}
    hub = channels_for({**wechat_account, **passive})
    media_id = wechat_platform.media.keep("image", picture())
    address = f"{wechat_account['api_base']}/mmbiz_jpg/{media_id}"

    said = media_message(USER, "image", media_id, 1, clock(), PicUrl=address)
    answer = await call(hub, CHANNEL, as_call(said, clock(), mode="plain"))

    [body] = await shopper_said(bridge)
    assert len(body.attachments) == is_taken
    assert ("没有收到" in answer.body.decode()) is not is_taken


async def test_a_passive_account_says_that_it_takes_no_voice(
    channels_for: BuildChannels, wechat_account: dict[str, Any], bridge: Bridge, clock: Clock, bot: StandInBot
) -> None:
    hub = channels_for({**wechat_account, "reply": "passive", "app_secret": "", "mode": "plain"})

    said = media_message(USER, "voice", "M1", 1, clock(), Format="amr")
    answer = await call(hub, CHANNEL, as_call(said, clock(), mode="plain"))

    assert lines.NOT_TAKEN.format(what="语音") in answer.body.decode()
    assert [body.text for body in await shopper_said(bridge)] == ["[语音]"]
    assert bot.turns == []


async def test_a_picture_in_wecom_is_fetched_after_the_doorbell(
    channels_for: BuildChannels,
    wecom_account: dict[str, Any],
    wecom_platform: WecomPlatform,
    bridge: Bridge,
    clock: Clock,
) -> None:
    hub, user = channels_for(wecom_account), "wmDEMOcustomer01"
    wecom_platform.sends_file(user, "image", picture(), clock())
    wecom_platform.sends_file(user, "voice", amr(5), clock())
    wecom_platform.sends_file(user, "file", PDF, clock(), name="发票.pdf")

    assert (await call(hub, "wecom:main", doorbell(clock()))).body == b"success"
    await bridge.background.settle()

    shown, spoken, refused = await shopper_said(bridge, "wecom:main", user)
    assert [attachment.kind for attachment in shown.attachments] == ["picture"]
    assert (spoken.text, spoken.attachments[0].media_type) == ("[语音 5 秒]", "audio/amr")
    assert refused.text == "[文件]（没有收到：格式不支持）"


def webhook_call(clock: Clock, **said: str) -> Call:
    body = json.dumps({"message_id": "m-1", "user_id": "user-1", **said}).encode()
    headers = signing.sign(body, "k1", KEYS["k1"], now=clock())
    return Call("POST", {}, {name.lower(): value for name, value in headers.items()}, body)


async def test_a_picture_of_an_app_is_fetched_with_our_signature(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge, clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    webhook_app.media["p.jpg"] = picture()
    webhook_app.media_faults.append(503)
    url = webhook_account["media_base"] + "p.jpg"

    answer = await call(hub, "webhook:app", webhook_call(clock, type="picture", media_url=url, media_name="破损.jpg"))
    await bridge.background.settle()
    clock.advance(seconds=2)
    await hub.sweep()
    await bridge.background.settle()

    [said] = await shopper_said(bridge, "webhook:app", "user-1")
    assert answer.status_code == 202
    assert [attachment.name for attachment in said.attachments] == ["破损.jpg"]


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "http://127.0.0.1:1/media/p.jpg", "{base}../secret", "{base}%2e%2e/secret", ""],
)
async def test_an_address_outside_of_the_apps_own_is_refused(
    channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock, url: str
) -> None:
    hub = channels_for(webhook_account)
    address = url.format(base=webhook_account["media_base"])

    with pytest.raises(RequestInvalid):
        await call(hub, "webhook:app", webhook_call(clock, type="picture", media_url=address))


async def test_a_channel_without_a_place_for_files_takes_none(
    channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for({**webhook_account, "media_base": ""})

    with pytest.raises(RequestInvalid):
        await call(hub, "webhook:app", webhook_call(clock, type="picture", media_url="http://app.example/p.jpg"))
