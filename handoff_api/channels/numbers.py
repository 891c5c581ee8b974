"""Which entry of a menu a shopper means by what they typed: "2", "２", "选二", "第2个", or the entry's own words."""

import re
import unicodedata
from collections.abc import Sequence

from handoff_api.channels.messages import MenuItem

_NUMBER = re.compile(r"(?:选|第|回复)?\s*(\d{1,2}|[一二三四五六七八九十])\s*(?:个|项|号|条|分)?[.。、,，)）!！]?")
_CHINESE = {char: number for number, char in enumerate("一二三四五六七八九十", start=1)}


def meant(text: str, menu: Sequence[MenuItem]) -> MenuItem | None:
    """None: it is a message like any other."""
    plain = unicodedata.normalize("NFKC", text).strip()
    named = next((item for item in menu if unicodedata.normalize("NFKC", item.title).strip() == plain), None)
    if named:
        return named
    found = _NUMBER.fullmatch(plain)
    if not found:
        return None
    number = _CHINESE.get(found[1]) or int(found[1])
    return menu[number - 1] if 1 <= number <= len(menu) else None
