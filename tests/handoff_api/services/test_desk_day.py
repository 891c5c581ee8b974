"""What agents keep and look up while they work: recalls, quotes, mentions, presets, notes, similar answers, history."""

from typing import Any

import pytest

from contracts.desk import Macro, MacroStep, NewPreset, SavedView
from contracts.events import Event, MessageBody, NoteBody, RecallBody
from contracts.frames import AddNote, AgentSendMessage, CloseConversation, RateService, RecallMessage
from contracts.identity import VisitorIdentity
from handoff_api.errors import BridgeError, PresetNotFound, QuoteUnknown, RecallImpossible, RecallRefused
from handoff_api.record import conversations
from handoff_api.record.answers import Answered
from handoff_api.record.desk import Narrowed
from handoff_api.record.tables import AgentRecord
from handoff_api.services.bridge import Bridge
from handoff_api.services.similar_answers import as_example
from tests.handoff_api.conftest import Clock, Desk


async def served(desk: Desk, words: str, login: str = "xiaolin") -> tuple[AgentRecord, VisitorIdentity]:
    agent, visitor = await desk.agent(login), await desk.shopper()
    await desk.say(visitor, words)
    await desk.with_agent(agent, visitor)
    return agent, visitor


async def answer(desk: Desk, agent: AgentRecord, visitor: VisitorIdentity, text: str, **more: Any) -> None:
    epoch = (await desk.row(visitor)).epoch
    said = AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=visitor.conversation_id, epoch=epoch, text=text, **more
    )
    await desk.bridge.agent_desk.send(agent, said)


async def last_of(desk: Desk, visitor: VisitorIdentity, author: str) -> Event:
    return [event for event in await desk.events(visitor) if event.author.kind == author][-1]


def recall(desk: Desk, event: Event) -> RecallMessage:
    return RecallMessage(
        client_message_id=desk.next_id(), conversation_id=event.conversation_id, event_id=event.event_id
    )


# --- recalling ------------------------------------------------------------------------------------------------------
async def test_what_is_recalled_is_gone_for_the_shopper_and_kept_for_colleagues(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    await desk.say(visitor, "在吗")
    await answer(desk, agent, visitor, "这句发错会话了")
    said = await last_of(desk, visitor, "agent")
    command = recall(desk, said)

    await bridge.recalls.recall(agent, command)
    await bridge.recalls.recall(agent, command)

    events = await desk.events(visitor)
    assert not any("发错会话" in event.model_dump_json() for event in events)
    assert [event.body.event_id for event in events if isinstance(event.body, RecallBody)] == [said.event_id]
    snapshot = await bridge.agent_desk.snapshot(agent, visitor.conversation_id)
    [note] = [event.body for event in snapshot.notes if isinstance(event.body, NoteBody)]
    assert "这句发错会话了" in note.text
    row = await desk.row(visitor)
    assert row.unanswered_since is not None, "a recalled answer is none"
    assert "发错会话" not in row.preview


async def test_after_two_minutes_nothing_is_recalled(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    await answer(desk, agent, visitor, "请稍等")
    said = await last_of(desk, visitor, "agent")
    clock.advance(seconds=121)

    with pytest.raises(RecallRefused):
        await bridge.recalls.recall(agent, recall(desk, said))


async def test_only_ones_own_words_on_the_web_are_recalled(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    await answer(desk, agent, visitor, "请稍等")
    said, theirs = await last_of(desk, visitor, "agent"), await last_of(desk, visitor, "shopper")
    colleague = await desk.agent("colleague")

    for who, event in ((agent, theirs), (colleague, said)):
        with pytest.raises(RecallImpossible):
            await bridge.recalls.recall(who, recall(desk, event))
    async with bridge.record.writing() as session:
        (await conversations.locked(session, visitor.conversation_id)).channel = "wechat:main"
    with pytest.raises(RecallImpossible):
        await bridge.recalls.recall(agent, recall(desk, said))


# --- quoting --------------------------------------------------------------------------------------------------------
async def test_a_quote_is_taken_from_the_record_and_only_of_this_conversation(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋" * 200)
    asked = await last_of(desk, visitor, "shopper")
    await answer(desk, agent, visitor, "您说的是这个吗", quote_event_id=asked.event_id)

    body = (await last_of(desk, visitor, "agent")).body
    assert isinstance(body, MessageBody)
    assert body.quote
    assert body.quote.event_id == asked.event_id
    assert len(body.quote.text) == 120
    other = await desk.shopper()
    await desk.say(other, "别人的话")
    with pytest.raises(QuoteUnknown):
        await answer(desk, agent, visitor, "看", quote_event_id=(await last_of(desk, other, "shopper")).event_id)


# --- mentions -------------------------------------------------------------------------------------------------------
async def test_who_is_named_in_a_note_finds_it_until_they_have_looked(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    colleague = await desk.agent("colleague")
    note = AddNote(
        client_message_id=desk.next_id(),
        conversation_id=visitor.conversation_id,
        text="@同事 请看一下仓库",
        mentions=[colleague.agent_id, "nobody"],
    )

    await bridge.agent_desk.add_note(agent, note)

    [mentioned] = await bridge.mentions.unseen(colleague)
    assert (mentioned.conversation_id, mentioned.text) == (visitor.conversation_id, "@同事 请看一下仓库")
    assert await bridge.mentions.unseen(agent) == []
    await bridge.mentions.opened(colleague, visitor.conversation_id)
    assert await bridge.mentions.unseen(colleague) == []


# --- presets --------------------------------------------------------------------------------------------------------
async def test_a_preset_is_its_agents_alone(desk: Desk, bridge: Bridge) -> None:
    agent, other = await desk.agent("xiaolin"), await desk.agent("colleague")
    view = await bridge.presets.save(agent, NewPreset(name="生气的", body=SavedView(mood="angry")))
    steps = [MacroStep(does="say", text="已为您登记"), MacroStep(does="close", text="resolved")]
    macro = await bridge.presets.save(agent, NewPreset(name="登记并结束", body=Macro(key="1", steps=steps)))

    assert [each.preset_id for each in await bridge.presets.listed(agent)] == [view.preset_id, macro.preset_id]
    assert await bridge.presets.listed(other) == []
    with pytest.raises(PresetNotFound):
        await bridge.presets.remove(other, view.preset_id)
    await bridge.presets.save(agent, NewPreset(name="很生气", body=SavedView(mood="angry")), view.preset_id)
    await bridge.presets.remove(agent, macro.preset_id)
    assert [each.name for each in await bridge.presets.listed(agent)] == ["很生气"]


# --- what is known from before --------------------------------------------------------------------------------------
async def test_earlier_services_stand_with_their_ratings(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    row = await desk.row(visitor)
    await bridge.agent_desk.close(
        agent,
        CloseConversation(
            client_message_id=desk.next_id(),
            conversation_id=row.conversation_id,
            epoch=row.epoch,
            disposition="resolved",
        ),
    )
    rating = RateService(client_message_id=desk.next_id(), session_id=row.session_id, score=5, comment="很快")
    await bridge.messages.rate(visitor, rating)
    await desk.say(visitor, "又来了")

    newest, before = await bridge.shopper_history.services(agent, visitor.conversation_id)

    assert newest.score is None
    assert newest.ended_at is None
    assert (before.score, before.comment, before.disposition, before.agent_name) == (5, "很快", "resolved", agent.name)
    assert before.first_seq == 1 < newest.first_seq


async def test_a_note_on_a_customer_stays_until_it_is_emptied(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")

    await bridge.shopper_history.write_note(agent, visitor.conversation_id, "只收顺丰")

    note = await bridge.shopper_history.note(await desk.agent("colleague"), visitor.conversation_id)
    assert (note.text, note.agent_name) == ("只收顺丰", agent.name)
    await bridge.shopper_history.write_note(agent, visitor.conversation_id, " ")
    assert (await bridge.shopper_history.note(agent, visitor.conversation_id)).text == ""


async def test_a_long_conversation_comes_in_pages(desk: Desk, bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff_api.services.agent_desk.PAGE", 3)
    agent, visitor = await served(desk, "第一句")
    await desk.say(visitor, "第二句")
    conversation_id = visitor.conversation_id

    first = (await bridge.agent_desk.snapshot(agent, conversation_id)).events
    earlier = (await bridge.agent_desk.earlier(agent, conversation_id, first[0].seq, limit=500)).events

    assert len(first) == 3
    assert [event.seq for event in [*earlier, *first]] == list(range(1, first[-1].seq + 1))


# --- similar answers ------------------------------------------------------------------------------------------------
async def similar(desk: Desk, agent: AgentRecord, words: str) -> list[str]:
    conversation_id = (await desk.shopper()).conversation_id
    return [each.text for each in await desk.bridge.similar_answers.to(agent, conversation_id, words)]


async def test_what_was_answered_to_much_the_same_is_suggested(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "你好")
    await desk.say(visitor, "鞋底开胶了怎么处理")
    await answer(desk, agent, visitor, "王先生，开胶属于质量问题，15 天内可以换新")
    await desk.say(visitor, "发票抬头开错了怎么办")
    await answer(desk, agent, visitor, "发票可以冲红重开，请给我新抬头")

    assert await similar(desk, agent, "鞋底开胶了能处理吗") == ["开胶属于质量问题，15 天内可以换新"]
    assert await similar(desk, agent, "天气真好") == []


@pytest.mark.parametrize(
    "personal", ["订单 882159851904 已补发", "请加 https://a.cn/x 处理", "寄到长安路 12 号 3 室的退货点", "嗯"]
)
def test_what_belongs_to_one_shopper_is_no_example(personal: str) -> None:
    assert as_example(Answered("c_1", "问题", personal)) is None


# --- searching ------------------------------------------------------------------------------------------------------
async def test_what_was_recalled_is_not_found_again(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await served(desk, "鞋子开胶了")
    await answer(desk, agent, visitor, "葡萄柚乌龙")
    assert len((await bridge.desk_search.search(agent, "葡萄柚", Narrowed(), limit=9)).found) == 1
    await bridge.recalls.recall(agent, recall(desk, await last_of(desk, visitor, "agent")))

    found = (await bridge.desk_search.search(agent, "葡萄柚", Narrowed(), limit=9)).found

    assert [hit.excerpt for hit in found] == ["撤回了一条消息：葡萄柚乌龙"], "the note of colleagues alone"


async def test_a_customer_is_found_by_the_phone_once_looked_at(desk: Desk, bridge: Bridge) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper("U-1")
    await desk.say(visitor, "你好")
    await bridge.customers.of(agent, await desk.row(visitor))

    for phone in ("13812345678", "5678"):
        assert len((await bridge.desk_search.search(agent, phone, Narrowed(), limit=9)).found) == 1
    assert (await bridge.desk_search.search(agent, "13912345678", Narrowed(), limit=9)).found == []


def test_every_refusal_of_the_desk_says_what_to_do() -> None:
    for error in (RecallRefused, RecallImpossible, QuoteUnknown, PresetNotFound):
        assert issubclass(error, BridgeError)
        assert error.message.endswith("。")
