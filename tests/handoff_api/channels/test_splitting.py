"""A text is cut where nobody minds, and never inside what a person sees as one character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_api.channels.splitting import split

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇨🇳"
THUMB = "👍🏽"


def test_a_text_that_fits_is_left_alone() -> None:
    assert split("您好", 2048) == ["您好"]


@pytest.mark.parametrize("glyph", ["好", "😡", FAMILY, FLAG, THUMB, "e\u0301", "❤️"])
def test_no_character_is_cut_in_two(glyph: str) -> None:
    text = glyph * 500

    parts = split(text, 2048)

    assert "".join(parts) == text
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert all(len(part) % len(glyph) == 0 for part in parts)


def test_exactly_2048_bytes_are_one_message_and_one_more_are_two() -> None:
    assert len(split("a" * 2048, 2048)) == 1
    assert len(split("a" * 2049, 2048)) == 2
    assert [len(part.encode()) for part in split("好" * 683, 2048)] == [2046, 3]


def test_it_is_cut_after_a_sentence_where_that_is_near_the_end() -> None:
    text = "一" * 500 + "。" + "二" * 400

    assert split(text, 2048) == ["一" * 500 + "。", "二" * 400]


@given(st.text(max_size=300), st.integers(min_value=40, max_value=200))
def test_nothing_but_blank_ends_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part.encode()) <= limit for part in parts)
