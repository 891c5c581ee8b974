"""Who gets it, and what is kept about why."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from contracts.events import Status
from contracts.frames import CloseConversation, TransferConversation
from handoff_api.record import conversations
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.settings import Settings
from tests.handoff_api.conftest import Clock, Desk, SettingsFor

RULES = Settings.model_fields["handoff_rules"].default


@pytest.fixture
async def direct(tmp_path: Path, settings_for: SettingsFor, clock: Clock) -> AsyncIterator[Desk]:
    """A shop that assigns without asking."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    rules["routing"] |= {"assignment": "direct", "strategy": "longest_idle"}
    path = tmp_path / "handoff.yml"
    path.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    bridge = build_bridge(settings_for(handoff_rules=path), clock)
    yield Desk(bridge)
    await bridge.close()


async def test_why_an_agent_was_chosen_is_kept_with_who_lost(desk: Desk, bridge: Bridge) -> None:
    chosen, full = await desk.agent("li"), await desk.agent("zhao", capacity=0)
    row = await desk.want_person(await desk.shopper("s1"))

    [choice] = (await bridge.agent_desk.snapshot(chosen, row.conversation_id)).choices

    assert (choice.agent_id, choice.agent_name, choice.strategy) == (chosen.agent_id, "li", "least_loaded")
    assert {each.agent_id: each.outcome for each in choice.considered} == {
        chosen.agent_id: "chosen",
        full.agent_id: "full",
    }


async def test_who_comes_back_meets_the_agent_of_the_last_time(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    first = await desk.agent("li")
    row = await desk.with_agent(first, visitor)
    idle = await desk.agent("zhao")
    other = await desk.shopper("s2")
    close = CloseConversation(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, disposition="已解决"
    )
    await bridge.agent_desk.close(first, close)
    assert (await desk.want_person(other)).offered_to == idle.agent_id  # idle longest

    again = await desk.want_person(visitor)

    assert again.offered_to == first.agent_id


async def test_who_gave_it_on_does_not_get_it_back(desk: Desk, bridge: Bridge) -> None:
    visitor = await desk.shopper("s1")
    first = await desk.agent("li")
    row = await desk.with_agent(first, visitor)
    second = await desk.agent("zhao")
    on = TransferConversation(
        client_message_id=desk.next_id(), conversation_id=row.conversation_id, epoch=row.epoch, skill="general"
    )

    await bridge.agent_desk.transfer(first, on)

    assert (await desk.row(visitor)).offered_to == second.agent_id


async def test_direct_assignment_asks_nobody(direct: Desk) -> None:
    agent = await direct.agent("li", capacity=1)
    first, second = await direct.shopper("s1"), await direct.shopper("s2")

    await direct.want_person(first)
    await direct.want_person(second)

    assert ((await direct.row(first)).status, (await direct.row(first)).agent_id) == (
        Status.ACTIVE.value,
        agent.agent_id,
    )
    assert (await direct.row(second)).status == Status.QUEUED.value


async def test_behind_those_an_agent_passed_the_next_one_is_found(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("li", capacity=1)
    visitors = [await desk.shopper(f"s{number}") for number in range(conversations.HEADS + 2)]
    for visitor in visitors:
        await desk.want_person(visitor)

    for visitor in visitors[:-1]:
        row = await desk.row(visitor)
        assert row.offered_to == agent.agent_id
        await bridge.assignment.decline(agent.agent_id, row.conversation_id, row.epoch)

    assert (await desk.row(visitors[-1])).offered_to == agent.agent_id


async def test_an_elder_goes_before_those_who_came_a_little_earlier(desk: Desk, bridge: Bridge) -> None:
    first, elder = await desk.shopper("s1"), await desk.shopper("s2")
    async with bridge.record.writing() as session:
        (await conversations.locked(session, elder.conversation_id)).shopper_is_elder = True
    await desk.want_person(first)
    await desk.want_person(elder)

    agent = await desk.agent("li", capacity=1)

    assert (await desk.row(elder)).offered_to == agent.agent_id
