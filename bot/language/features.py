"""What an intent is read from: the characters and the sounds of a message, as named features.

Each name begins with the kind it belongs to, so that an explanation can be read by a person: `c:退货` characters,
`s:tui_huo` sounds, `q:?` a question. Words of a segmenter were tried beside them and made real messages worse
(`make bench-nlu`): what shoppers mistype, it cuts wrongly.
"""

import re
from typing import Iterator, List, Sequence

from bot.language.pinyin import sounds

NUMBERS = re.compile(r"\d+(?:\.\d+)?")
PUNCTUATION = re.compile(r"[^\w\u3400-\u9fff#]+")
CHARACTER_RUNS = (1, 2, 3, 4)
SOUND_RUNS = (2, 3)


# Hotlines that say what the shopper means to do.
SPOKEN_NUMBERS = {"315", "12315", "12345", "12305", "12321", "110", "119", "120"}


def _mask_number(match: "re.Match[str]") -> str:
    digits = match[0]
    if digits in SPOKEN_NUMBERS or len(digits) <= 2:
        return digits
    return "#L" if len(digits) >= 7 else "#N"


def mask(text: str) -> str:
    """`text` with numbers by their size: an order number must not be learned by heart."""
    return NUMBERS.sub(_mask_number, text)


def _runs(items: Sequence[str], lengths: Sequence[int]) -> Iterator[Sequence[str]]:
    for length in lengths:
        for start in range(len(items) - length + 1):
            yield items[start : start + length]


def features(text: str) -> List[str]:
    """The features of a normalised text, repeated as often as they occur."""
    masked = mask(text)
    plain = PUNCTUATION.sub(" ", masked).strip()
    if not plain:
        return []
    found = ["c:" + "".join(run) for run in _runs("^" + plain.replace(" ", "|") + "$", CHARACTER_RUNS)]
    heard = [sound for sound in sounds(plain) if sound.strip()]
    found += ["s:" + "_".join(run) for run in _runs(heard, SOUND_RUNS)]
    if "?" in masked or "吗" in text:
        found.append("q:?")
    return found
