"""Canned replies are found by the first letters of their pinyin."""

import pytest

from handoff_api.domain.pinyin import initials


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("退款到账时间", "tkdzsj"),
        ("催发货", "cfh"),
        ("签收未收到", "qswsd"),
        ("七天无理由", "qtwly"),
        ("安抚", "af"),
        ("ABC 发票2", "abcfp2"),
        ("龘", ""),
        ("，「」", ""),
    ],
)
def test_the_first_letters_of_a_title(title: str, letters: str) -> None:
    assert initials(title) == letters
