"""What reaches an agent, made of the record."""

from typing import Any

from contracts.events import HandoffPackage, Status
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk


def package_of(row: Any) -> HandoffPackage:
    return HandoffPackage.model_validate(row.handoff)


async def test_a_press_of_the_button_brings_along_what_was_said_before(desk: Desk) -> None:
    await desk.agent("li")
    visitor = await desk.shopper("s1")
    await desk.say(visitor, "鞋子开胶了，怎么处理")

    package = package_of(await desk.want_person(visitor))

    assert package.wanted == "鞋子开胶了，怎么处理"
    assert package.summary[0] == "诉求：鞋子开胶了，怎么处理"
    assert package.signals[0].trigger == "asked_for_person"


async def test_two_unsure_turns_hand_over_with_their_evidence(desk: Desk) -> None:
    await desk.agent("li")
    visitor = await desk.shopper("s1")

    await desk.say(visitor, "说不清那个东西")
    before = await desk.row(visitor)
    await desk.say(visitor, "说不清，就是那个呀")

    row = await desk.row(visitor)
    assert before.status == Status.BOT.value
    assert row.status == Status.OFFERED.value
    assert (package_of(row).reason, package_of(row).signals[0].score) == ("low_confidence", 0.2)


async def test_who_went_back_to_the_bot_is_not_handed_over_for_the_same_reason_again(
    desk: Desk, bridge: Bridge
) -> None:
    visitor = await desk.shopper("s1")
    await desk.say(visitor, "说不清那个东西")
    await desk.say(visitor, "说不清，就是那个呀")
    await bridge.messages.leave_queue(visitor, desk.next_id())

    await desk.say(visitor, "还是说不清")

    assert (await desk.row(visitor)).status == Status.BOT.value
