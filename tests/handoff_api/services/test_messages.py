"""What a shopper does: committed once, in order, and heard by whoever owns the conversation."""

import asyncio

import pytest

from contracts.events import CsatAskBody, MessageBody, Status, StatusBody
from contracts.frames import CloseConversation, RateService
from handoff_api import lines
from handoff_api.errors import ChoiceUnknown, IllegalStep, RateLimited, RatingRefused, TextEmpty
from handoff_api.services.bridge import Bridge, build_bridge
from tests.handoff_api.conftest import Clock, Desk, SettingsFor
from tests.handoff_api.stand_in_bot import StandInBot


async def test_a_new_conversation_begins_with_the_ai_saying_what_it_is(desk: Desk) -> None:
    visitor = await desk.shopper()

    [greeting] = await desk.events(visitor)

    assert isinstance(greeting.body, MessageBody)
    assert "AI" in greeting.body.text
    assert [choice.title for choice in greeting.body.choices] == [c.title for c in lines.GREETING_CHOICES]


async def test_a_message_is_answered_by_the_bot(desk: Desk) -> None:
    visitor = await desk.shopper()

    await desk.say(visitor, "我的快递到哪了")

    assert await desk.texts(visitor) == ["收到：我的快递到哪了"]


async def test_the_same_client_id_gives_the_first_seq_and_is_said_once(desk: Desk, bot: StandInBot) -> None:
    visitor = await desk.shopper()

    first = await desk.say(visitor, "你好", "client-same")
    second = await desk.say(visitor, "别的内容", "client-same")

    assert first == second
    assert await desk.texts(visitor, "shopper") == ["你好"]
    assert len(bot.turns) == 1


async def test_many_messages_at_once_are_numbered_without_gaps(desk: Desk) -> None:
    visitor = await desk.shopper()

    seqs = await asyncio.gather(*(desk.bridge.messages.send(visitor, f"client-{n:04}", f"第{n}条") for n in range(20)))
    await desk.bridge.background.settle()

    assert len({accepted.seq for accepted in seqs}) == 20
    events = await desk.events(visitor)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_a_refused_message_leaves_nothing_behind(desk: Desk) -> None:
    visitor = await desk.shopper()

    with pytest.raises(TextEmpty):
        await desk.say(visitor, " \u3000 ")

    assert len(await desk.events(visitor)) == 1


async def test_who_writes_too_fast_is_asked_to_wait_and_may_send_the_same_again(
    settings_for: SettingsFor, clock: Clock
) -> None:
    bridge = build_bridge(settings_for(message_burst=2), clock)
    visitor = await Desk(bridge).shopper()
    for number in range(2):
        await bridge.messages.send(visitor, f"client-{number:04}", "喂")

    with pytest.raises(RateLimited):
        await bridge.messages.send(visitor, "client-last", "喂")
    clock.advance(seconds=10)

    assert (await bridge.messages.send(visitor, "client-last", "喂")).seq
    await bridge.background.settle()
    await bridge.close()


# --- buttons ---------------------------------------------------------------------------------------------------------
async def choices(desk: Desk, visitor: object, text: str = "哪个订单") -> list[str]:
    await desk.say(visitor, text)  # type: ignore[arg-type]
    body = (await desk.events(visitor))[-1].body  # type: ignore[arg-type]
    assert isinstance(body, MessageBody)
    return [choice.choice_id for choice in body.choices]


async def test_a_pressed_button_hands_the_stored_reading_to_the_bot(desk: Desk, bot: StandInBot) -> None:
    visitor = await desk.shopper()
    first, _ = await choices(desk, visitor)

    await desk.bridge.messages.press(visitor, desk.next_id(), first)
    await desk.bridge.background.settle()

    assert bot.turns[-1]["reading"] == {"intent": "inform", "entities": {"order_number": "1"}, "title": "第一个"}
    assert (await desk.texts(visitor, "shopper"))[-1] == "第一个"
    assert (await desk.texts(visitor))[-1] == "pressed inform {'order_number': '1'}"


async def test_a_button_and_those_beside_it_work_once(desk: Desk) -> None:
    visitor = await desk.shopper()
    first, second = await choices(desk, visitor)
    await desk.bridge.messages.press(visitor, desk.next_id(), first)

    for spent in (first, second):
        with pytest.raises(ChoiceUnknown):
            await desk.bridge.messages.press(visitor, desk.next_id(), spent)

    used = [
        choice.used for e in await desk.events(visitor) if isinstance(e.body, MessageBody) for choice in e.body.choices
    ]
    assert used == [False] * 4 + [True, True]
    await desk.bridge.background.settle()


async def test_the_greetings_buttons_do_not_spend_one_another(desk: Desk) -> None:
    visitor = await desk.shopper()
    [greeting] = await desk.events(visitor)
    assert isinstance(greeting.body, MessageBody)

    for choice in greeting.body.choices[:2]:
        await desk.bridge.messages.press(visitor, desk.next_id(), choice.choice_id)
    await desk.bridge.background.settle()

    assert await desk.texts(visitor, "shopper") == ["查物流", "退货退款"]


async def test_another_conversations_button_does_not_exist(desk: Desk) -> None:
    mine, other = await desk.shopper(), await desk.shopper()
    first, _ = await choices(desk, other)

    with pytest.raises(ChoiceUnknown):
        await desk.bridge.messages.press(mine, desk.next_id(), first)

    await desk.bridge.messages.press(other, desk.next_id(), first)
    await desk.bridge.background.settle()


# --- a person --------------------------------------------------------------------------------------------------------
async def test_the_button_for_a_person_needs_no_bot(desk: Desk, bot: StandInBot) -> None:
    bot.is_failing = True
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()

    row = await desk.want_person(visitor)

    assert row.status == Status.QUEUED
    assert bot.turns == []
    assert "第 1 位" in (await desk.texts(visitor, "system"))[-1]


async def test_asking_again_while_waiting_says_nothing_twice(desk: Desk) -> None:
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()
    first = await desk.want_person(visitor)

    second = await desk.want_person(visitor)

    assert (second.status, second.epoch, second.queue_tick) == (first.status, first.epoch, first.queue_tick)
    assert second.last_seq == first.last_seq


async def test_leaving_the_queue_brings_the_bot_back(desk: Desk) -> None:
    await desk.agent("xiaolin", capacity=0)
    visitor = await desk.shopper()
    waiting = await desk.want_person(visitor)

    await desk.bridge.messages.leave_queue(visitor, desk.next_id())
    await desk.say(visitor, "还是问你吧")

    row = await desk.row(visitor)
    assert (row.status, row.epoch) == (Status.BOT, waiting.epoch + 1)
    assert (await desk.texts(visitor))[-1] == "收到：还是问你吧"


async def test_there_is_nothing_to_leave_while_the_bot_answers(desk: Desk) -> None:
    visitor = await desk.shopper()

    with pytest.raises(IllegalStep):
        await desk.bridge.messages.leave_queue(visitor, desk.next_id())


async def test_while_a_person_owns_it_the_bot_is_only_asked_to_read(desk: Desk, bot: StandInBot) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.with_agent(agent, visitor)

    await desk.say(visitor, "/restart")

    assert bot.turns == []
    assert bot.parsed == ["／restart"]


# --- the end ---------------------------------------------------------------------------------------------------------
async def closed(desk: Desk, visitor: object, disposition: str = "已解决") -> str:
    agent = await desk.agent("xiaolin")
    row = await desk.with_agent(agent, visitor)  # type: ignore[arg-type]
    command = CloseConversation(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=row.epoch,
        disposition=disposition,
    )
    await desk.bridge.agent_desk.close(agent, command)
    return row.session_id


async def test_after_the_agent_closes_the_next_message_is_the_bots_again(desk: Desk) -> None:
    visitor = await desk.shopper()
    session_id = await closed(desk, visitor)

    await desk.say(visitor, "还有个问题")

    row = await desk.row(visitor)
    assert row.status == Status.BOT
    assert row.session_id != session_id
    assert (await desk.texts(visitor))[-1] == "收到：还有个问题"


async def test_closing_asks_for_a_rating_that_is_given_once(desk: Desk) -> None:
    visitor = await desk.shopper()
    session_id = await closed(desk, visitor)
    ask = (await desk.events(visitor))[-1].body
    assert isinstance(ask, CsatAskBody)
    rating = RateService(client_message_id="client-rate", session_id=session_id, score=5, comment="很好")

    first = await desk.bridge.messages.rate(visitor, rating)
    again = await desk.bridge.messages.rate(visitor, rating)

    assert ask.session_id == session_id
    assert first == again
    with pytest.raises(RatingRefused):
        await desk.bridge.messages.rate(visitor, rating.model_copy(update={"client_message_id": "client-other"}))


async def test_nobody_rates_a_session_that_is_not_theirs(desk: Desk) -> None:
    visitor, other = await desk.shopper(), await desk.shopper()
    session_id = await closed(desk, visitor)

    with pytest.raises(RatingRefused):
        await desk.bridge.messages.rate(
            other, RateService(client_message_id="client-rate", session_id=session_id, score=1)
        )


async def test_without_a_disposition_the_next_message_returns_to_the_same_agent(desk: Desk) -> None:
    visitor = await desk.shopper()
    session_id = await closed(desk, visitor, disposition="")
    assert (await desk.row(visitor)).status == Status.WRAP_UP

    await desk.say(visitor, "等一下")

    row = await desk.row(visitor)
    assert (row.status, row.session_id) == (Status.ACTIVE, session_id)
    assert row.agent_id is not None


async def test_wrapping_up_ends_by_itself(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper()
    await closed(desk, visitor, disposition="")

    clock.advance(minutes=3)
    await bridge.closing.close_idle()

    assert (await desk.row(visitor)).status == Status.CLOSED
    assert isinstance((await desk.events(visitor))[-1].body, CsatAskBody)


async def test_a_quiet_talk_with_the_bot_ends_without_a_word(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper()

    clock.advance(days=3, seconds=1)
    await bridge.closing.close_idle()

    body = (await desk.events(visitor))[-1].body
    assert isinstance(body, StatusBody)
    assert (body.status, body.line) == (Status.CLOSED, "")
