"""What an intent is read from: characters, words and sounds of a message, as named counts.

Each name begins with the kind it belongs to, so that an explanation can be read by a person:
`c:退货` characters, `w:退货` words, `w:想_退` word pairs, `s:tui_huo` sounds, `l:tui` the last clause.
"""

import re
from typing import Iterator, List, Sequence

from bot.language.pinyin import sounds

NUMBERS = re.compile(r"\d+(?:\.\d+)?")
PUNCTUATION = re.compile(r"[^\w\u3400-\u9fff#]+")
CHARACTER_RUNS = (1, 2, 3, 4)
SOUND_RUNS = (2, 3)


def _mask_number(match: "re.Match[str]") -> str:
    digits = match[0]
    if len(digits) >= 7:
        return "#L"
    return digits if len(digits) <= 2 else "#N"


def mask(text: str) -> str:
    """`text` with numbers by their size: an order number must not be learned by heart."""
    return NUMBERS.sub(_mask_number, text)


def _runs(items: Sequence[str], lengths: Sequence[int]) -> Iterator[Sequence[str]]:
    for length in lengths:
        for start in range(len(items) - length + 1):
            yield items[start : start + length]


def features(text: str, words: List[str]) -> List[str]:
    """The features of a normalised text and its words, repeated as often as they occur."""
    masked = mask(text)
    plain = PUNCTUATION.sub(" ", masked).strip()
    found = ["c:" + run for run in _runs("^" + plain.replace(" ", "|") + "$", CHARACTER_RUNS) if isinstance(run, str)]
    tokens = [mask(word) for word in words if PUNCTUATION.sub("", word)]
    found += ["w:" + token for token in tokens]
    found += [f"w:{first}_{second}" for first, second in zip(["^", *tokens], [*tokens, "$"], strict=True)]
    heard = [sound for sound in sounds(plain) if sound.strip()]
    found += ["s:" + "_".join(run) for run in _runs(heard, SOUND_RUNS)]
    if "?" in masked or "吗" in text:
        found.append("q:?")
    return found
