"""Finding conversations again, and what an agent did today."""

import pytest

from contracts.desk import Found
from contracts.frames import AgentSendMessage, CloseConversation, RateService
from handoff_api.errors import Forbidden
from handoff_api.record.desk import Narrowed
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk


async def found(bridge: Bridge, agent: AgentRecord, words: str = "", **filters: str) -> list[Found]:
    return (await bridge.desk_search.search(agent, words, Narrowed(**filters), limit=10)).found


async def test_a_conversation_is_found_by_what_was_said_with_the_words_around(desk: Desk, bridge: Bridge) -> None:
    agent, visitor, other = await desk.agent("xiaolin"), await desk.shopper(), await desk.shopper()
    await desk.say(visitor, "我上周买的那双跑鞋鞋底开胶了，想问问怎么处理")
    await desk.say(other, "你好")

    [hit] = await found(bridge, agent, "开胶")

    assert hit.row.conversation_id == visitor.conversation_id
    assert "鞋底开胶了" in hit.excerpt


@pytest.mark.parametrize("wild", ["%", "_", "100%", "\\"])
async def test_what_is_typed_is_no_pattern(desk: Desk, bridge: Bridge, wild: str) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper()
    await desk.say(visitor, "质量不错")

    assert await found(bridge, agent, wild) == []
    await desk.say(visitor, f"写着{wild}呢")
    assert len(await found(bridge, agent, wild)) == 1


async def test_tags_are_given_found_by_and_listed(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper()
    conversation_id = visitor.conversation_id

    await bridge.desk_search.set_tags(agent, conversation_id, ["质量", "VIP", "质量"])
    await bridge.desk_search.set_tags(agent, conversation_id, ["VIP", "待回访"])

    assert await bridge.desk_search.tags(agent, conversation_id) == ["VIP", "待回访"]
    assert await bridge.desk_search.known_tags(agent) == ["VIP", "待回访"]
    assert [hit.tags for hit in await found(bridge, agent, tag="VIP")] == [["VIP", "待回访"]]
    assert len(await found(bridge, agent, "回访")) == 1
    assert await found(bridge, agent, tag="质量") == []


async def test_filters_hold_together(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper()
    await desk.say(visitor, "跑鞋开胶")
    await desk.with_agent(agent, visitor)

    assert len(await found(bridge, agent, "开胶", view="mine", channel="web")) == 1
    assert await found(bridge, agent, "开胶", view="closed") == []
    assert await found(bridge, agent, "开胶", channel="wechat") == []


async def test_more_than_asked_for_is_said(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    for _ in range(3):
        await desk.say(await desk.shopper(), "鞋子开胶")

    result = await bridge.desk_search.search(agent, "开胶", Narrowed(), limit=2)

    assert len(result.found) == 2
    assert result.is_cut


async def test_an_auditor_tags_nothing(desk: Desk, bridge: Bridge) -> None:
    auditor, visitor = await desk.agent("auditor", role="auditor", online=False), await desk.shopper()

    with pytest.raises(Forbidden):
        await bridge.desk_search.set_tags(auditor, visitor.conversation_id, ["x"])


async def test_ones_own_day(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper()
    assert (await bridge.desk_search.own_day(agent)).handled == 0
    row = await desk.with_agent(agent, visitor)
    clock.advance(seconds=30)
    said = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, text="您好"
    )
    await bridge.agent_desk.send(agent, said)
    over = CloseConversation(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=row.epoch,
        disposition="resolved",
    )
    await bridge.agent_desk.close(agent, over)
    rating = RateService(client_message_id=desk.next_id(), session_id=row.session_id, score=4)
    await bridge.messages.rate(visitor, rating)

    day = await bridge.desk_search.own_day(agent)

    assert (day.handled, day.open, day.answered, day.within_limit) == (1, 0, 1, 1)
    assert day.first_response_s is not None
    assert 30 <= day.first_response_s <= 40
    assert (day.rating, day.ratings) == (4.0, 1)
