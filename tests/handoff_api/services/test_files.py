"""Files beside messages: kept, sent by agents, told to the bot, forgotten."""

import pytest

from contracts.events import MessageBody
from contracts.frames import AgentSendMessage
from handoff_api.errors import FileNotFound, TooManyFiles
from handoff_api.services import files
from tests.handoff_api.conftest import Clock, Desk
from tests.handoff_api.pictures import PDF, picture
from tests.handoff_api.stand_in_bot import StandInBot


async def test_an_agents_picture_and_document_reach_the_shopper(desk: Desk) -> None:
    agent, shopper = await desk.agent("小李"), await desk.shopper()
    row = await desk.with_agent(agent, shopper)
    taken = [
        await desk.bridge.files.take_in(row.conversation_id, agent.agent_id, content, "说明")
        for content in (picture(), PDF)
    ]
    command = AgentSendMessage(
        client_message_id=desk.next_id(),
        conversation_id=row.conversation_id,
        epoch=row.epoch,
        text="请看这里",
        attachments=[each.attachment_id for each in taken],
    )

    await desk.bridge.agent_desk.send(agent, command)

    body = (await desk.events(shopper))[-1].body
    assert isinstance(body, MessageBody)
    assert [(each.kind, each.name) for each in body.attachments] == [("picture", "说明.jpg"), ("document", "说明.pdf")]
    assert (await desk.bridge.files.read(taken[1].attachment_id)).content == PDF


async def test_pictures_without_a_word_are_one_turn_of_the_bot(desk: Desk, bot: StandInBot) -> None:
    shopper = await desk.shopper()
    for _ in range(2):
        taken = await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture(), "鞋底.jpg")
        await desk.bridge.messages.send(shopper, desk.next_id(), "", [taken.attachment_id])
    await desk.bridge.background.settle()

    told = bot.turns[-1]
    assert told["reading"]["entities"] == {"choice": "picture"}
    assert told["metadata"]["pictures"][-1]["is_new"]
    assert told["metadata"]["pictures"][-1]["url"].endswith(taken.attachment_id)
    assert len(told["metadata"]["pictures"]) == 2


async def test_a_picture_beside_words_leaves_the_words_to_be_read(desk: Desk, bot: StandInBot) -> None:
    shopper = await desk.shopper()
    taken = await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture())
    await desk.bridge.messages.send(shopper, desk.next_id(), "鞋底开胶了", [taken.attachment_id])
    await desk.bridge.background.settle()

    assert (bot.turns[-1]["text"], bot.turns[-1]["reading"]) == ("鞋底开胶了", None)
    assert len(bot.turns[-1]["metadata"]["pictures"]) == 1


async def test_what_was_never_sent_is_forgotten_after_a_day(desk: Desk, clock: Clock) -> None:
    shopper = await desk.shopper()
    kept, loose = [await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture()) for _ in range(2)]
    await desk.bridge.messages.send(shopper, desk.next_id(), "", [kept.attachment_id])

    clock.advance(days=2)
    await desk.bridge.files.sweep()

    assert (await desk.bridge.files.read(kept.attachment_id)).content
    with pytest.raises(FileNotFound):
        await desk.bridge.files.read(loose.attachment_id)


async def test_nothing_is_kept_for_ever(desk: Desk, clock: Clock) -> None:
    shopper = await desk.shopper()
    sent = await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture())
    await desk.bridge.messages.send(shopper, desk.next_id(), "", [sent.attachment_id])

    clock.advance(days=181)
    await desk.bridge.files.sweep()

    with pytest.raises(FileNotFound):
        await desk.bridge.files.read(sent.attachment_id)
    assert [path for path in desk.bridge.settings.files_dir.rglob("*") if path.is_file()] == []


async def test_a_shopper_who_is_forgotten_leaves_no_file(desk: Desk) -> None:
    shopper = await desk.shopper()
    sent = await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture())

    await desk.bridge.files.erase(shopper.conversation_id)

    with pytest.raises(FileNotFound):
        await desk.bridge.files.read(sent.attachment_id)
    assert [path for path in desk.bridge.settings.files_dir.rglob("*") if path.is_file()] == []


async def test_there_is_an_end_to_uploads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PER_DAY", 2)
    shopper = await desk.shopper()
    for _ in range(2):
        await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture())

    with pytest.raises(TooManyFiles):
        await desk.bridge.files.take_in(shopper.conversation_id, "shopper", picture())
