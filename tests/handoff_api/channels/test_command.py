"""The command that looks at dead letters and sends them again."""

from typing import Any

from handoff_api.channels.__main__ import Where, run
from handoff_api.services.bridge import Bridge
from tests.fakes.webhook_app import WebhookApp
from tests.handoff_api.channels.conftest import BuildChannels, Talk


async def test_a_dead_message_is_listed_shown_and_sent_again(
    channels_for: BuildChannels,
    webhook_account: dict[str, Any],
    webhook_app: WebhookApp,
    bridge: Bridge,
    database_url: str,
) -> None:
    hub = channels_for(webhook_account)
    talk = Talk(bridge, hub, "webhook:app")
    webhook_app.faults.append(410)
    await talk.say("你好")
    [dead] = await talk.outbox("dead")
    where = Where(database_url=database_url)

    listed = await run(["list", "--state", "dead"], where)
    shown = await run(["show", dead.delivery_id], where)
    replayed = await run(["replay", "--channel", "webhook:app"], where)
    await hub.sweep()
    await bridge.background.settle()

    assert "webhook:app dead: 1" in listed
    assert any(dead.delivery_id in line and "平台拒绝" in line for line in listed)
    assert dead.body["text"] not in "\n".join(listed), "a list names no words"
    assert "AI" in "\n".join(shown)
    assert replayed == ["1 to be sent again by the running bridge"]
    assert await talk.outbox("dead") == []


async def test_nothing_is_replayed_unless_it_is_named(bridge: Bridge, database_url: str) -> None:
    where = Where(database_url=database_url)

    assert await run(["replay"], where) == ["say which: a delivery id, --channel, or --all"]
    assert await run(["show", "none"], where) == ["no such delivery"]
