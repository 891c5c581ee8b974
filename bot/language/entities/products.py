"""Goods: the product words of the lookup, and models by name. `extra["category"]` is a product class of the policy."""

import re
from typing import List, Sequence, Text

from bot.language.entities.entity import Entity

SUFFIX = r"(?:\s?(?:pro|max|plus|ultra|mini|se|air|\+))*"
SERIES = r"(?:mate|nova|pura|reno|find|note|magic|[a-z])"
MODELS: "tuple[tuple[re.Pattern[str], Text], ...]" = (
    (re.compile(rf"(?<![a-z])iphone\s?(?:\d{{1,2}}|se|x[sr]?)?{SUFFIX}(?![a-z])"), "phone"),
    (
        re.compile(
            rf"(?:苹果|华为|小米|红米|荣耀|oppo|vivo|三星|一加|真我)\s?{SERIES}?\s?(?!1[3-9]\d)"
            rf"\d{{1,3}}[a-z]?{SUFFIX}(?![a-z0-9元块个号天年月斤瓶盒箱])"
        ),
        "phone",
    ),
    (re.compile(rf"(?<![a-z])(?:ipad|matepad){SUFFIX}(?![a-z])"), "computer"),
    (re.compile(rf"(?<![a-z])(?:macbook|thinkpad|matebook){SUFFIX}(?![a-z])"), "computer"),
    (re.compile(rf"(?<![a-z])(?:airpods|freebuds){SUFFIX}\s?\d?(?![a-z])"), "earphone"),
    (re.compile(r"(?<![a-z])(?:apple\s?watch|switch|ps5|kindle)(?![a-z])"), "wearable"),
)  # fmt: skip


def _models(clean: Text, folded: Text) -> List[Entity]:
    found = []
    for pattern, category in MODELS:
        for match in pattern.finditer(folded):
            name = clean[match.start() : match.end()].strip()
            end = match.start() + len(clean[match.start() : match.end()].rstrip())
            found.append(Entity("product", name, match.start(), end, {"category": category}, 0.85))
    return found


CALLED = re.compile(r"手机|座机|电话机?|固话")


def _is_called(term: Entity, numbers: Sequence[Entity]) -> bool:
    """Whether 手机 is said of a number (下单手机是166…), not of goods."""
    return bool(CALLED.fullmatch(term.value)) and any(0 <= n.start - term.end <= 3 for n in numbers)


def read_products(clean: Text, folded: Text, terms: Sequence[Entity], numbers: Sequence[Entity]) -> List[Entity]:
    """`terms` are the product words that spaCy found, in the order of the text; `numbers` the identifiers."""
    found: List[Entity] = []
    for term in (term for term in terms if term.entity == "product" and not _is_called(term, numbers)):
        previous = found[-1] if found else None
        if previous and term.start == previous.end:  # 手机 + 充电器: one thing, classed by the last word
            found[-1] = Entity("product", previous.value + term.value, previous.start, term.end, term.extra, 0.85)
        else:
            found.append(term)
    return found + _models(clean, folded)
