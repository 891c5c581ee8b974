"""The queue on a real Redis: strict order, old places kept, urgent ones first."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from handoff_api.store.connection import Connection, StoreDown
from handoff_api.store.limits import Limits
from handoff_api.store.presence import Presence
from handoff_api.store.queue import Queue
from handoff_api.store.reservations import Reservations
from tests.handoff_api.conftest import Clock, RedisServer


@pytest.fixture
async def connection(redis_server: RedisServer) -> AsyncIterator[Connection]:
    connection = Connection(redis_server.url)
    yield connection
    await connection.close()


@pytest.fixture
def queue(connection: Connection) -> Queue:
    return Queue(connection, "demo")


async def test_first_come_first_served(queue: Queue) -> None:
    for tick, conversation in enumerate(["a", "b", "c"], start=1):
        await queue.put(conversation, tick=tick, boost=0)

    assert await queue.order() == ["a", "b", "c"]


async def test_a_boost_overtakes_but_not_for_ever(queue: Queue) -> None:
    await queue.put("patient", tick=1000, boost=0)
    await queue.put("urgent", tick=1500, boost=600)
    await queue.put("later", tick=1700, boost=600)

    assert await queue.order() == ["urgent", "patient", "later"]


async def test_who_is_put_again_keeps_the_old_place(queue: Queue) -> None:
    await queue.put("a", tick=1, boost=0)
    await queue.put("b", tick=2, boost=0)

    await queue.put("a", tick=99, boost=0)

    assert await queue.order() == ["a", "b"]


async def test_who_leaves_loses_the_place(queue: Queue) -> None:
    await queue.put("a", tick=1, boost=0)
    await queue.put("b", tick=2, boost=0)

    await queue.take_out("a")
    await queue.put("a", tick=3, boost=0)

    assert await queue.order() == ["b", "a"]


async def test_a_tick_in_milliseconds_is_exact(queue: Queue) -> None:
    now = 1_795_000_000_001
    await queue.put("b", tick=now + 1, boost=0)
    await queue.put("a", tick=now, boost=0)

    assert await queue.order() == ["a", "b"]


async def test_a_rebuild_makes_it_exactly_what_it_is_told(queue: Queue) -> None:
    await queue.put("ghost", tick=1, boost=0)

    await queue.rebuild({"b": (20, 0), "a": (30, 15)})

    assert await queue.order() == ["a", "b"]


async def test_shops_do_not_see_one_another(connection: Connection) -> None:
    await Queue(connection, "one").put("a", tick=1, boost=0)

    assert await Queue(connection, "two").order() == []


async def test_an_agent_is_online_while_one_of_two_tabs_lives(connection: Connection, clock: Clock) -> None:
    presence = Presence(connection, "demo")
    await presence.beat("agent", "tab-1", deadline=clock())
    clock.advance(seconds=10)
    await presence.beat("agent", "tab-2", deadline=clock())

    clock.advance(seconds=-5)
    assert await presence.online(now=clock()) == {"agent"}
    clock.advance(seconds=6)
    assert await presence.online(now=clock()) == set()


async def test_a_reservation_is_due_at_its_deadline(connection: Connection, clock: Clock) -> None:
    reservations = Reservations(connection, "demo")
    await reservations.hold("a", deadline=clock())
    clock.advance(seconds=-1)
    assert await reservations.due(now=clock()) == []

    clock.advance(seconds=2)

    assert await reservations.due(now=clock()) == ["a"]


@pytest.mark.parametrize("is_up", [True, False])
async def test_a_bucket_empties_and_fills_again_with_and_without_redis(
    connection: Connection, clock: Clock, is_up: bool
) -> None:
    away = Connection("unix:///nowhere/redis.sock")
    limits = Limits(connection if is_up else away, "demo")

    first = [await limits.take("message", "c", per_s=1, burst=2, now=clock()) for _ in range(3)]
    clock.advance(seconds=1.5)
    second = [await limits.take("message", "c", per_s=1, burst=2, now=clock()) for _ in range(2)]

    assert (first, second) == ([True, True, False], [True, False])
    assert await limits.take("message", "other", per_s=1, burst=2, now=clock())
    await away.close()


async def test_a_redis_that_has_forgotten_the_script_is_told_it_again(connection: Connection, clock: Clock) -> None:
    limits = Limits(connection, "demo")
    await limits.take("message", "c", per_s=1, burst=2, now=clock())
    await connection.call(lambda redis: redis.script_flush())

    asked = (limits.take("message", "c", per_s=1, burst=2, now=clock()) for _ in range(3))

    assert sum(await asyncio.gather(*asked)) == 1


async def test_an_absent_redis_is_said_at_once(own_redis: RedisServer) -> None:
    connection = Connection(own_redis.url)
    own_redis.stop()

    with pytest.raises(StoreDown):
        await Queue(connection, "demo").order()

    assert not await connection.is_up()
    await connection.close()
