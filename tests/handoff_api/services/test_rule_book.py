"""Rules that leads change while the shop runs."""

import pytest

from contracts.supervision import RulesChange
from handoff_api.errors import Forbidden, RulesChanged, RulesRefused
from handoff_api.services.bridge import Bridge, build_bridge
from tests.handoff_api.conftest import Desk

DIRECT = {"strategy": "longest_idle", "assignment": "direct"}


async def test_a_change_is_in_force_at_once_and_in_other_processes_later(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)
    before = await bridge.rules.view(lead)

    after = await bridge.rules.change(lead, RulesChange(version=before.version, sections={"routing": DIRECT}))

    assert (before.version, after.version, after.changed) == (0, 1, ["routing"])
    assert bridge.rules.now.routing.strategy == "longest_idle"
    assert bridge.rules.now.hours == bridge.settings.rules.hours
    other = build_bridge(bridge.settings)
    assert await other.rules.refresh()
    assert other.rules.now.routing.assignment == "direct"
    await other.close()
    entries = await bridge.personnel.audit_log(before=None, limit=5)
    assert ("rules.changed", {"version": 1, "sections": ["routing"]}) in [(each.action, each.facts) for each in entries]


async def test_a_section_goes_back_to_the_file(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)
    await bridge.rules.change(lead, RulesChange(version=0, sections={"routing": DIRECT}))

    after = await bridge.rules.change(lead, RulesChange(version=1, sections={"routing": None}))

    assert after.changed == []
    assert bridge.rules.now.routing == bridge.settings.rules.routing


async def test_a_mistake_is_named_and_changes_nothing(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)
    wish = RulesChange(version=0, sections={"hours": {"workdays": ["21:00-09:00"]}})

    with pytest.raises(RulesRefused) as refused:
        await bridge.rules.change(lead, wish)

    assert "hours.workdays.0" in refused.value.message
    assert (await bridge.rules.view(lead)).version == 0


async def test_a_colleagues_change_is_not_overwritten(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)
    await bridge.rules.change(lead, RulesChange(version=0, sections={"routing": DIRECT}))

    with pytest.raises(RulesChanged):
        await bridge.rules.change(lead, RulesChange(version=0, sections={"routing": {"strategy": "round_robin"}}))


async def test_what_is_shown_can_be_sent_back_as_it_is(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)
    shown = await bridge.rules.view(lead)

    again = await bridge.rules.change(lead, RulesChange(version=0, sections=dict(shown.sections)))

    assert again.sections == shown.sections
    assert bridge.rules.now == bridge.settings.rules


async def test_an_agent_changes_no_rules(desk: Desk, bridge: Bridge) -> None:
    with pytest.raises(Forbidden):
        await bridge.rules.change(await desk.agent("xiaolin"), RulesChange(version=0, sections={}))
