"""The generic channel: who may call, what counts once, what reaches the other side."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.events import MessageBody
from contracts.frames import AgentSendMessage
from contracts.identity import VisitorIdentity
from handoff_api.app import create_app
from handoff_api.channels.receiving import Call
from handoff_api.channels.webhook import signing
from handoff_api.errors import RequestInvalid, SignatureRefused
from handoff_api.record import channels as rows
from handoff_api.record import conversations, events
from handoff_api.services.bridge import Bridge
from tests.fakes.webhook_app import KEYS, WebhookApp
from tests.handoff_api.channels.conftest import BuildChannels, Talk, call
from tests.handoff_api.conftest import Clock, Desk, SettingsFor, free_port, identity_token, serving
from tests.handoff_api.stand_in_bot import StandInBot

CHANNEL = "webhook:app"


def body_of(text: str = "你好", **more: Any) -> bytes:
    return json.dumps({"message_id": "m-1", "user_id": "user-1", "text": text, **more}).encode()


def signed(body: bytes, clock: Clock, key: str = "k1", **more: str) -> Call:
    headers = signing.sign(body, key, KEYS[key], now=clock(), **more)
    return Call("POST", {}, {name.lower(): value for name, value in headers.items()}, body)


async def test_a_message_is_answered_where_it_came_from(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge, clock: Clock
) -> None:
    hub = channels_for(webhook_account)

    answer = await call(hub, CHANNEL, signed(body_of("我的快递到哪了"), clock))
    await bridge.background.settle()

    assert answer.status_code == 202
    assert json.loads(answer.body) == {"accepted": True, "is_new": True}
    greeting, reply = webhook_app.shown
    assert greeting["type"] == "menu"
    assert [item["title"] for item in greeting["items"]] == ["查物流", "退货退款", "商品报修", "转人工"]
    assert reply["text"] == "收到：我的快递到哪了"
    assert webhook_app.refused == 0


@pytest.mark.parametrize("key", ["k1", "k2"])
async def test_both_keys_are_active(
    key: str, channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for(webhook_account)

    answer = await call(hub, CHANNEL, signed(body_of(), clock, key))

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "spoil",
    [
        {"x-shouhou-signature": "0" * 64},
        {"x-shouhou-signature": "签名"},
        {"x-shouhou-key": "k3"},
        {"x-shouhou-timestamp": "1"},
        {"x-shouhou-timestamp": "²"},
        {"x-shouhou-timestamp": "9" * 30},
        {"x-shouhou-nonce": "short"},
        {"x-shouhou-nonce": "another-nonce-of-some-length"},
    ],
)
async def test_a_forged_call_is_refused_before_its_body_is_read(
    spoil: dict[str, str], channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    genuine = signed(b"{ no json at all", clock)

    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, Call("POST", {}, {**genuine.headers, **spoil}, genuine.body))


async def test_another_body_under_a_genuine_signature_is_refused(
    channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    genuine = signed(body_of("你好"), clock)

    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, Call("POST", {}, genuine.headers, body_of("别的")))


@pytest.mark.parametrize(("skew_s", "is_taken"), [(-290, True), (290, True), (-310, False), (310, False)])
async def test_clocks_may_differ_by_five_minutes(
    skew_s: int, is_taken: bool, channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    theirs = Clock()
    theirs.ahead = timedelta(seconds=skew_s)
    from_there = signed(body_of(), theirs)

    if is_taken:
        assert (await call(hub, CHANNEL, from_there)).status_code == 202
    else:
        with pytest.raises(SignatureRefused):
            await call(hub, CHANNEL, from_there)


async def test_a_replayed_call_is_refused_and_changes_nothing(
    channels_for: BuildChannels, webhook_account: dict[str, Any], bridge: Bridge, bot: StandInBot, clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    genuine = signed(body_of(), clock)
    await call(hub, CHANNEL, genuine)

    with pytest.raises(SignatureRefused):
        await call(hub, CHANNEL, genuine)

    await bridge.background.settle()
    assert len(bot.turns) == 1


async def test_the_same_message_signed_anew_counts_once(
    channels_for: BuildChannels, webhook_account: dict[str, Any], bridge: Bridge, bot: StandInBot, clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    await call(hub, CHANNEL, signed(body_of(), clock))

    again = await call(hub, CHANNEL, signed(body_of(), clock))

    await bridge.background.settle()
    assert json.loads(again.body)["is_new"] is False
    assert len(bot.turns) == 1


@pytest.mark.parametrize(
    "body", [b"[]", b"\xff\xfe", body_of("  "), body_of(type="press"), body_of(more=1), body_of("长" * 2001)]
)
async def test_a_body_of_another_shape_is_refused(
    body: bytes, channels_for: BuildChannels, webhook_account: dict[str, Any], clock: Clock
) -> None:
    hub = channels_for(webhook_account)

    with pytest.raises(RequestInvalid):
        await call(hub, CHANNEL, signed(body, clock))


async def test_a_failing_app_gets_the_same_delivery_until_it_takes_it(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge, clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    webhook_app.faults.extend([500, "drop_after", 429])

    await talk.say("你好")
    for _ in range(4):
        clock.advance(seconds=10)
        await hub.sweep()
        await bridge.background.settle()

    assert [row.state for row in await talk.outbox()] == ["sent", "sent"]
    assert webhook_app.texts("user-1")[1] == "收到：你好"
    assert len(webhook_app.shown) == 2, "shown once, in order"
    assert webhook_app.calls == 5


async def test_what_the_app_refuses_for_good_is_dead_and_can_be_replayed(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge, clock: Clock
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    webhook_app.faults.extend([400])
    await talk.say("你好")
    [dead] = await talk.outbox("dead")

    async with bridge.record.writing() as session:
        count = await rows.replay(session, delivery_id=dead.delivery_id, now=clock())
    await hub.sweep()
    await bridge.background.settle()

    assert count == 1
    assert dead.reason == "平台拒绝了这条消息。"
    assert await talk.outbox("dead") == []
    assert len(webhook_app.shown) == 2


async def test_a_number_is_the_button_it_stands_for(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge
) -> None:
    hub = channels_for({**webhook_account, "menu_items": 0})
    talk = Talk(bridge, hub, CHANNEL)
    await talk.say("哪个订单")
    asked = webhook_app.texts("user-1")[-1]

    await talk.say("２")

    assert asked == "请选择订单\n1. 第一个\n2. 第二个\n回复数字即可选择。"
    assert webhook_app.texts("user-1")[-1] == "pressed inform {'order_number': '2'}"


async def test_a_number_after_the_menu_is_answered_is_a_message(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    await talk.say("哪个订单")
    await talk.say("1")

    await talk.say("1")

    assert webhook_app.texts("user-1")[-1] == "收到：1"


async def test_a_press_of_a_spent_button_says_its_title(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    await talk.say("哪个订单")
    item = webhook_app.shown[-1]["items"][0]
    await talk.say(item["title"], kind="press", item_id=item["id"])

    await talk.say(item["title"], kind="press", item_id=item["id"])

    assert webhook_app.texts("user-1")[-1] == "收到：第一个"


async def test_a_shopper_the_shop_vouches_for_is_one_customer_in_both_places(
    channels_for: BuildChannels, webhook_account: dict[str, Any], webhook_app: WebhookApp, bridge: Bridge, desk: Desk
) -> None:
    hub = channels_for(webhook_account)
    on_page = await desk.shopper("S001")
    await desk.say(on_page, "在网页上说的")
    talk = Talk(bridge, hub, CHANNEL)

    await talk.say("在应用里说的", identity=identity_token("S001"))

    assert (await talk.link()).conversation_id == on_page.conversation_id
    assert await desk.texts(on_page, "shopper") == ["在网页上说的", "在应用里说的"]
    assert webhook_app.texts("user-1") == ["收到：在应用里说的"], "what was said on the page was read there"
    await desk.say(on_page, "又回到网页")
    assert webhook_app.texts("user-1") == ["收到：在应用里说的"]


async def test_a_forged_identity_makes_nobody_somebody_else(
    channels_for: BuildChannels, webhook_account: dict[str, Any], bridge: Bridge, desk: Desk
) -> None:
    hub = channels_for(webhook_account)
    on_page = await desk.shopper("S001")
    talk = Talk(bridge, hub, CHANNEL)

    await talk.say("你好", identity=identity_token("S001", secret="a secret that is not the one of the shop"))

    assert (await talk.link()).conversation_id != on_page.conversation_id


async def test_who_turns_out_to_be_known_goes_on_in_their_own_conversation(
    channels_for: BuildChannels, webhook_account: dict[str, Any], bridge: Bridge, desk: Desk
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    await talk.say("转人工", kind="person")
    before = (await talk.link()).conversation_id

    await talk.say("我是会员", identity=identity_token("S001"))

    link = await talk.link()
    assert link.conversation_id != before
    async with bridge.record.reading() as session:
        left, now = await conversations.by_id(session, before), await conversations.by_id(session, link.conversation_id)
    assert left.status == "bot", "nobody waits in the one they left"
    assert now.shopper_id == "S001"
    assert now.channel == CHANNEL


async def test_an_agent_answers_through_the_channel_and_the_bot_is_silent(
    channels_for: BuildChannels,
    webhook_account: dict[str, Any],
    webhook_app: WebhookApp,
    bridge: Bridge,
    desk: Desk,
    bot: StandInBot,
) -> None:
    hub = channels_for(webhook_account)
    agent = await desk.agent("xiaolin")
    talk = Talk(bridge, hub, CHANNEL)
    await talk.say("转人工", kind="person")
    link = await talk.link()
    visitor = VisitorIdentity(shop_id="demo", visitor_id="", conversation_id=link.conversation_id)
    row = await desk.row(visitor)
    await bridge.assignment.accept(agent.agent_id, row.conversation_id, row.epoch)
    row = await desk.row(visitor)

    await talk.say("还在吗")
    command = AgentSendMessage(
        client_message_id="agent-0001", conversation_id=row.conversation_id, epoch=row.epoch, text="在的，请讲"
    )
    await bridge.agent_desk.send(agent, command)
    await bridge.background.settle()

    assert bot.turns == []
    last = webhook_app.shown[-1]
    assert (last["text"], last["author"], last["agent_name"]) == ("在的，请讲", "agent", "xiaolin")


async def test_more_messages_than_allowed_come_later_and_none_is_lost(
    channels_for: BuildChannels,
    webhook_account: dict[str, Any],
    bridge: Bridge,
    desk: Desk,
    settings_for: SettingsFor,
    clock: Clock,
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, CHANNEL)
    bridge.messages._burst = 2  # noqa: SLF001

    for number in range(6):
        await talk.say(f"第 {number} 条")
    for _ in range(5):
        clock.advance(seconds=3)
        await hub.sweep()
        await bridge.background.settle()

    async with bridge.record.reading() as session:
        said = await events.after(session, (await talk.link()).conversation_id, 0)
    assert [e.body.text for e in said if e.author.kind == "shopper" and isinstance(e.body, MessageBody)] == [
        f"第 {n} 条" for n in range(6)
    ]


async def test_over_the_wire_the_platform_sees_the_one_error_shape(
    settings_for: SettingsFor, webhook_account: dict[str, Any], tmp_path: Any, clock: Clock
) -> None:
    file = tmp_path / "channels.yml"
    file.write_text(json.dumps({"accounts": [webhook_account]}), encoding="utf-8")
    port = free_port()
    with serving(create_app(settings_for(bridge_port=port, channels_file=file)), port) as url:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            unknown = await client.post("/channels/webhook/other", content=b"{}")
            forged = await client.post("/channels/webhook/app", content=b"{}")
            large = await client.post("/channels/webhook/app", content=b"x" * 70_000)
            body = body_of()
            taken = await client.post(
                "/channels/webhook/app", content=body, headers=signing.sign(body, "k1", KEYS["k1"], now=clock())
            )

    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "channel_unknown")
    assert (forged.status_code, forged.json()["error"]["code"]) == (403, "signature_refused")
    assert (large.status_code, large.json()["error"]["code"]) == (413, "body_too_large")
    assert taken.status_code == 202
