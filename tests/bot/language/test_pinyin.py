"""推货, tui货 and tuihuo sound like 退货."""

import pytest

from bot.language.pinyin import sound_of, sounds, spelt_syllables


@pytest.mark.parametrize("written", ["退货", "推货", "腿货", "tui货", "tuihuo", "tui huo"])
def test_what_sounds_alike_is_heard_alike(written: str) -> None:
    assert sounds(written) == ["tui", "huo"]


def test_sounds_that_speakers_confuse_are_one() -> None:
    assert sound_of("是") == sound_of("四")
    assert sound_of("陈") == sound_of("程")


@pytest.mark.parametrize("word", ["iphone", "wifi", "x", "z" * 5000])
def test_a_word_that_is_no_pinyin_stays_whole(word: str) -> None:
    assert spelt_syllables(word) == ()
    assert sounds(word) == [word]


def test_pinyin_is_taken_apart_going_back_where_needed() -> None:
    assert spelt_syllables("rengong") == ("ren", "gon")
    assert spelt_syllables("xian") == ("xian",)
