"""Redis may lose everything or be gone: nobody notices but the clock."""

import asyncio

import pytest

from contracts.events import Status
from handoff_api.services.bridge import Bridge, build_bridge
from handoff_api.store.connection import PAUSE_S
from handoff_api.worker import Worker
from tests.handoff_api.conftest import Clock, Desk, RedisServer, SettingsFor


async def order(bridge: Bridge) -> list[str]:
    async with bridge.record.reading() as session:
        return [row.conversation_id for row in await bridge.lineup.order(session)]


async def waiting(desk: Desk, count: int) -> list[str]:
    """So many shoppers in the queue, with a full agent online; the last one is urgent."""
    await desk.agent("full", capacity=0)
    visitors = [await desk.shopper() for _ in range(count)]
    for visitor in visitors[:-1]:
        await desk.want_person(visitor)
    await desk.say(visitors[-1], "着火了")
    return [visitors[-1].conversation_id, *(visitor.conversation_id for visitor in visitors[:-1])]


async def test_after_a_flush_the_queue_is_as_it_was(desk: Desk, bridge: Bridge, redis_server: RedisServer) -> None:
    expected = await waiting(desk, 4)
    assert await order(bridge) == expected
    redis_server.flush()

    assert await order(bridge) == expected
    assert await bridge.lineup.reconcile()

    assert not await bridge.lineup.reconcile()
    assert await order(bridge) == expected


async def test_after_a_flush_agents_are_online_and_offers_stand(
    desk: Desk, bridge: Bridge, redis_server: RedisServer
) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    redis_server.flush()

    await Worker(bridge).sweep()
    await bridge.background.settle()

    row = await desk.row(visitor)
    assert (row.status, row.offered_to) == (Status.OFFERED, agent.agent_id)
    await bridge.assignment.accept(agent.agent_id, row.conversation_id, row.epoch)


@pytest.fixture
async def bridge_with_own_redis(settings_for: SettingsFor, own_redis: RedisServer, clock: Clock) -> Bridge:
    return build_bridge(settings_for(redis_url=own_redis.url), clock)


async def test_without_redis_everything_goes_on(
    bridge_with_own_redis: Bridge, own_redis: RedisServer, clock: Clock
) -> None:
    bridge = bridge_with_own_redis
    desk = Desk(bridge)
    agent = await desk.agent("xiaolin", capacity=1)
    visitor, second = await desk.shopper(), await desk.shopper()
    own_redis.stop()

    await desk.say(visitor, "你好")
    row = await desk.with_agent(agent, visitor)
    waits = await desk.want_person(second)

    assert (row.status, waits.status) == (Status.ACTIVE, Status.QUEUED)
    assert await desk.texts(visitor) == ["收到：你好"]
    await Worker(bridge).sweep()
    await bridge.background.settle()
    await bridge.close()


async def test_when_redis_is_back_it_learns_what_happened_meanwhile(
    bridge_with_own_redis: Bridge, own_redis: RedisServer, clock: Clock
) -> None:
    bridge = bridge_with_own_redis
    desk = Desk(bridge)
    own_redis.stop()
    expected = await waiting(desk, 3)
    own_redis.start()

    await bridge.background.settle()
    await asyncio.sleep(PAUSE_S)  # a failed connection is not tried again at once
    await bridge.lineup.reconcile()

    assert await order(bridge) == expected
    assert not await bridge.lineup.reconcile()
    await bridge.close()


async def test_a_failing_sweep_does_not_stop_the_clock(bridge: Bridge) -> None:
    worker = Worker(bridge)

    async def fails() -> None:
        raise RuntimeError

    await worker._attempt(fails)
    await worker.tick()


async def test_an_agent_whose_process_died_is_noticed(
    desk: Desk, settings_for: SettingsFor, redis_server: RedisServer
) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.with_agent(agent, visitor)
    redis_server.flush()
    clock = Clock()
    reborn = build_bridge(settings_for(), clock)

    await Worker(reborn).start()
    clock.advance(seconds=61)
    await Worker(reborn).sweep()

    assert (await desk.row(visitor)).status == Status.QUEUED
    await reborn.close()


async def test_agents_of_another_process_that_redis_forgot_for_a_moment_keep_their_conversations(
    desk: Desk, bridge: Bridge, settings_for: SettingsFor, redis_server: RedisServer, clock: Clock
) -> None:
    agent = await desk.agent("xiaolin")
    visitor = await desk.shopper()
    await desk.with_agent(agent, visitor)
    other = build_bridge(settings_for(), clock)
    redis_server.flush()
    await other.staffing.mark_gone()

    await bridge.staffing.beat_all()
    await other.staffing.mark_gone()
    clock.advance(seconds=61)
    await bridge.staffing.beat_all()
    await Worker(other).sweep()

    assert (await desk.row(visitor)).status == Status.ACTIVE
    await other.close()
