"""First letters of pinyin, without a dictionary: GB 2312 lists its 3,755 common characters in the order of pinyin.

A character with several readings gets the one it is listed under (重 is `z`); a rare one gets none.
"""

from bisect import bisect_right

LETTERS = "abcdefghjklmnopqrstwxyz"
FIRST_CODES = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
"""The code of the first character of each letter."""
LAST_CODE = 0xD7F9


def initials(text: str) -> str:
    """`退款 7天` → `tk7t`: letters and digits stay, what has no letter is left out."""
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    if char.isascii():
        return char.lower() if char.isalnum() else ""
    try:
        code = int.from_bytes(char.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    if not FIRST_CODES[0] <= code <= LAST_CODE:
        return ""
    return LETTERS[bisect_right(FIRST_CODES, code) - 1]
