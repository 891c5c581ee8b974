"""Shopping days and holidays by name; those of the moon calendar from a table."""

from datetime import date
from typing import Dict, Optional, Text, Tuple

FIXED: Dict[Text, Tuple[int, int]] = {
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12), "618": (6, 18), "六一八": (6, 18),
    "国庆节": (10, 1), "国庆": (10, 1), "十一假期": (10, 1), "十一期间": (10, 1), "十一长假": (10, 1), "五一": (5,
    1), "劳动节": (5, 1),
    "元旦": (1, 1), "圣诞节": (12, 25), "圣诞": (12, 25), "平安夜": (12, 24), "情人节": (2, 14), "三八节": (3, 8),
    "38节": (3, 8),
    "妇女节": (3, 8), "女神节": (3, 8), "儿童节": (6, 1), "六一": (6, 1), "教师节": (9, 10), "万圣节": (10, 31),
    "双旦": (12, 25),
}  # fmt: skip
MOON: Dict[Text, Dict[int, Tuple[int, int]]] = {
    "春节": {2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26)},
    "除夕": {2024: (2, 9), 2025: (1, 28), 2026: (2, 16), 2027: (2, 5), 2028: (1, 25)},
    "元宵节": {2024: (2, 24), 2025: (2, 12), 2026: (3, 3), 2027: (2, 20), 2028: (2, 9)},
    "清明节": {2024: (4, 4), 2025: (4, 4), 2026: (4, 5), 2027: (4, 5), 2028: (4, 4)},
    "端午": {2024: (6, 10), 2025: (5, 31), 2026: (6, 19), 2027: (6, 9), 2028: (5, 28)},
    "七夕": {2024: (8, 10), 2025: (8, 29), 2026: (8, 19), 2027: (8, 8), 2028: (8, 26)},
    "中秋": {2024: (9, 17), 2025: (10, 6), 2026: (9, 25), 2027: (9, 15), 2028: (10, 3)},
}
ALIASES = {
    "过年": "春节",
    "大年三十": "除夕",
    "端午节": "端午",
    "七夕节": "七夕",
    "中秋节": "中秋",
    "清明": "清明节",
    "元宵": "元宵节",
}
NAMES = sorted([*FIXED, *MOON, *ALIASES], key=len, reverse=True)
# 618 and 六一 are dates only where they do not stand among figures or as a sum of money.
FESTIVAL = "|".join(
    rf"(?<![\d.¥]){name}(?![\d.元块号]|儿童)" if name[0].isdigit() else rf"(?<![十百]){name}(?![八月号点]|路)"
    for name in NAMES
)


def _days(name: Text, year: int) -> Optional[date]:
    month_day = FIXED.get(name) or MOON.get(ALIASES.get(name, name), {}).get(year)
    return date(year, *month_day) if month_day else None


def festival_date(name: Text, today: date, direction: int, shift: Optional[int]) -> Optional[date]:
    """The festival's day: in the year `shift` from this one if that is said, else the likeliest near `today`."""
    if shift is not None:
        return _days(name, today.year + shift)
    days = [day for year in (today.year - 1, today.year, today.year + 1) if (day := _days(name, year))]
    if direction < 0:
        days = [day for day in days if day <= today]
    elif direction > 0:
        days = [day for day in days if day >= today]
    return min(days, key=lambda day: abs((day - today).days) + (30 if day > today else 0), default=None)
