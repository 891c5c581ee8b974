"""One spelling per character: simplified, lower case. Never changes the length, so offsets stay true."""

import functools
from typing import Dict

import opencc

FIRST_HAN, LAST_HAN = 0x3400, 0x9FFF


@functools.lru_cache(maxsize=1)
def _table() -> Dict[int, str]:
    """Capital → small letters, traditional → simplified characters; only where one becomes exactly one."""
    characters = [chr(code) for code in range(FIRST_HAN, LAST_HAN + 1)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {ord(old): new for old, new in zip(characters, simplified, strict=True) if old != new and len(new) == 1}
    table.update({code: chr(code).lower() for code in range(65, 91)})
    return table


def fold(text: str) -> str:
    """`text` in simplified characters and small letters, character by character."""
    return text.translate(_table())
