"""Sizes, colours and capacities a shopper names: `sku_option`, with its kind in `extra["kind"]`."""

import re
from typing import Iterator, List, Sequence, Text, Tuple

from bot.language.entities.entity import Entity

HAN_SIZE = r"加大|特大|超大|大|中|小|加小|最大|最小|均"
LETTERS = r"[1-9]?x{1,5}[ls]|[sml]|[1-9]xl"
NOT_LETTER = r"(?![a-z0-9])"
STEP = re.compile(r"(?:换个?|要|买)?(?P<value>[大小](?:一|两|1|2|半)[码号个]{1,2}(?:码|号)?)")
SIZES: "Tuple[re.Pattern[str], ...]" = (
    STEP,
    re.compile(rf"(?<![a-z0-9])(?P<value>{LETTERS})\s?(?:码|号|size)"),
    re.compile(rf"(?:尺码|码数|尺寸|号码|size|选的?|选了|拍的?|拍了|拍成|发的?|发成|发了|要的?|换成?|改成?|换|穿|是|买的?|买了|给我|的)[:：是]?\s?(?P<value>{LETTERS}){NOT_LETTER}"),
    re.compile(rf"(?<![a-z0-9])(?P<value>[1-9]?x{{1,5}}l|[2-9]xl){NOT_LETTER}"),
    re.compile(rf"(?<![a-z0-9])(?P<value>[sml])(?=换成?[sml]|的|太大|太小|大了|小了|[,，和、]){NOT_LETTER}"),
    re.compile(rf"(?P<value>(?:{HAN_SIZE})[码号])(?!称|角|召)"),
    re.compile(r"(?<![\d.])(?P<value>(?:1[0-9]{2}|[2-6]\d)(?:\.5)?)\s?(?:码|号(?=鞋|的鞋|码|鞋子|裤|衣))(?!头)"),
    re.compile(r"(?<![\d.])(?P<value>1[4-9]\d/\d{2,3}[a-c]?)"),
    re.compile(r"(?:鞋码|尺码|码数)[:：是]?\s?(?P<value>[2-4]\d(?:\.5)?|1[0-9]{2})(?![\d.])"),
    re.compile(r"(?P<value>[三四五][十][一二三四五六七八九]?)码"),
)  # fmt: skip
CAPACITY = re.compile(
    r"(?<![\d.a-z])(?P<value>(?:\d{1,2}g?\s?[+]\s?)?\d{1,4}\s?(?:gb|tb|g|t|ml|毫升|升|英寸|寸))(?![a-z0-9])(?!拍)"
)
COLOUR_OF = "黑白红蓝绿灰粉紫黄橙棕"
BARE_COLOUR = re.compile(
    rf"(?<![纯洁明空直坦雪脸])(?P<value>(?:浅|深|亮|暗|纯|天|墨|米|藏|酒|军|奶|玫)?[{COLOUR_OF}])(?:的|款(?!式))(?!话)"
)
CHANGED_COLOUR = re.compile(
    rf"(?:换成?|改成?|要|拍的?|选的?|发的?|发成|发了|是|变成)(?P<value>[{COLOUR_OF}])(?=$|[,，。 不]|发成)"
)
NOT_A_COLOUR = ("红包", "黑屏", "白条", "花呗", "白天", "黑名单", "白名单", "绿码", "红码", "黄牛")


def _colours(folded: Text, terms: Sequence[Entity]) -> Iterator[Entity]:
    for term in terms:
        if term.entity == "colour":
            yield Entity("sku_option", term.value, term.start, term.end, {"kind": "colour"}, 0.9)
    for pattern in (BARE_COLOUR, CHANGED_COLOUR):
        for match in pattern.finditer(folded):
            if not folded.startswith(NOT_A_COLOUR, match.start()):
                start, end = match.span("value")
                yield Entity("sku_option", f"{match['value']}色", start, end, {"kind": "colour"}, 0.8)


def _sizes(folded: Text) -> Iterator[Entity]:
    for pattern in SIZES:
        for match in pattern.finditer(folded):
            start, end = match.span("value")
            end = match.end() if pattern is not STEP and folded[end : match.end()].strip() in ("码", "号") else end
            yield Entity("sku_option", match["value"].upper(), start, end, {"kind": "size"}, 0.85)


def read_options(folded: Text, terms: Sequence[Entity]) -> List[Entity]:
    """`terms` are the colours of the lookup that spaCy found."""
    found = [*_colours(folded, terms), *_sizes(folded)]
    for match in CAPACITY.finditer(folded):
        value = match["value"].replace(" ", "").upper().replace("毫升", "ML")
        found.append(Entity("sku_option", value, *match.span("value"), {"kind": "capacity"}, 0.75))
    return found
