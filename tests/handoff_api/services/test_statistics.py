"""The figures leads look at."""

import csv
import io

import pytest

from contracts.frames import AgentSendMessage, CloseConversation, RateService
from handoff_api.errors import Forbidden
from handoff_api.services.bridge import Bridge
from handoff_api.services.statistics import Which
from tests.handoff_api.conftest import Clock, Desk


async def test_one_that_the_bot_kept_and_one_that_a_person_took(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent, lead = await desk.agent("xiaolin"), await desk.agent("zhuguan", role="supervisor", online=False)
    kept, handed = await desk.shopper(), await desk.shopper()
    await desk.say(kept, "我的快递到哪了")
    await desk.say(handed, "鞋子开胶了")
    row = await desk.with_agent(agent, handed)
    clock.advance(seconds=40)
    conversation_id, epoch = row.conversation_id, row.epoch
    hello = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=conversation_id, epoch=epoch, text="您好"
    )
    await bridge.agent_desk.send(agent, hello)
    over = CloseConversation(
        client_message_id=desk.next_id(), conversation_id=conversation_id, epoch=epoch, disposition="resolved"
    )
    await bridge.agent_desk.close(agent, over)
    rating = RateService(client_message_id=desk.next_id(), session_id=row.session_id, score=5)
    await bridge.messages.rate(handed, rating)

    figures = await bridge.statistics.of(lead, Which(7))

    today = figures.days[-1]
    assert len(figures.days) == 7
    assert (today.sessions, today.handoffs, today.contained, today.rating, today.ratings) == (2, 1, 1, 5.0, 1)
    assert today.first_response_s is not None
    assert 40 <= today.first_response_s <= 60
    assert [(each.agent_name, each.handled, each.rating) for each in figures.agents] == [("xiaolin", 1, 5.0)]
    assert [(share.name, share.count) for share in figures.reasons] == [("顾客要求人工", 1)]
    assert sum(share.count for share in figures.intents) == 2
    assert all(day.sessions == 0 for day in figures.days[:-1])


async def test_the_table_has_a_line_for_each_day_and_opens_in_a_spreadsheet(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)

    text = await bridge.statistics.as_csv(lead, Which(3))

    assert text.startswith("\ufeff日期,")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line["会话"] for line in lines] == ["0", "0", "0"]


async def test_the_table_holds_what_the_page_was_narrowed_to(desk: Desk, bridge: Bridge) -> None:
    agent, lead = await desk.agent("xiaolin"), await desk.agent("zhuguan", role="supervisor", online=False)
    await desk.say(await desk.shopper(), "我的快递到哪了")
    await desk.with_agent(agent, await desk.shopper())

    async def sessions(which: Which) -> str:
        text = await bridge.statistics.as_csv(lead, which)
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))[-1]["会话"]

    assert await sessions(Which(1)) == "2"
    assert await sessions(Which(1, agent_id=agent.agent_id)) == "1"
    assert await sessions(Which(1, channel="web")) == "2"
    assert await sessions(Which(1, channel="wechat")) == "0"
    assert await sessions(Which(1, group="general")) == "1"


async def test_an_agent_sees_only_the_own_day(desk: Desk, bridge: Bridge) -> None:
    with pytest.raises(Forbidden):
        await bridge.statistics.of(await desk.agent("xiaolin"), Which(7))
