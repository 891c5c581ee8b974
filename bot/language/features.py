"""What an intent is read from: characters, sounds, words and radicals of a message, as named features.

Each name begins with its kind, so that an explanation can be read by a person. A kind has its share of a message
however many features it has, which is what makes single characters count beside the long runs:

    c1:退  c2:退货  c3:要退货 (three or four)    characters        s1:tui  s2:tui_huo (two or three)   sounds
    w:退货  b:我要_退货                           words and pairs   r1:⾡  r2:⾡货 ⾡⾙                   radicals
    q:?                                          a question        p:谢                                 pleasantries

What shoppers mistype is read by its sounds, what nobody wrote in the training data by its radicals.
"""

import re
from typing import Iterator, List, Sequence

import jieba

from bot.language.pinyin import sounds
from bot.language.radicals import radical_of

NUMBERS = re.compile(r"\d+(?:\.\d+)?")
PUNCTUATION = re.compile(r"[^\w\u3400-\u9fff#]+")

# Of a kind; else 1. `l` are the signs of harm (harm_signs.py), weighed by the same rule.
SHARES = {"c3": 0.7, "s2": 0.7, "b": 0.5, "q": 0.7, "p": 0.5, "l1": 0.7, "l2": 0.7, "l3": 0.5}

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


def _runs(items: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    return (items[start : start + length] for start in range(len(items) - length + 1))


def _characters(line: str) -> List[str]:
    found = ["c1:" + character for character in line]
    found += ["c2:" + pair for pair in _runs(line, 2)]
    for length in (3, 4):
        found += ["c3:" + run for run in _runs(line, length)]
    return found


def _sounds(plain: str) -> List[str]:
    heard = [sound for sound in sounds(plain) if sound.strip()]
    found = ["s1:" + sound for sound in heard]
    for length in (2, 3):
        found += ["s2:" + "_".join(run) for run in _runs(heard, length)]
    return found


def _words(plain: str) -> List[str]:
    """Without guessing unknown words: what shoppers mistype is better left as single characters."""
    words = [word for word in jieba.lcut(plain, HMM=False) if not word.isspace()]
    return ["w:" + word for word in words] + ["b:" + "_".join(pair) for pair in _runs(["^", *words, "$"], 2)]


def _radicals(line: str) -> List[str]:
    """Radicals, pairs of them, and each beside its neighbour's character."""
    radicals = [radical_of(character) for character in line]
    found = ["r1:" + radical for radical in radicals]
    for left, right in ((radicals, radicals), (line, radicals), (radicals, line)):
        found += ["r2:" + first + second for first, second in zip(left, right[1:], strict=False)]
    return found


def features(text: str, around: str = "") -> List[str]:
    """The features of a normalised request and of the pleasantries around it, repeated as often as they occur.

    jieba must have the shop's words by then.
    """
    masked = mask(text)
    plain = PUNCTUATION.sub(" ", masked).strip()
    if not plain:
        return []
    line = "^" + plain.replace(" ", "|") + "$"
    found = _characters(line) + _sounds(plain) + _words(plain) + _radicals(line)
    if "?" in masked or "吗" in text:
        found.append("q:?")
    return found + ["p:" + character for character in around]
