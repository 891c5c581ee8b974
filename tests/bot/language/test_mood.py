"""Moods add up, words can be denied, signs count."""

import time

import pytest

from bench.reading import LOOKUPS
from bot.language.mood import MOODS, MoodWords, read_mood, strongest

WORDS = MoodWords.read(LOOKUPS)


@pytest.mark.parametrize(
    "text", ["", "你好", "骗子！！！", "😡", "求求你们", "\ud800", "!" * 4000, "不" * 4000, "生气" * 2000]
)
def test_the_four_moods_add_up_to_one_for_any_text(text: str) -> None:
    start = time.process_time()
    mood = read_mood(text, WORDS)

    assert sum(mood[name] for name in MOODS) == pytest.approx(1, abs=0.001)
    assert 0 <= mood["urgency"] <= 1
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("请问什么时候发货", "calm"),
        ("怎么还不发货，都五天了", "annoyed"),
        ("垃圾店铺，我要投诉", "angry"),
        ("呵呵", "annoyed"),
        ("求求你们了快退给我吧", "desperate"),
        ("我没有生气", "calm"),
        ("我妈的号", "calm"),
        ("空气炸锅怎么用", "calm"),
        ("垃圾袋有货吗", "calm"),
        ("税号 91330106MA2B1C3D4E", "calm"),
        ("usb接口怎么用", "calm"),
        ("你就是个sb", "angry"),
    ],
)
def test_a_mood_is_read_by_its_words(text: str, mood: str) -> None:
    assert strongest(read_mood(text, WORDS)) == mood


def test_loud_signs_make_it_stronger() -> None:
    assert read_mood("太慢了！！！", WORDS)["calm"] < read_mood("太慢了", WORDS)["calm"]


def test_urgency_is_apart_from_mood_and_can_be_denied() -> None:
    assert read_mood("麻烦尽快发货，谢谢", WORDS)["urgency"] >= 0.5
    assert read_mood("不着急，慢慢来", WORDS)["urgency"] == 0
