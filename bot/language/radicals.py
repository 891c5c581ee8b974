"""What a character is about: its radical, so that 烤箱 and 炉子 share their fire, 咳嗽 and 吃药 their mouth and herb.

Needs no table of ours: Unicode keeps the common characters sorted by radical and names the 214 radicals.
"""

import functools
import unicodedata
from bisect import bisect_right

FIRST_RADICAL, RADICALS = 0x2F00, 214
FIRST_CHARACTER, LAST_CHARACTER = "\u4e00", "\u9fa5"

# Where the characters of each radical begin: at the radical itself, written as a character.
BEGINNINGS = sorted(
    (ord(unicodedata.normalize("NFKC", chr(FIRST_RADICAL + number))), chr(FIRST_RADICAL + number))
    for number in range(RADICALS)
)
CODES = [code for code, _ in BEGINNINGS]


@functools.lru_cache(maxsize=8192)
def radical_of(character: str) -> str:
    """The radical's own sign (never a character shoppers write); anything but a common character is itself."""
    if not FIRST_CHARACTER <= character <= LAST_CHARACTER:
        return character
    return BEGINNINGS[bisect_right(CODES, ord(character)) - 1][1]
