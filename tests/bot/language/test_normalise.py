"""One spelling for what shoppers write in many."""

import time

import pytest

from bot.language.normalise import MAX_CHARACTERS, clean, normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("我要退貨，運費誰出？", "我要退货,运费谁出?"),
        ("ＡＢＣ１２３", "abc123"),
        ("退 款", "退款"),
        ("iPhone 15 的　退款", "iphone 15 的退款"),
        ("人工人工人工人工", "人工人工"),
        ("😡我要投诉", "生气我要投诉"),
        ("快\u200b递\u202e到哪了", "快递到哪了"),
        ("\x00\x1b[31m退货", "[31m退货"),
    ],
)
def test_many_spellings_are_one(written: str, read: str) -> None:
    assert normalise(written) == read


def test_clean_keeps_case_and_script_for_entities() -> None:
    assert clean(" 單號ＳＦ１２３ ") == "單號SF123"


@pytest.mark.parametrize(
    "text", ["\ud800" * 5000, "退 " * 5000, "哈" * 5000, "ab" * 5000, "\u0301" * 5000, "", " \n\t"]
)
def test_any_string_is_read_in_time(text: str) -> None:
    started = time.process_time()

    read = normalise(text)

    assert len(read) <= MAX_CHARACTERS
    assert time.process_time() - started < 1.0
