"""Legal days: instants become dates in Asia/Shanghai, windows are counted from the day after signing."""

import calendar as months
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def legal_day(instant: datetime) -> date:
    """The date a clock on a wall in China shows at `instant`, which must be aware."""
    if instant.tzinfo is None:
        raise ValueError("a legal day needs an aware instant")
    return instant.astimezone(SHANGHAI).date()


def days_since(start: datetime, now: datetime) -> int:
    """Legal days passed: 0 on the day of signing itself, 1 on the day after. Never negative."""
    return max(0, (legal_day(now) - legal_day(start)).days)


def hours_since(start: datetime, now: datetime) -> int:
    """Full hours passed. Never negative."""
    return max(0, int((now - start) / timedelta(hours=1)))


def last_day_of_window(start: datetime, days: int) -> date:
    """The last day of a window whose first day is the day after `start`."""
    return legal_day(start) + timedelta(days=days)


def last_day_of_months(start: datetime, count: int) -> date:
    """The same day of the month `count` months on, or that month's last day where it is shorter."""
    first = legal_day(start)
    year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
    return date(year, month + 1, min(first.day, months.monthrange(year, month + 1)[1]))


def in_chinese(day: date, *, seen_from: date) -> str:
    """`11月28日`; with the year where it is not the reader's own."""
    spoken = f"{day.month}月{day.day}日"
    return spoken if day.year == seen_from.year else f"{day.year}年{spoken}"


def instant_in_chinese(instant: datetime, *, seen_from: date) -> str:
    """`11月28日 14:00` on a wall in China."""
    return f"{in_chinese(legal_day(instant), seen_from=seen_from)} {instant.astimezone(SHANGHAI):%H:%M}"
