"""Cutting a text by bytes where a reader does not mind: after a line, a sentence, else between two characters.

A character is what a person sees as one: an emoji with its skin tone, a family joined by invisible joiners, a flag.
"""

import unicodedata

_JOINER = "\u200d"
_STOPS = "\n。！？；!?;"
_LATE = 0.6
"""A sentence's end counts if it leaves a part at least this full."""


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-8 bytes, none empty; joined they are the text but for the line ends cut at."""
    parts: list[str] = []
    rest = text
    while len(rest.encode()) > limit:
        cut = _cut(rest, limit)
        part, rest = rest[:cut].strip("\n"), rest[cut:].lstrip("\n")
        if part:
            parts.append(part)
    if rest.strip():
        parts.append(rest)
    return parts


def _cut(text: str, limit: int) -> int:
    longest = len(text.encode()[:limit].decode(errors="ignore"))
    stop = max((text.rfind(mark, 0, longest) for mark in _STOPS), default=-1) + 1
    if stop and len(text[:stop].encode()) >= limit * _LATE:
        return stop
    cut = longest
    while cut > 0 and not _is_border(text, cut):
        cut -= 1
    return cut or longest


def _is_border(text: str, at: int) -> bool:
    if at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if after == _JOINER or before == _JOINER or unicodedata.category(after) in ("Mn", "Me", "Mc"):
        return False
    if "\ufe00" <= after <= "\ufe0f" or "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False
    return not (_is_flag(before) and _is_flag(after) and _flags_before(text, at) % 2)


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    count = 0
    while at - count > 0 and _is_flag(text[at - count - 1]):
        count += 1
    return count
