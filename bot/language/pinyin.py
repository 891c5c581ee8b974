"""How characters sound, so that 推货, tui货 and tuihuo are read like 退货.

Tones are dropped, and the sounds that speakers (and input methods) confuse are folded: zh/z, ch/c, sh/s, n/l at the
start are kept apart, -ng/-n are one.
"""

import functools
import re
import unicodedata
from typing import List

from pypinyin.pinyin_dict import pinyin_dict

LATIN = re.compile(r"[a-z]+|[^a-z]")
VOWEL = re.compile(r"[aeiouv]")
LONGEST_SYLLABLE = 6


def _fold(syllable: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", syllable.replace("ü", "v")) if not unicodedata.combining(c))
    for long, short in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if plain.startswith(long):
            plain = short + plain[2:]
    return plain[:-1] if plain.endswith("ng") else plain


@functools.lru_cache(maxsize=8192)
def sound_of(character: str) -> str:
    """The folded sound of a Chinese character (its first reading), the character itself for anything else."""
    readings = pinyin_dict.get(ord(character))
    return _fold(readings.split(",")[0]) if readings else character


@functools.lru_cache(maxsize=1)
def _syllables() -> "dict[str, str]":
    """Every written syllable → its folded sound, from the characters in everyday use."""
    spelt = {}
    for code in range(0x4E00, 0x9FA6):
        for reading in pinyin_dict.get(code, "").split(","):
            plain = "".join(
                c for c in unicodedata.normalize("NFD", reading.replace("ü", "v")) if not unicodedata.combining(c)
            )
            if plain.isascii() and plain.isalpha() and VOWEL.search(plain):
                spelt[plain] = _fold(reading)
    return spelt


@functools.lru_cache(maxsize=2048)
def spelt_syllables(word: str) -> "tuple[str, ...]":
    """The sounds a Latin word spells out in pinyin (`tuihuo` → tui, huo), or () where it is no pinyin.

    The way with the fewest syllables wins, so `rengong` is ren-gong; words over 24 letters are not tried.
    """
    if not 2 <= len(word) <= 24:
        return ()
    syllables = _syllables()
    best: "list[tuple[str, ...] | None]" = [None] * len(word) + [()]
    for start in range(len(word) - 1, -1, -1):
        for end in range(start + 1, min(len(word), start + LONGEST_SYLLABLE) + 1):
            rest, sound = best[end], syllables.get(word[start:end])
            if rest is not None and sound is not None:
                way, known = (sound, *rest), best[start]
                best[start] = way if known is None or len(way) < len(known) else known
    return best[0] or ()


def sounds(text: str) -> List[str]:
    """`text` (normalised) as a list of sounds: one per character, pinyin words taken apart, other words whole."""
    heard: List[str] = []
    for part in LATIN.findall(text):
        if part.isascii() and part.isalpha():
            heard.extend(spelt_syllables(part) or (part,))
        elif not part.isspace():
            heard.append(sound_of(part))
    return heard
