"""What an agent may do, and under which epoch."""

import pytest

from contracts.events import NoteBody, Status
from contracts.frames import AddNote, AgentSendMessage, CloseConversation, SetPresence, TransferConversation
from contracts.identity import VisitorIdentity
from handoff_api.errors import (
    AgentAtCapacity,
    AgentUnavailable,
    BridgeError,
    ConversationNotFound,
    Forbidden,
    IllegalStep,
    NotYourConversation,
    SkillUnknown,
    StaleEpoch,
    TextEmpty,
)
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk


def saying(desk: Desk, row: ConversationRecord, text: str = "您好", *, epoch: int | None = None) -> AgentSendMessage:
    return AgentSendMessage(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=row.epoch if epoch is None else epoch,
        text=text,
    )


@pytest.fixture
async def agent(desk: Desk) -> AgentRecord:
    return await desk.agent("xiaolin")


@pytest.fixture
async def visitor(desk: Desk) -> VisitorIdentity:
    return await desk.shopper()


@pytest.fixture
async def active(desk: Desk, agent: AgentRecord, visitor: VisitorIdentity) -> ConversationRecord:
    return await desk.with_agent(agent, visitor)


async def test_what_the_owner_says_reaches_the_shopper_once(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    await desk.say(visitor, "在吗")
    command = saying(desk, active)

    first = await bridge.agent_desk.send(agent, command)
    again = await bridge.agent_desk.send(agent, command)

    assert first == again
    assert await desk.texts(visitor, "agent") == ["您好"]
    assert (await desk.row(visitor)).unanswered_since is None


async def test_a_stale_epoch_is_refused(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    with pytest.raises(StaleEpoch):
        await bridge.agent_desk.send(agent, saying(desk, active, epoch=active.epoch - 1))

    assert await desk.texts(visitor, "agent") == []


async def test_a_colleague_cannot_speak_in_it(desk: Desk, bridge: Bridge, active: ConversationRecord) -> None:
    colleague = await desk.agent("colleague")

    with pytest.raises(NotYourConversation):
        await bridge.agent_desk.send(colleague, saying(desk, active))


async def test_nobody_speaks_while_the_bot_answers(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    with pytest.raises(NotYourConversation):
        await bridge.agent_desk.send(agent, saying(desk, await desk.row(visitor)))


async def test_an_empty_answer_is_refused(
    desk: Desk, bridge: Bridge, agent: AgentRecord, active: ConversationRecord
) -> None:
    with pytest.raises(TextEmpty):
        await bridge.agent_desk.send(agent, saying(desk, active, " "))


async def test_a_note_is_seen_by_agents_only_and_numbered_for_itself(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    note = AddNote(client_message_id=desk.next_id(), conversation_id=active.conversation_id, text="顾客是老客户")

    accepted = await bridge.agent_desk.add_note(agent, note)

    assert accepted.seq == 1
    assert not any(isinstance(event.body, NoteBody) for event in await desk.events(visitor))
    snapshot = await bridge.agent_desk.snapshot(agent, active.conversation_id)
    assert [event.body.text for event in snapshot.notes if isinstance(event.body, NoteBody)] == ["顾客是老客户"]


async def test_an_auditor_changes_nothing(desk: Desk, bridge: Bridge, active: ConversationRecord) -> None:
    auditor = await desk.agent("auditor", role="auditor", online=False)
    note = AddNote(client_message_id=desk.next_id(), conversation_id=active.conversation_id, text="看看")

    for attempt in (bridge.agent_desk.add_note(auditor, note), bridge.agent_desk.send(auditor, saying(desk, active))):
        with pytest.raises(Forbidden):
            await attempt


def transfer(
    desk: Desk, row: ConversationRecord, agent_id: str | None, skill: str | None = None
) -> TransferConversation:
    return TransferConversation(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=row.epoch,
        agent_id=agent_id,
        skill=skill,
        note="想换货，已核对尺码",
    )


async def test_a_transfer_is_offered_to_the_colleague_with_the_note(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    colleague = await desk.agent("colleague")

    await bridge.agent_desk.transfer(agent, transfer(desk, active, colleague.agent_id))

    row = await desk.row(visitor)
    assert (row.status, row.offered_to, row.epoch) == (Status.OFFERED, colleague.agent_id, active.epoch + 1)
    with pytest.raises(StaleEpoch):
        await bridge.agent_desk.send(agent, saying(desk, active))
    await bridge.assignment.accept(colleague.agent_id, row.conversation_id, row.epoch)
    assert (await desk.row(visitor)).agent_id == colleague.agent_id
    assert len((await bridge.agent_desk.snapshot(colleague, row.conversation_id)).notes) == 1


async def test_a_transfer_to_a_skill_goes_back_to_the_queue_at_its_old_place(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    await desk.agent("full", capacity=0)
    command = transfer(desk, active, None, "complaint")

    await bridge.agent_desk.transfer(agent, command)

    row = await desk.row(visitor)
    assert (row.skill, row.queue_tick, row.agent_id) == ("complaint", active.queue_tick, None)


@pytest.mark.parametrize(("online", "capacity", "error"), [(False, 5, AgentUnavailable), (True, 0, AgentAtCapacity)])
async def test_a_transfer_nobody_can_take_changes_nothing(
    desk: Desk,
    bridge: Bridge,
    agent: AgentRecord,
    visitor: VisitorIdentity,
    active: ConversationRecord,
    online: bool,
    capacity: int,
    error: type[BridgeError],
) -> None:
    colleague = await desk.agent("colleague", capacity=capacity, online=online)

    with pytest.raises(error):
        await bridge.agent_desk.transfer(agent, transfer(desk, active, colleague.agent_id))

    assert (await desk.row(visitor)).epoch == active.epoch


async def test_a_transfer_to_a_skill_that_nobody_has_changes_nothing(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    with pytest.raises(SkillUnknown):
        await bridge.agent_desk.transfer(agent, transfer(desk, active, None, "astrology"))

    assert (await desk.row(visitor)).epoch == active.epoch


async def test_a_supervisor_may_close_what_an_agent_left_open(
    desk: Desk, bridge: Bridge, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    lead = await desk.agent("lead", role="supervisor", online=False)
    command = CloseConversation(
        client_message_id=desk.next_id(),
        conversation_id=active.conversation_id,
        epoch=active.epoch,
        disposition="已解决",
    )

    await bridge.agent_desk.close(lead, command)

    assert (await desk.row(visitor)).status == Status.CLOSED


async def test_closing_frees_the_agent_for_the_next_in_line(desk: Desk, bridge: Bridge, agent: AgentRecord) -> None:
    busy = await desk.agent("busy", capacity=1, online=False)
    await bridge.agent_desk.set_presence(agent.agent_id, _away())
    await desk.come(busy)
    first, second = await desk.shopper(), await desk.shopper()
    row = await desk.with_agent(busy, first)
    assert (await desk.want_person(second)).status == Status.QUEUED

    await bridge.agent_desk.close(
        busy,
        CloseConversation(
            client_message_id=desk.next_id(),
            conversation_id=row.conversation_id,
            epoch=row.epoch,
            disposition="已解决",
        ),
    )

    assert (await desk.row(second)).offered_to == busy.agent_id


def _away() -> SetPresence:
    return SetPresence(status="away")


async def test_a_closed_conversation_takes_no_more_of_the_agents_words(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    finish = CloseConversation(
        client_message_id=desk.next_id(), conversation_id=active.conversation_id, epoch=active.epoch
    )
    await bridge.agent_desk.close(agent, finish)

    with pytest.raises(IllegalStep):
        await bridge.agent_desk.send(agent, saying(desk, active))


async def test_another_shops_conversation_does_not_exist(
    desk: Desk, bridge: Bridge, agent: AgentRecord, active: ConversationRecord
) -> None:
    agent.shop_id = "another"

    for attempt in (
        bridge.agent_desk.send(agent, saying(desk, active)),
        bridge.agent_desk.snapshot(agent, active.conversation_id),
        bridge.agent_desk.require_readable(agent, active.conversation_id),
    ):
        with pytest.raises(ConversationNotFound):
            await attempt


async def test_the_lists_show_what_they_say(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    bot_owned = await desk.shopper()
    await desk.say(visitor, "在吗")

    mine = await bridge.agent_desk.listed(agent, "mine", limit=10)
    bot = await bridge.agent_desk.listed(agent, "bot", limit=10)

    assert [(row.conversation_id, row.unread, row.preview) for row in mine] == [(active.conversation_id, 1, "在吗")]
    assert [row.conversation_id for row in bot] == [bot_owned.conversation_id]
    assert await bridge.agent_desk.listed(agent, "waiting", limit=10) == []
    assert len(await bridge.agent_desk.listed(agent, "all", limit=10)) == 2


async def test_reading_clears_the_unread_count_of_the_owner_only(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity, active: ConversationRecord
) -> None:
    colleague = await desk.agent("colleague", online=False)
    seq = await desk.say(visitor, "在吗")
    assert seq

    await bridge.agent_desk.mark_read(colleague, active.conversation_id, seq)
    [before] = await bridge.agent_desk.listed(agent, "mine", limit=1)
    await bridge.agent_desk.mark_read(agent, active.conversation_id, seq)
    [after] = await bridge.agent_desk.listed(agent, "mine", limit=1)

    assert (before.unread, after.unread) == (1, 0)
