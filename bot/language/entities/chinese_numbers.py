"""Numbers written in characters: 两 三十五 一百二 九十九."""

import re
from typing import Optional

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
CHARACTERS = "零〇一二两三四五六七八九十百千万俩仨壹贰"
HAN_NUMBER = rf"[{CHARACTERS}]{{1,8}}"
NUMBER = rf"(?:\d{{1,6}}|{HAN_NUMBER})"
DIGITS_ONLY = re.compile(r"\d+")


def number_of(text: str) -> Optional[int]:
    """The whole number `text` says, in digits or characters; None where it says none (十百, 一万万)."""
    if DIGITS_ONLY.fullmatch(text):
        return int(text)
    if not text or any(c not in DIGITS and c not in UNITS for c in text):
        return None
    if not any(c in UNITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    return _with_units(text)


def _with_units(text: str) -> Optional[int]:
    """`一百二` is 120 and `一百零二` 102: a last digit counts in tenths of the unit before it."""
    total, digit, unit, after_zero = 0, None, 0, False
    for character in text:
        if character in UNITS:
            unit = UNITS[character]
            if digit is None and character != "十":
                return None
            part = 1 if digit is None else digit
            total = (total + part) * unit if unit == UNITS["万"] else total + part * unit
            digit, after_zero = None, False
        elif DIGITS[character] == 0:
            after_zero = True
        else:
            digit = DIGITS[character]
    if digit is not None:
        total += digit if after_zero or unit <= 10 else digit * unit // 10
    return total
