"""Nobody is here: a hello is no message for the shop, a real one is, and the truth is said at most once a minute."""

import pytest

from contracts.events import Status
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk
from tests.handoff_api.stand_in_bot import StandInBot
from tests.handoff_api.stand_in_shop import StandInShop


def honest(bridge: Bridge) -> str:
    return bridge.messages._handoffs.nobody_line()


@pytest.mark.parametrize("text", ["在吗", "？", "人工人工"])
async def test_a_courtesy_is_answered_with_the_truth_and_waiting_goes_on(
    desk: Desk, bridge: Bridge, shop: StandInShop, text: str
) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await desk.say(visitor, text)

    assert (await desk.row(visitor)).status == Status.QUEUED
    assert await desk.texts(visitor, "system") == [honest(bridge)] * 2
    assert shop.tickets == {}


async def test_the_truth_is_not_repeated_within_a_minute(desk: Desk, bridge: Bridge, clock: Clock) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    for _ in range(3):
        await desk.say(visitor, "在吗")
        await desk.want_person(visitor)
    clock.advance(seconds=61)
    await desk.say(visitor, "在吗")

    assert await desk.texts(visitor, "system") == [honest(bridge)] * 3


async def test_after_the_courtesy_the_real_message_is_the_one_that_is_left(desk: Desk, shop: StandInShop) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await desk.say(visitor, "在吗")
    await desk.say(visitor, "鞋子开胶了")

    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT
    assert [ticket["description"] for ticket in shop.tickets.values()] == ["鞋子开胶了"]


async def test_what_cannot_be_read_is_a_message(desk: Desk, bot: StandInBot, shop: StandInShop) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)
    bot.is_failing = True

    await desk.say(visitor, "在吗")

    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT
    assert len(shop.tickets) == 1


async def test_an_emergency_is_a_message_whatever_its_words(desk: Desk) -> None:
    visitor = await desk.shopper()
    await desk.want_person(visitor)

    await desk.say(visitor, "在吗，着火了")

    assert (await desk.row(visitor)).status == Status.MESSAGE_LEFT
