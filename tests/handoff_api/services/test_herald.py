"""Two processes over one record: what one commits, the other's listeners hear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from contracts.frames import ConversationChanged, EventFrame, RowFrame, TypingFrame
from contracts.identity import VisitorIdentity
from contracts.wire import WireModel
from handoff_api.fanout import Inbox, desk_topic, shopper_topic, team_topic
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.store.keys import hints
from tests.handoff_api.conftest import Desk, RedisServer, SettingsFor


@asynccontextmanager
async def other_process(settings_for: SettingsFor, *, hears_hints: bool = True) -> AsyncIterator[Bridge]:
    bridge = build_bridge(settings_for())
    listening = asyncio.create_task(bridge.herald.listen()) if hears_hints else None
    yield bridge
    if listening:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
    await bridge.close()


def listener(bridge: Bridge, visitor: VisitorIdentity) -> Inbox:
    inbox = Inbox()
    conversation_id = visitor.conversation_id
    bridge.fanout.subscribe(inbox, shopper_topic(conversation_id), desk_topic(conversation_id), team_topic("demo"))
    return inbox


async def first[T: WireModel](inbox: Inbox, kind: type[T]) -> T:
    async with asyncio.timeout(10):
        async for frame in inbox.frames():
            if isinstance(frame, kind):
                return frame
    raise AssertionError("the inbox ended")


async def subscribed(redis_server: RedisServer) -> None:
    """The other process has its subscription: a hint given before would be lost, as hints may be."""
    await asyncio.to_thread(redis_server.wait_for_subscriber, hints("demo"))


async def test_another_processs_listener_hears_of_it_by_a_hint(
    desk: Desk, settings_for: SettingsFor, redis_server: RedisServer
) -> None:
    visitor = await desk.shopper()
    async with other_process(settings_for) as other:
        inbox = listener(other, visitor)
        await subscribed(redis_server)

        await desk.want_person(visitor)

        assert (await first(inbox, EventFrame)).event.conversation_id == visitor.conversation_id
        assert (await first(inbox, ConversationChanged)).conversation.status == "queued"
        assert (await first(inbox, RowFrame)).row.status == "queued"


async def test_what_nobody_keeps_travels_too(desk: Desk, settings_for: SettingsFor, redis_server: RedisServer) -> None:
    visitor = await desk.shopper()
    async with other_process(settings_for) as other:
        inbox = listener(other, visitor)
        await subscribed(redis_server)
        typing = TypingFrame(author="agent", is_typing=True, conversation_id=visitor.conversation_id)

        await desk.bridge.herald.typing(typing)

        assert await first(inbox, TypingFrame) == typing


async def test_a_lost_hint_costs_a_sweep_and_nothing_else(desk: Desk, settings_for: SettingsFor) -> None:
    visitor = await desk.shopper()
    async with other_process(settings_for, hears_hints=False) as other:
        inbox = listener(other, visitor)
        await other.herald.catch_up()

        await desk.say(visitor, "你好")
        await other.herald.catch_up()

        assert [(await first(inbox, EventFrame)).event.seq for _ in range(3)][-2:] == [2, 3]
