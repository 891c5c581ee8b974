"""The signed entrance: short enough for the platforms, worthless when changed, late or another shop's."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.entry import MAX_BYTES, Entry, issue_entry, read_entry
from contracts.identity import TokenRefused

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECRET = "identity-secret-of-the-tests-01234567"
ENTRY = Entry(shop_id="demo", shopper_id="S001", order_number="202611210001")
DAY = timedelta(days=1)


def test_it_says_what_was_signed_and_fits() -> None:
    token = issue_entry(ENTRY, SECRET, now=NOW, lifetime=DAY)

    assert read_entry(token, SECRET, shop_id="demo", now=NOW) == ENTRY
    assert len(token) <= MAX_BYTES


def test_every_changed_character_is_refused() -> None:
    token = issue_entry(ENTRY, SECRET, now=NOW, lifetime=DAY)

    for at in range(len(token)):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(TokenRefused):
            read_entry(changed, SECRET, shop_id="demo", now=NOW)


@pytest.mark.parametrize("token", ["", ".", "202611210001", "a.b", "令牌.签名", "x" * 500])
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        read_entry(token, SECRET, shop_id="demo", now=NOW)


def test_a_late_one_and_another_shops_are_refused() -> None:
    token = issue_entry(ENTRY, SECRET, now=NOW, lifetime=DAY)

    with pytest.raises(TokenRefused):
        read_entry(token, SECRET, shop_id="demo", now=NOW + DAY)
    with pytest.raises(TokenRefused):
        read_entry(token, SECRET, shop_id="other", now=NOW)


def test_what_would_not_fit_is_not_signed() -> None:
    with pytest.raises(ValueError, match="128 bytes"):
        issue_entry(ENTRY.model_copy(update={"order_number": "9" * 90}), SECRET, now=NOW, lifetime=DAY)
