"""Greetings and thanks around a request are not the request."""

import time

import pytest

from bot.language.pleasantries import without_pleasantries


@pytest.mark.parametrize(
    ("text", "request_inside"),
    [
        ("你好,帮我查下订单,谢谢!", "帮我查下订单"),
        ("您好!请问一下运费谁出", "运费谁出"),
        ("好的,麻烦尽快补寄,谢谢您。", "尽快补寄"),
        ("你好", "你好"),
        ("好的谢谢", "好的谢谢"),
        ("老板在吗", "老板在吗"),
    ],
)
def test_only_what_surrounds_a_request_is_cut(text: str, request_inside: str) -> None:
    assert without_pleasantries(text) == request_inside


@pytest.mark.parametrize(
    "text", ["a" + " " * 3900 + "b", "a" + "谢谢" * 1900 + "b", "a" + ", " * 1900, "亲" * 3999 + "x"]
)
def test_time_grows_with_length_only(text: str) -> None:
    started = time.process_time()

    without_pleasantries(text)

    assert time.process_time() - started < 0.5
