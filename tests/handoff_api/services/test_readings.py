"""What the bot reads in a message, and why."""

import pytest

from handoff_api.errors import BotUnavailable, ReadingNotFound
from tests.handoff_api.conftest import Desk
from tests.handoff_api.stand_in_bot import StandInBot


async def test_a_reading_is_explained_by_the_bot_as_it_is_now(desk: Desk) -> None:
    visitor = await desk.shopper()
    await desk.say(visitor, "转人工")
    spoken = next(event for event in await desk.events(visitor) if event.author.kind == "shopper")

    explained = await desk.bridge.readings.explain(visitor.conversation_id, spoken.event_id)

    assert explained.intent == "human_request"
    assert explained.reasons == [("w:转人工", 0.5)]


async def test_only_what_a_shopper_wrote_is_explained(desk: Desk) -> None:
    visitor, other = await desk.shopper(), await desk.shopper()
    await desk.say(visitor, "你好")
    greeting, spoken, _ = await desk.events(visitor)

    for conversation_id, event_id in (
        (visitor.conversation_id, greeting.event_id),
        (other.conversation_id, spoken.event_id),
    ):
        with pytest.raises(ReadingNotFound):
            await desk.bridge.readings.explain(conversation_id, event_id)


async def test_an_explanation_needs_the_bot(desk: Desk, bot: StandInBot) -> None:
    visitor = await desk.shopper()
    await desk.say(visitor, "你好")
    spoken = (await desk.events(visitor))[1]
    bot.is_failing = True

    with pytest.raises(BotUnavailable):
        await desk.bridge.readings.explain(visitor.conversation_id, spoken.event_id)
