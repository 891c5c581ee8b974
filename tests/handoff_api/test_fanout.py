"""Frames reach who listens; a slow one is cut off instead of holding up the rest."""

import asyncio

import pytest

from contracts.frames import Pong, Reconnect
from handoff_api.fanout import INBOX_SIZE, Fanout, Inbox, InboxClosed, InboxOverflow


async def received(inbox: Inbox) -> list[str]:
    """Everything until the inbox closes."""
    frames: list[str] = []
    try:
        async for frame in inbox.frames():
            frames.append(frame.model_dump()["type"])
    except InboxClosed:
        return frames
    raise AssertionError("it never closed")


async def test_who_listens_to_a_topic_gets_its_frames() -> None:
    fanout, mine, other = Fanout(), Inbox(), Inbox()
    fanout.subscribe(mine, "a")
    fanout.subscribe(other, "b")

    fanout.publish("a", Pong())
    fanout.close_all(1001, Reconnect(after_ms=1))

    assert await received(mine) == ["pong", "reconnect"]
    assert await received(other) == ["reconnect"]


async def test_after_leaving_nothing_comes() -> None:
    fanout, inbox = Fanout(), Inbox()
    fanout.subscribe(inbox, "a", "b")

    fanout.unsubscribe(inbox, ["a"])
    assert (fanout.is_heard("a"), fanout.heard("")) == (False, ["b"])
    fanout.unsubscribe(inbox)

    assert not fanout.is_heard("b")


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    fanout, slow, quick = Fanout(), Inbox(), Inbox()
    fanout.subscribe(slow, "a")

    for _ in range(INBOX_SIZE + 1):
        fanout.publish("a", Pong())
    fanout.subscribe(quick, "a")
    fanout.publish("a", Pong())

    with pytest.raises(InboxOverflow):
        await anext(slow.frames())
    assert await anext(quick.frames()) == Pong()


async def test_waiting_ends_with_a_frame_or_with_the_time() -> None:
    inbox = Inbox()

    assert not await inbox.wait(0.01)
    waiting = asyncio.create_task(inbox.wait(5))
    inbox.put(Pong())

    assert await waiting
    assert inbox.drain() == [Pong()]
