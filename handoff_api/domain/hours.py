"""When somebody is at the desks: hours of the day in China, weekends, holidays and the weekends worked for them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handoff_api.domain.rules import Calendar, Hours, Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOK_AHEAD_DAYS = 15
"""Longer than any holiday."""


def is_rest_day(day: date, calendar: Calendar) -> bool:
    if calendar.holiday(day):
        return True
    return day.weekday() >= 5 and day not in calendar.worked


def spans_of(day: date, hours: Hours, calendar: Calendar, group: str = "general") -> list[Span]:
    """A group's own hours win; a holiday with hours of its own wins over those of rest days."""
    week = hours.groups.get(group)
    if week:
        return week.rest_days if is_rest_day(day, calendar) else week.workdays
    holiday = calendar.holiday(day)
    if holiday in hours.holidays:
        return hours.holidays[holiday]
    return hours.rest_days if is_rest_day(day, calendar) else hours.workdays


def is_open(now: datetime, hours: Hours, calendar: Calendar, group: str = "general") -> bool:
    local = now.astimezone(SHANGHAI)
    return any(span.holds(local.time()) for span in spans_of(local.date(), hours, calendar, group))


def opens_at(now: datetime, hours: Hours, calendar: Calendar, group: str = "general") -> datetime | None:
    """The next opening after `now`; None if there is none within two weeks."""
    return next((start for start, _ in openings(now, hours, calendar, group) if start > now), None)


def openings(
    now: datetime, hours: Hours, calendar: Calendar, group: str = "general"
) -> Iterator[tuple[datetime, datetime]]:
    """The spans that have not ended, as instants."""
    today = now.astimezone(SHANGHAI).date()
    for ahead in range(LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for span in spans_of(day, hours, calendar, group):
            start, end = instants(day, span)
            if end > now:
                yield start, end


def instants(day: date, span: Span) -> tuple[datetime, datetime]:
    start = datetime.combine(day, span.start, SHANGHAI).astimezone(UTC)
    if span.is_to_midnight:
        return start, datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)
    return start, datetime.combine(day, span.end, SHANGHAI).astimezone(UTC)


def in_words(hours: Hours) -> str:
    """`每天 9:00–21:00`, or workdays and rest days apart."""
    work, rest = _joined(hours.workdays), _joined(hours.rest_days)
    if work == rest:
        return f"每天 {work}"
    return f"工作日 {work}，休息日 {rest}" if hours.rest_days else f"工作日 {work}"


def _joined(spans: list[Span]) -> str:
    return "、".join(map(str, spans)) or "休息"


def instant_in_words(instant: datetime, *, now: datetime) -> str:
    """`今天 15:00`, `明天 9:00`, `11月25日 9:00`."""
    local, today = instant.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    ahead = (local.date() - today).days
    day = {0: "今天", 1: "明天", 2: "后天"}.get(ahead, f"{local.month}月{local.day}日")
    return f"{day} {local:%-H:%M}"


def add_on_duty(start: datetime, seconds: float, clock: Span) -> datetime:
    """`seconds` later by a clock that only runs between `clock.start` and `clock.end` of every day."""
    left, now = timedelta(seconds=seconds), start
    while True:
        opening, closing = instants(now.astimezone(SHANGHAI).date(), clock)
        now = max(now, opening)
        if now < closing:
            if now + left <= closing:
                return now + left
            left -= closing - now
        tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
        now = datetime.combine(tomorrow, time(), SHANGHAI).astimezone(UTC)
