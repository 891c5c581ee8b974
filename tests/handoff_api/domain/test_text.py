"""What a shopper types is kept, except for what could deceive an eye or Rasa."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_api.domain.text import clean_text, join_texts
from handoff_api.errors import TextEmpty, TextTooLong

WHITE_SPACE = [chr(code) for code in range(0x110000) if chr(code).isspace()]


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\u3000", "\u200b\u200b", "\ufeff", "\x00\x07", "\u202e", *WHITE_SPACE]
)
def test_a_text_with_nothing_to_see_is_empty(text: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(text)


def test_two_thousand_characters_are_allowed_and_one_more_is_not() -> None:
    assert len(clean_text("好" * 2000)) == 2000
    with pytest.raises(TextTooLong):
        clean_text("好" * 2001)


@pytest.mark.parametrize("space", ["", *WHITE_SPACE])
def test_no_text_reaches_rasa_as_a_command(space: str) -> None:
    assert not clean_text(f'{space}/restart{{"a": 1}}').strip().startswith("/")


@given(st.text(max_size=50))
def test_a_cleaned_text_never_begins_like_a_command(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except TextEmpty:
        return

    assert not cleaned.strip().startswith("/")
    assert clean_text(cleaned) == cleaned


def test_control_and_direction_characters_are_taken_out() -> None:
    assert clean_text("退\x00货\x1b[31m\u202e款\u2066") == "退货[31m款"


@pytest.mark.parametrize("text", ["😡", "👨‍👩‍👧", "<script>alert(1)</script>", "a/b", "12/25 到的", "多行\n第二行"])
def test_everything_else_stays_as_it_was(text: str) -> None:
    assert clean_text(text) == text


def test_composed_characters_are_one_character() -> None:
    assert clean_text("e\u0301") == "\u00e9"


def test_two_messages_are_joined_by_a_comma_unless_the_first_ends_itself() -> None:
    assert join_texts("鞋子大了", "想退货") == "鞋子大了，想退货"
    assert join_texts("鞋子大了。", "想退货") == "鞋子大了。想退货"
