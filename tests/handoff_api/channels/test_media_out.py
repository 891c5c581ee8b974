"""Files of agent and bot on their way to a platform: uploaded once, sent as what the channel shows, else a link."""

from typing import Any

import httpx
import pytest

from contracts.events import Attachment, Author, AuthorKind, MessageBody
from handoff_api.app import create_app
from handoff_api.channels.hub import Channels
from handoff_api.record import channels as rows
from handoff_api.record import conversations, events
from handoff_api.services.bridge import Bridge
from tests.fakes.recordings import MP3, amr
from tests.fakes.webhook_app import WebhookApp
from tests.fakes.wechat_platform import WechatPlatform
from tests.fakes.wecom_platform import WecomPlatform, doorbell
from tests.handoff_api.channels.conftest import BuildChannels, Talk, call
from tests.handoff_api.conftest import Clock
from tests.handoff_api.pictures import PDF, picture

CHANNEL, USER = "wechat:main", "oDEMOopenid0001"
AGENT = Author(kind=AuthorKind.AGENT, id="a_1", name="小林")


@pytest.fixture
def hub(channels_for: BuildChannels, wechat_account: dict[str, Any]) -> Channels:
    return channels_for(wechat_account)


@pytest.fixture
def talk(bridge: Bridge, hub: Channels, wechat_platform: WechatPlatform) -> Talk:
    wechat_platform.allow(USER, 20)
    return Talk(bridge, hub, CHANNEL, USER, grant_left=20, grant_s=48 * 3600)


async def ten_seconds_later(hub: Channels, bridge: Bridge, clock: Clock) -> None:
    """What could not be sent is tried again."""
    clock.advance(seconds=10)
    await hub.sweep()
    await bridge.background.settle()


async def agent_sends(
    bridge: Bridge, *contents: bytes, text: str = "", channel: str = CHANNEL, user_id: str = USER, name: str = ""
) -> list[Attachment]:
    """Written by an agent, relayed and sent when this returns."""
    async with bridge.record.reading() as session:
        link = await rows.link(session, channel, user_id)
        assert link
        conversation_id = link.conversation_id
    attached = [await bridge.files.take_in(conversation_id, AGENT.id, content, name) for content in contents]
    async with bridge.record.writing() as session:
        row = await conversations.locked(session, conversation_id)
        event = await events.append(
            session, row, MessageBody(text=text, attachments=attached), AGENT, now=bridge.clock()
        )
    await bridge.herald.announce(row, event)
    await bridge.background.settle()
    return attached


# --- WeChat ---------------------------------------------------------------------------------------------------------
async def test_a_picture_without_words_arrives_as_a_picture(
    talk: Talk, bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    await talk.say("你好")

    [attachment] = await agent_sends(bridge, picture(size=(640, 480)))

    [(kind, content)] = wechat_platform.files(USER)
    assert (kind, content) == ("image", (await bridge.files.read(attachment.attachment_id)).content)
    [link] = [await talk.link()]
    assert link.grants[0][1] == 20 - len(wechat_platform.shown[USER]), "it costs one of the messages, like any other"


async def test_words_and_several_pictures_arrive_in_order(
    talk: Talk, bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    await talk.say("你好")
    before = len(wechat_platform.shown[USER])

    await agent_sends(bridge, picture(), picture("PNG"), text="请看这两张图")

    shown = wechat_platform.shown[USER][before:]
    assert [body["msgtype"] for body in shown] == ["text", "image", "image"]


@pytest.mark.parametrize(
    ("content", "is_mini", "kind"), [(amr(3), False, "voice"), (MP3, False, "voice"), (amr(3), True, "")]
)
async def test_a_voice_message_is_heard_where_the_channel_can(
    channels_for: BuildChannels,
    wechat_account: dict[str, Any],
    bridge: Bridge,
    wechat_platform: WechatPlatform,
    content: bytes,
    is_mini: bool,
    kind: str,
) -> None:
    hub = channels_for({**wechat_account, "mini_program": is_mini})
    wechat_platform.allow(USER, 20)
    await Talk(bridge, hub, CHANNEL, USER, grant_left=20, grant_s=1000).say("你好")

    await agent_sends(bridge, content)

    assert [shown for shown, _ in wechat_platform.files(USER)] == ([kind] if kind else [])
    assert ("/shared?" in wechat_platform.texts(USER)[-1]) is not bool(kind)


async def test_a_try_after_a_failure_uploads_nothing_anew(
    talk: Talk, hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    await talk.say("你好")
    wechat_platform.faults.extend(["busy", "busy"])

    await agent_sends(bridge, picture())
    for _ in range(3):
        await ten_seconds_later(hub, bridge, clock)

    assert len(wechat_platform.files(USER)) == 1
    assert wechat_platform.media.uploads == 1


async def test_what_the_platform_forgot_is_uploaded_anew(
    talk: Talk, hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    await talk.say("你好")
    wechat_platform.faults.append("busy")
    await agent_sends(bridge, picture())
    wechat_platform.media.expire()

    await ten_seconds_later(hub, bridge, clock)

    assert len(wechat_platform.files(USER)) == 1
    assert wechat_platform.media.uploads == 2


async def test_a_token_that_ended_is_renewed_for_an_upload(
    talk: Talk, bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    await talk.say("你好")
    wechat_platform.token_fetches = 0
    wechat_platform.expire_token()

    await agent_sends(bridge, picture())

    assert len(wechat_platform.files(USER)) == 1
    assert wechat_platform.token_fetches == 1


async def test_a_file_that_is_gone_is_shown_as_undelivered(
    talk: Talk, hub: Channels, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    await talk.say("你好")
    wechat_platform.faults.append("busy")
    await agent_sends(bridge, picture())
    await bridge.redis.call(lambda redis: redis.flushall())  # the id of the upload is forgotten here
    await bridge.files.erase((await talk.link()).conversation_id)

    await ten_seconds_later(hub, bridge, clock)

    [dead] = await talk.outbox("dead")
    assert "已经过期" in dead.reason


async def test_what_a_channel_cannot_show_is_a_link_that_ends(
    talk: Talk, bridge: Bridge, wechat_platform: WechatPlatform, clock: Clock
) -> None:
    await talk.say("你好")

    await agent_sends(bridge, PDF, name="保修单.pdf")

    text = wechat_platform.texts(USER)[-1]
    assert text.startswith("[文件] 保修单.pdf：http")
    url = httpx.URL(text.split("：", 1)[1])
    app = create_app(bridge.settings)
    app.state.bridge = bridge
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        shown = await client.get(url.raw_path.decode())
        forged = await client.get(url.raw_path.decode().replace("key=", "key=A"))
        other = await client.get(url.raw_path.decode().replace("until=", "until=9"))
        clock.advance(days=8)
        late = await client.get(url.raw_path.decode())
    assert (shown.status_code, shown.content) == (200, PDF)
    assert [forged.status_code, other.status_code, late.status_code] == [404, 404, 404]


async def test_a_picture_too_large_for_the_platform_is_a_link(
    channels_for: BuildChannels, wechat_account: dict[str, Any], bridge: Bridge, wechat_platform: WechatPlatform
) -> None:
    hub = channels_for({**wechat_account, "picture_bytes": 100})
    wechat_platform.allow(USER, 20)
    await Talk(bridge, hub, CHANNEL, USER, grant_left=20, grant_s=1000).say("你好")

    await agent_sends(bridge, picture())

    assert wechat_platform.files(USER) == []
    assert wechat_platform.texts(USER)[-1].startswith("[图片] ")


# --- WeCom ----------------------------------------------------------------------------------------------------------
async def test_wecom_shows_pictures_voice_and_files(
    channels_for: BuildChannels,
    wecom_account: dict[str, Any],
    wecom_platform: WecomPlatform,
    bridge: Bridge,
    clock: Clock,
) -> None:
    hub, user = channels_for(wecom_account), "wmDEMOcustomer01"
    wecom_platform.enters(user, clock())
    wecom_platform.says(user, "你好", clock())
    await call(hub, "wecom:main", doorbell(clock()))
    await bridge.background.settle()

    await agent_sends(bridge, picture(), channel="wecom:main", user_id=user)
    await agent_sends(bridge, amr(2), channel="wecom:main", user_id=user)
    await agent_sends(bridge, PDF, channel="wecom:main", user_id=user, name="保修单.pdf")

    files = wecom_platform.files(user)
    assert [(kind, name) for kind, name, _ in files] == [
        ("image", "图片.jpg"),
        ("voice", "语音.amr"),
        ("file", "保修单.pdf"),
    ]
    assert files[2][2] == PDF


async def test_an_answer_lost_on_the_way_shows_the_picture_once(
    channels_for: BuildChannels,
    wecom_account: dict[str, Any],
    wecom_platform: WecomPlatform,
    bridge: Bridge,
    clock: Clock,
) -> None:
    hub, user = channels_for(wecom_account), "wmDEMOcustomer01"
    wecom_platform.says(user, "你好", clock())
    await call(hub, "wecom:main", doorbell(clock()))
    await bridge.background.settle()
    wecom_platform.faults.append("drop_after")

    await agent_sends(bridge, picture(), channel="wecom:main", user_id=user)
    clock.advance(seconds=5)
    await hub.sweep()
    await bridge.background.settle()

    assert len(wecom_platform.files(user)) == 1
    assert wecom_platform.media.uploads == 1


# --- an app of your own ---------------------------------------------------------------------------------------------
async def test_an_app_gets_a_link_that_it_can_open(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge
) -> None:
    hub = channels_for(webhook_account)
    await Talk(bridge, hub, "webhook:app", "user-1").say("你好")

    [attachment] = await agent_sends(bridge, picture(), channel="webhook:app", user_id="user-1")

    said = webhook_app.shown[-1]
    assert (said["type"], said["text"], said["agent_name"]) == ("picture", "", "小林")
    assert said["file"]["media_type"] == "image/jpeg"
    assert f"/v1/files/{attachment.attachment_id}/shared?" in said["file"]["url"]
