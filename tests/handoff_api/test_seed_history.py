"""The invented history of the demo: there once, the same each time, and read by the statistics."""

from handoff_api.seed_history import NAME, seed
from handoff_api.services.bridge import Bridge
from handoff_api.services.statistics import Which
from tests.handoff_api.conftest import Desk


async def test_a_lead_of_the_demo_sees_charts_with_something_in_them(desk: Desk, bridge: Bridge) -> None:
    await desk.agent("xiaolin", online=False)
    lead = await desk.agent("zhuguan", role="supervisor", online=False)

    count = await seed(bridge.settings)

    assert count > 0
    assert await seed(bridge.settings) == 0
    figures = await bridge.statistics.of(lead, Which(30))
    assert figures.total.sessions == count
    assert figures.total.handoffs + figures.total.contained == count
    assert figures.total.wait_s is not None
    assert {each.agent_name for each in figures.agents} == {"xiaolin"}
    assert len(figures.channels) == 3
    run = await bridge.board.dry_run(lead)
    assert run.handoffs == figures.days[-2].handoffs
    assert {each.served + each.left_over for each in run.strategies} == {run.handoffs}
    found = await bridge.agent_desk.listed(lead, "closed", limit=5)
    assert found
    assert all(NAME in row.shopper_name for row in found)
