"""What agents put right becomes training data."""

import pytest
import yaml

from contracts.identity import VisitorIdentity
from handoff_api.errors import Forbidden, ReadingNotFound
from handoff_api.services.bridge import Bridge
from handoff_api.services.corrections import training_data
from tests.handoff_api.conftest import Desk


async def message_of(desk: Desk, visitor: VisitorIdentity) -> str:
    [event] = [event for event in await desk.events(visitor) if event.author.kind == "shopper"]
    return event.event_id


async def test_a_corrected_message_is_an_example_of_what_it_means(desk: Desk, bridge: Bridge) -> None:
    agent, lead = await desk.agent("xiaolin"), await desk.agent("zhuguan", role="supervisor")
    visitor = await desk.shopper()
    await desk.say(visitor, "扣子掉了 [一颗]\n能换吗")
    event_id = await message_of(desk, visitor)

    await bridge.corrections.correct(agent, visitor.conversation_id, event_id, "quality_defect")
    await bridge.corrections.correct(agent, visitor.conversation_id, event_id, "exchange_apply")

    [kept] = await bridge.corrections.of(agent, visitor.conversation_id)
    assert (kept.intent, kept.agent_name) == ("exchange_apply", "xiaolin")
    exported = yaml.safe_load(await bridge.corrections.as_training_data(lead))
    assert exported["nlu"] == [{"intent": "exchange_apply", "examples": "- 扣子掉了 ［一颗］ 能换吗\n"}]


async def test_only_a_shoppers_message_can_be_corrected_and_only_leads_take_them_out(
    desk: Desk, bridge: Bridge
) -> None:
    agent, visitor = await desk.agent("xiaolin"), await desk.shopper()
    greeting = (await desk.events(visitor))[0].event_id

    with pytest.raises(ReadingNotFound):
        await bridge.corrections.correct(agent, visitor.conversation_id, greeting, "greet")
    with pytest.raises(Forbidden):
        await bridge.corrections.as_training_data(agent)


def test_nothing_corrected_is_still_a_valid_file() -> None:
    assert yaml.safe_load(training_data([])) == {"version": "3.1", "nlu": []}
