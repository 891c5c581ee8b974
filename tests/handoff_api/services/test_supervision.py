"""What a supervisor does: take over, guests, whispers, what an agent can take."""

from typing import Any

import pytest

from contracts.events import HandoffPackage, Status
from contracts.frames import (
    AgentSendMessage,
    CloseConversation,
    InviteGuest,
    RemoveGuest,
    SetUpAgent,
    TakeOver,
    TransferConversation,
    Whisper,
    Whispered,
)
from handoff_api.errors import (
    AgentAtCapacity,
    AgentHoldsMore,
    AgentUnavailable,
    Forbidden,
    IllegalStep,
    NotYourConversation,
    StaleEpoch,
)
from handoff_api.fanout import Inbox, agent_topic
from handoff_api.record import checks
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk


def take_over(desk: Desk, row: ConversationRecord, **more: Any) -> TakeOver:
    return TakeOver(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=more.pop("epoch", row.epoch),
        **more,
    )


def message(desk: Desk, row: ConversationRecord, text: str = "您好") -> AgentSendMessage:
    return AgentSendMessage(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, text=text
    )


def invite(desk: Desk, row: ConversationRecord, agent_id: str) -> InviteGuest:
    return InviteGuest(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, agent_id=agent_id
    )


async def problems(bridge: Bridge) -> list[str]:
    async with bridge.record.reading() as session:
        return await checks.problems(session)


# --- taking over ----------------------------------------------------------------------------------------------------
async def test_a_supervisor_takes_a_conversation_over_from_an_agent(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.with_agent(agent, visitor)
    lead = await desk.agent("wang", role="supervisor")

    await bridge.supervision.take_over(lead, take_over(desk, row, note="我来处理"))

    after = await desk.row(visitor)
    assert (after.status, after.agent_id, after.epoch) == (Status.ACTIVE.value, lead.agent_id, row.epoch + 1)
    assert (await desk.texts(visitor, "system"))[-1] == "人工客服wang已接入，将为您服务。"
    with pytest.raises(StaleEpoch):
        await bridge.agent_desk.send(agent, message(desk, row))
    assert await problems(bridge) == []


async def test_what_was_taken_over_frees_the_agent_for_the_next_one(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li", capacity=1)
    first, second = await desk.shopper("s1"), await desk.shopper("s2")
    row = await desk.with_agent(agent, first)
    await desk.want_person(second)
    lead = await desk.agent("wang", role="supervisor", capacity=1, online=False)

    await bridge.supervision.take_over(lead, take_over(desk, row))

    assert (await desk.row(second)).offered_to == agent.agent_id


@pytest.mark.parametrize("where", ["bot", "queued", "offered"])
async def test_it_may_be_taken_over_from_the_bot_and_from_the_queue(where: str, desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    await desk.say(visitor, "鞋子开胶了")
    if where == "offered":
        await desk.agent("li")
    if where != "bot":
        await desk.want_person(visitor)
    lead = await desk.agent("wang", role="supervisor", online=False)
    row = await desk.row(visitor)

    await bridge.supervision.take_over(lead, take_over(desk, row))

    after = await desk.row(visitor)
    assert (row.status, after.status, after.agent_id) == (where, Status.ACTIVE.value, lead.agent_id)
    assert HandoffPackage.model_validate(after.handoff).wanted == "鞋子开胶了"
    assert await problems(bridge) == []


async def test_an_agent_may_claim_from_the_bot_and_the_package_says_so(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li")
    visitor = await desk.shopper("s1")
    await desk.say(visitor, "鞋子开胶了")
    row = await desk.row(visitor)

    await bridge.assignment.claim(agent.agent_id, row.conversation_id, row.epoch)

    after = await desk.row(visitor)
    assert (after.status, after.agent_id) == (Status.ACTIVE.value, agent.agent_id)
    assert HandoffPackage.model_validate(after.handoff).reason == "agent_rule"


async def test_only_a_lead_takes_over_and_only_with_room_and_on_what_they_see(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.with_agent(agent, visitor)
    colleague = await desk.agent("zhao")
    full = await desk.agent("qian", role="supervisor", capacity=0)
    lead = await desk.agent("wang", role="supervisor")

    with pytest.raises(Forbidden):
        await bridge.supervision.take_over(colleague, take_over(desk, row))
    with pytest.raises(AgentAtCapacity):
        await bridge.supervision.take_over(full, take_over(desk, row))
    with pytest.raises(StaleEpoch):
        await bridge.supervision.take_over(lead, take_over(desk, row, epoch=row.epoch - 1))
    await bridge.supervision.take_over(lead, take_over(desk, row))
    with pytest.raises(IllegalStep):
        await bridge.supervision.take_over(lead, take_over(desk, await desk.row(visitor)))


async def test_taking_over_twice_with_one_id_is_done_once(desk: Desk, bridge: Bridge) -> None:
    row = await desk.with_agent(await desk.agent("li"), await desk.shopper("s1"))
    lead = await desk.agent("wang", role="supervisor")
    command = take_over(desk, row)

    assert await bridge.supervision.take_over(lead, command) == await bridge.supervision.take_over(lead, command)


# --- guests ---------------------------------------------------------------------------------------------------------
async def test_a_guest_speaks_and_the_owner_stays_the_owner(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.with_agent(owner, visitor)
    guest = await desk.agent("zhao")

    await bridge.supervision.invite(owner, invite(desk, row, guest.agent_id))
    await bridge.agent_desk.send(guest, message(desk, row, "我是仓库的小赵"))

    after = await desk.row(visitor)
    assert (after.agent_id, after.epoch) == (owner.agent_id, row.epoch)
    assert (await desk.texts(visitor, "agent"))[-1] == "我是仓库的小赵"
    assert await problems(bridge) == []


async def test_a_guest_may_not_close_or_hand_on(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    row = await desk.with_agent(owner, await desk.shopper("s1"))
    guest = await desk.agent("zhao")
    await bridge.supervision.invite(owner, invite(desk, row, guest.agent_id))

    close = CloseConversation(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, disposition="好了"
    )
    with pytest.raises(NotYourConversation):
        await bridge.agent_desk.close(guest, close)


async def test_who_left_or_was_never_invited_may_not_speak(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    row = await desk.with_agent(owner, await desk.shopper("s1"))
    guest, stranger = await desk.agent("zhao"), await desk.agent("qian")
    await bridge.supervision.invite(owner, invite(desk, row, guest.agent_id))

    gone = RemoveGuest(client_message_id=desk.next_id(), conversation_id=row.conversation_id, agent_id=guest.agent_id)
    with pytest.raises(NotYourConversation):
        await bridge.supervision.remove(stranger, gone.model_copy(update={"client_message_id": desk.next_id()}))
    await bridge.supervision.remove(guest, gone)

    for agent in (guest, stranger):
        with pytest.raises(NotYourConversation):
            await bridge.agent_desk.send(agent, message(desk, row))


async def test_guests_leave_with_the_owner(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.with_agent(owner, visitor)
    guest = await desk.agent("zhao")
    await bridge.supervision.invite(owner, invite(desk, row, guest.agent_id))
    lead = await desk.agent("wang", role="supervisor")

    await bridge.supervision.take_over(lead, take_over(desk, row))

    assert (await desk.row(visitor)).guests == []


async def test_nobody_is_invited_who_is_not_here_or_is_in_it(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    row = await desk.with_agent(owner, await desk.shopper("s1"))
    away = await desk.agent("zhao", online=False)

    for agent_id in (away.agent_id, owner.agent_id, "agent_of_nobody"):
        with pytest.raises(AgentUnavailable):
            await bridge.supervision.invite(owner, invite(desk, row, agent_id))


# --- whispers -------------------------------------------------------------------------------------------------------
async def test_a_whisper_reaches_the_owner_and_never_the_shopper(desk: Desk, bridge: Bridge) -> None:
    owner = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.with_agent(owner, visitor)
    lead = await desk.agent("wang", role="supervisor")
    inbox = Inbox()
    bridge.fanout.subscribe(inbox, agent_topic(owner.agent_id))
    before = await desk.events(visitor)

    await bridge.supervision.whisper(
        lead, Whisper(client_message_id=desk.next_id(), conversation_id=row.conversation_id, text="可以免运费")
    )

    heard = [frame for frame in inbox.drain() if isinstance(frame, Whispered)]
    assert [(frame.author_name, frame.text) for frame in heard] == [("wang", "可以免运费")]
    assert await desk.events(visitor) == before


# --- what an agent can take -----------------------------------------------------------------------------------------
async def test_more_capacity_is_used_at_once(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li", capacity=0)
    lead = await desk.agent("wang", role="supervisor", capacity=0)
    visitor = await desk.shopper("s1")
    await desk.want_person(visitor)

    await bridge.supervision.set_up(lead, SetUpAgent(agent_id=agent.agent_id, capacity=1, skills=["invoice"], level=2))

    view = await bridge.agent_desk.view(agent.agent_id)
    assert (await desk.row(visitor)).offered_to == agent.agent_id
    assert (view.capacity, view.skills, view.level) == (1, ["invoice"], 2)


async def test_nobody_is_set_below_what_they_hold_and_no_agent_sets_anybody_up(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li")
    await desk.with_agent(agent, await desk.shopper("s1"))
    lead = await desk.agent("wang", role="supervisor")

    with pytest.raises(AgentHoldsMore):
        await bridge.supervision.set_up(lead, SetUpAgent(agent_id=agent.agent_id, capacity=0))
    with pytest.raises(Forbidden):
        await bridge.supervision.set_up(agent, SetUpAgent(agent_id=agent.agent_id, capacity=9))


# --- handing on what waits ------------------------------------------------------------------------------------------
async def test_a_supervisor_gives_a_waiting_conversation_to_somebody_else(desk: Desk, bridge: Bridge) -> None:
    first = await desk.agent("li")
    visitor = await desk.shopper("s1")
    row = await desk.want_person(visitor)
    second = await desk.agent("zhao")
    lead = await desk.agent("wang", role="supervisor", capacity=0)
    assert row.offered_to == first.agent_id

    await bridge.agent_desk.transfer(lead, _transfer(desk, row, agent_id=second.agent_id))

    assert (await desk.row(visitor)).offered_to == second.agent_id
    assert await problems(bridge) == []


async def test_a_supervisor_sends_a_waiting_conversation_to_another_group(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    row = await desk.want_person(visitor)
    lead = await desk.agent("wang", role="supervisor", capacity=0)

    await bridge.agent_desk.transfer(lead, _transfer(desk, row, skill="complaint"))

    after = await desk.row(visitor)
    assert (after.status, after.skill, after.queue_tick) == (Status.QUEUED.value, "complaint", row.queue_tick)
    with pytest.raises(NotYourConversation):
        await bridge.agent_desk.transfer(
            await desk.agent("li"), _transfer(desk, await desk.row(visitor), skill="general")
        )


def _transfer(desk: Desk, row: ConversationRecord, **to: str) -> TransferConversation:
    return TransferConversation(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, **to
    )
