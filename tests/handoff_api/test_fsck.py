"""`fsck` says nothing of a sound installation, and names each thing that is wrong."""

import pytest
from sqlalchemy import text

from handoff_api.fsck import Where, check
from handoff_api.services.bridge import Bridge
from handoff_api.settings import Settings
from tests.handoff_api.conftest import Desk, RedisServer, identity_token


@pytest.fixture
def where(settings: Settings) -> Where:
    return Where(database_url=settings.database_url, redis_url=settings.redis_url, shop_id=settings.shop_id)


async def look(where: Where) -> list[str]:
    return await check(where, second_look_s=0)


async def busy(desk: Desk) -> None:
    """One conversation of every kind."""
    agent = await desk.agent("xiaolin", capacity=2)
    await desk.say(await desk.shopper(), "你好")
    await desk.with_agent(agent, await desk.shopper())
    await desk.want_person(await desk.shopper())
    await desk.want_person(await desk.shopper())


async def test_a_sound_installation_has_no_problems(desk: Desk, where: Where) -> None:
    await busy(desk)

    assert await look(where) == []


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE conversations SET last_seq = last_seq + 1 WHERE status = 'bot'", "seq:"),
        ("DELETE FROM events WHERE seq = 2", "seq:"),
        ("UPDATE conversations SET agent_id = NULL WHERE status = 'active'", "owner:"),
        ("UPDATE conversations SET offered_to = NULL WHERE status = 'offered'", "offer:"),
        ("UPDATE conversations SET queue_tick = NULL WHERE status = 'queued'", "queue:"),
        ("UPDATE assignments SET ended_at = settled_at WHERE outcome = 'accepted'", "assignment:"),
        ("UPDATE assignments SET outcome = 'declined' WHERE outcome = 'offered'", "reservation:"),
        ("UPDATE agents SET capacity = 1", "capacity:"),
        ("UPDATE requests SET seq = 99 WHERE seq IS NOT NULL", "acknowledged:"),
    ],
)
async def test_a_damage_is_named(desk: Desk, bridge: Bridge, where: Where, damage: str, named: str) -> None:
    await busy(desk)
    async with bridge.record.writing() as session:
        await session.execute(text(damage))

    found = await look(where)

    assert any(problem.startswith(named) for problem in found), found


async def test_what_redis_has_lost_is_named_until_it_is_rebuilt(
    desk: Desk, bridge: Bridge, where: Where, redis_server: RedisServer
) -> None:
    await busy(desk)
    redis_server.flush()

    found = await look(where)

    assert sorted({problem.split(":")[0] for problem in found}) == ["queue", "reservation"]


async def test_an_orphan_reservation_is_named(desk: Desk, bridge: Bridge, where: Where) -> None:
    await bridge.reservations.hold("c_nobody", deadline=bridge.clock())

    assert await look(where) == ["reservation: c_nobody is an orphan in Redis"]


async def test_who_signs_in_while_being_offered_leaves_no_reservation(desk: Desk, bridge: Bridge, where: Where) -> None:
    await desk.agent("xiaolin")
    token, _ = await bridge.conversations.open("demo")
    await desk.want_person(bridge.conversations.visitor(token))
    identity = identity_token("shopper-1")

    await bridge.conversations.open("demo", identity_token=identity, visitor_token=token)

    assert await look(where) == []
