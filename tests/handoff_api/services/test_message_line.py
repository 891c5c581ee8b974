"""Messages that come together are written together, and each is judged for itself."""

import asyncio

import pytest

from contracts.events import MessageBody, Status
from contracts.frames import AgentSendMessage, CloseConversation
from handoff_api.errors import ConversationNotFound, NotYourConversation, StaleEpoch
from handoff_api.record import conversations
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk


async def test_many_at_once_are_few_commits_in_the_order_they_came(desk: Desk, bridge: Bridge) -> None:
    visitors = [await desk.shopper() for _ in range(8)]
    for visitor in visitors:
        await desk.say(visitor, "在吗")
    before = bridge.record.commits

    await asyncio.gather(
        *(
            bridge.messages.send(visitor, f"together-{number}", f"第{number}句")
            for number in range(3)
            for visitor in visitors
        )
    )

    commits = bridge.record.commits - before
    await bridge.background.settle()
    assert commits <= 6
    for visitor in visitors:
        said = [event.body.text for event in await desk.events(visitor) if event.author.kind == "shopper"]
        assert said == ["在吗", "第0句", "第1句", "第2句"]
        seqs = [event.seq for event in await desk.events(visitor)]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_the_same_message_twice_at_once_is_said_once(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper()

    first, second = await asyncio.gather(
        bridge.messages.send(visitor, "client-same", "你好"), bridge.messages.send(visitor, "client-same", "你好")
    )

    await bridge.background.settle()
    assert first == second
    said = [event for event in await desk.events(visitor) if event.author.kind == "shopper"]
    assert len(said) == 1


async def test_one_that_is_refused_takes_no_other_with_it(desk: Desk, bridge: Bridge) -> None:
    agent, other = await desk.agent("xiaolin"), await desk.agent("xiaowang", capacity=0)
    visitor = await desk.shopper()
    row = await desk.with_agent(agent, visitor)

    def of(client_id: str, conversation_id: str, epoch: int) -> AgentSendMessage:
        return AgentSendMessage(
            client_message_id=client_id, text=client_id, conversation_id=conversation_id, epoch=epoch
        )

    answers = await asyncio.gather(
        bridge.agent_desk.send(agent, of("client-good", row.conversation_id, row.epoch)),
        bridge.agent_desk.send(agent, of("client-stale", row.conversation_id, row.epoch - 1)),
        bridge.agent_desk.send(other, of("client-others", row.conversation_id, row.epoch)),
        bridge.agent_desk.send(agent, of("client-nowhere", "c_none", row.epoch)),
        return_exceptions=True,
    )

    assert [type(each) for each in answers[1:]] == [StaleEpoch, NotYourConversation, ConversationNotFound]
    said = [event.body for event in await desk.events(visitor) if event.author.kind == "agent"]
    assert [body.text for body in said if isinstance(body, MessageBody)] == ["client-good"]


async def test_an_answer_is_kept_in_the_row(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    row = await desk.with_agent(agent, visitor)
    await desk.say(visitor, "人呢")
    asked = await desk.row(visitor)

    command = AgentSendMessage(
        client_message_id="client-answer", text="在的", conversation_id=row.conversation_id, epoch=row.epoch
    )
    accepted = await bridge.agent_desk.send(agent, command)

    answered = await desk.row(visitor)
    assert asked.unanswered_since is not None
    assert (answered.unanswered_since, answered.preview, answered.last_seq) == (None, "在的", accepted.seq)
    assert answered.answered_at is not None
    async with bridge.record.reading() as session:
        assert await conversations.unread_counts(session, [row.conversation_id]) == {}


async def test_a_closed_conversation_is_woken_by_words_that_come_with_others(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    asleep, awake = await desk.shopper(), await desk.shopper()
    row = await desk.with_agent(agent, asleep)
    close = CloseConversation(
        client_message_id="client-close", conversation_id=row.conversation_id, epoch=row.epoch, disposition="已解决"
    )
    await bridge.agent_desk.close(agent, close)

    await asyncio.gather(
        bridge.messages.send(asleep, "client-wakes", "还有个问题"), bridge.messages.send(awake, "client-other", "你好")
    )

    await bridge.background.settle()
    assert (await desk.row(asleep)).status == Status.BOT
    assert "收到：还有个问题" in await desk.texts(asleep)
    assert "收到：你好" in await desk.texts(awake)


async def test_a_turn_is_answered_though_its_shopper_is_gone_after_the_commit(
    desk: Desk, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await desk.shopper()
    is_committed = asyncio.Event()

    async def gone(*_: object) -> None:
        is_committed.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(bridge.messages, "_told", gone)
    sending = asyncio.create_task(bridge.messages.send(visitor, "client-gone", "你好"))
    await is_committed.wait()
    sending.cancel()
    await bridge.background.settle()

    assert await desk.texts(visitor) == ["收到：你好"]


@pytest.mark.parametrize("count", [2, 40])
async def test_readings_of_many_come_in_few_calls_and_reach_their_own_message(
    desk: Desk, bridge: Bridge, count: int
) -> None:
    agent = await desk.agent("xiaolin", capacity=count)
    visitors = [await desk.shopper() for _ in range(count)]
    for visitor in visitors:
        await desk.with_agent(agent, visitor)

    await asyncio.gather(
        *(
            bridge.messages.send(visitor, f"client-{number:05}", f"着火了{number}" if number % 2 else f"你好{number}")
            for number, visitor in enumerate(visitors)
        )
    )
    await bridge.background.settle()

    for number, visitor in enumerate(visitors):
        said = [event for event in await desk.events(visitor) if event.author.kind == "shopper"]
        reading = await bridge.readings.of_event(visitor.conversation_id, said[-1].event_id)
        assert reading.emergency == ("fire" if number % 2 else "")
