"""Which conversation a browser gets."""

from datetime import timedelta

import pytest

from contracts.events import Status
from contracts.identity import Audience, VisitorIdentity, issue
from handoff_api.errors import ShopUnknown, TokenInvalid
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import SECRETS, Clock, Desk, identity_token


async def test_an_anonymous_browser_comes_back_to_its_own(bridge: Bridge) -> None:
    token, first = await bridge.conversations.open("demo")

    _, again = await bridge.conversations.open("demo", visitor_token=token)
    _, other = await bridge.conversations.open("demo")

    assert again.conversation_id == first.conversation_id
    assert other.conversation_id != first.conversation_id


async def test_a_signed_in_shopper_has_one_conversation_on_every_device(bridge: Bridge) -> None:
    _, phone = await bridge.conversations.open("demo", identity_token=identity_token("shopper-1"))
    _, laptop = await bridge.conversations.open("demo", identity_token=identity_token("shopper-1"))
    _, other = await bridge.conversations.open("demo", identity_token=identity_token("shopper-2"))

    assert phone.conversation_id == laptop.conversation_id
    assert other.conversation_id != phone.conversation_id


async def test_who_signs_in_goes_on_in_their_own_and_leaves_no_ghost_in_the_queue(desk: Desk, bridge: Bridge) -> None:
    token, anonymous = await bridge.conversations.open("demo")
    visitor = bridge.conversations.visitor(token)
    await desk.want_person(visitor)

    _, own = await bridge.conversations.open("demo", identity_token=identity_token("shopper-1"), visitor_token=token)

    assert own.conversation_id != anonymous.conversation_id
    assert (await desk.row(visitor)).status == Status.BOT


@pytest.mark.parametrize(
    "token",
    [
        identity_token("shopper-1", secret="another-secret-that-is-long-enough-0"),
        identity_token("shopper-1", shop_id="another"),
        identity_token("shopper-1", age=timedelta(minutes=11)),
        "not-a-token",
    ],
    ids=["forged", "of another shop", "expired", "nonsense"],
)
async def test_a_bad_identity_token_is_refused(bridge: Bridge, token: str) -> None:
    with pytest.raises(TokenInvalid):
        await bridge.conversations.open("demo", identity_token=token)


async def test_a_bad_visitor_token_is_refused(bridge: Bridge, clock: Clock) -> None:
    visitor = VisitorIdentity(shop_id="demo", visitor_id="v", conversation_id="c")
    lifetime = timedelta(hours=1)
    bad = [
        issue(visitor, Audience.VISITOR, "another-secret-that-is-long-enough-0", now=clock(), lifetime=lifetime),
        issue(visitor, Audience.TURN, SECRETS["bridge_secret"], now=clock(), lifetime=lifetime),
        issue(visitor, Audience.VISITOR, SECRETS["bridge_secret"], now=clock() - 2 * lifetime, lifetime=lifetime),
        issue(visitor, Audience.VISITOR, SECRETS["bridge_secret"], now=clock(), lifetime=lifetime),
        identity_token("shopper-1"),
    ]

    for token in bad:
        with pytest.raises(TokenInvalid):
            await bridge.conversations.open("demo", visitor_token=token)


async def test_a_stale_visitor_token_keeps_no_signed_in_shopper_out(bridge: Bridge) -> None:
    _, view = await bridge.conversations.open(
        "demo", identity_token=identity_token("shopper-1"), visitor_token="not-a-token"
    )

    assert view.status is Status.BOT


async def test_an_unknown_shop_has_no_conversations(bridge: Bridge) -> None:
    with pytest.raises(ShopUnknown):
        await bridge.conversations.open("another")
