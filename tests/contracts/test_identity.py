"""Tokens say who is speaking, to one audience, for some minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.identity import Audience, ShopperIdentity, TokenRefused, TurnIdentity, issue, read

SECRET, OTHER = "s" * 32, "o" * 32
WHO = ShopperIdentity(shop_id="demo", shopper_id="S001", name="林小满")


def token(*, audience: Audience = Audience.IDENTITY, secret: str = SECRET, age: timedelta = timedelta(0)) -> str:
    return issue(WHO, audience, secret, now=datetime.now(UTC) - age, lifetime=timedelta(minutes=5))


def test_a_token_names_who_it_was_issued_for() -> None:
    assert read(ShopperIdentity, token(), Audience.IDENTITY, SECRET) == WHO


def test_during_a_rotation_old_and_new_secret_are_taken() -> None:
    assert read(ShopperIdentity, token(secret=OTHER), Audience.IDENTITY, [SECRET, OTHER]) == WHO


@pytest.mark.parametrize(
    "bad",
    [
        token(secret=OTHER),
        token(audience=Audience.TURN),
        token(age=timedelta(minutes=6)),
        "eyJhbGciOiJub25lIn0.eyJ3aG8iOnsic2hvcF9pZCI6ImRlbW8ifX0.",
        "",
        "x.y.z",
    ],
    ids=["other secret", "other audience", "expired", "no algorithm", "empty", "garbage"],
)
def test_anything_else_is_refused_without_repeating_it(bad: str) -> None:
    with pytest.raises(TokenRefused) as refusal:
        read(ShopperIdentity, bad, Audience.IDENTITY, SECRET)

    assert not bad or bad not in str(refusal.value)


def test_a_token_of_one_kind_never_becomes_another() -> None:
    with pytest.raises(TokenRefused):
        read(TurnIdentity, token(), Audience.IDENTITY, SECRET)
