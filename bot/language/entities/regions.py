"""Places: provinces and cities of the lookup, joined with the district written after them."""

import re
from typing import List, Sequence, Text

from bot.language.entities.entity import Entity

DISTRICT = re.compile(r"市?([\u4e00-\u9fff]{1,5}?(?:区|县|旗))(?!别|分|间|域|号|块|外)")
JOINED = re.compile(r"[省市\s·,，]{0,2}")
NOT_A_PLACE = re.compile(r"^(?:时间|银行|烤鸭|东路|西路|路|大学|大厦|牌|移动|联通|电信|小面|火锅|烧饼|特产)")
NOT_IN_DISTRICT = re.compile(r"[的了在到发送吗能这那我你他寄退买收要不是没都可小社景专]")


def _full_end(folded: Text, end: int) -> int:
    return end + 1 if folded.startswith(("省", "市"), end) and not folded.startswith("市场", end) else end


def _with_district(folded: Text, found: Entity) -> Entity:
    match = DISTRICT.match(folded, found.end)
    if match is None or NOT_IN_DISTRICT.search(match[1][:-1]):
        return found
    extra = {**found.extra, "district": match[1]}
    return Entity("region", found.value + match[1], found.start, match.end(), extra, found.confidence)


def _joined(folded: Text, first: Entity, second: Entity) -> "Entity | None":
    """广东 + 深圳 is one place; 北京 + 上海 are two."""
    if not JOINED.fullmatch(folded[first.end : second.start]) or first.value == second.value:
        return None
    if first.extra.get("province") != second.extra.get("province"):
        return None
    value = first.value + (second.value if second.value != first.value else "")
    return Entity("region", value, first.start, second.end, {**first.extra, **second.extra}, 0.95)


def read_regions(folded: Text, terms: Sequence[Entity]) -> List[Entity]:
    """`terms` are the provinces and cities that spaCy found, and the goods: 新疆大枣 is no place."""
    goods = {term.start for term in terms if term.entity == "product"}
    found: List[Entity] = []
    for term in (term for term in terms if term.entity == "region"):
        end = _full_end(folded, term.end)
        if end in goods or NOT_A_PLACE.match(folded[end : end + 3]):
            continue
        place = Entity("region", term.value, term.start, end, term.extra, 0.88)
        joined = _joined(folded, found[-1], place) if found else None
        if joined:
            found[-1] = joined
        else:
            found.append(place)
    return [_with_district(folded, place) for place in found]
