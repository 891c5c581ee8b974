"""Spoken dates made real, seen from Saturday, 21 November 2026, 10:30 in Shanghai."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.language.entities.dates import read_dates

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=timezone.utc)


def read(text: str) -> "list[tuple[str, str]]":
    return [(found.value, found.extra["granularity"]) for found in read_dates(text, NOW)]


@pytest.mark.parametrize(
    ("text", "value", "granularity"),
    [
        ("大后天下午三点来取", "2026-11-24T15:00", "hour"),
        ("上周五买的", "2026-11-13", "day"),
        ("前天", "2026-11-19", "day"),
        ("双十一买的", "2026-11-11", "day"),
        ("双十二能到吗", "2026-12-12", "day"),
        ("三天前", "2026-11-18", "day"),
        ("半个月前", "2026-11-06", "day"),
        ("11月3号", "2026-11-03", "day"),
        ("月底", "2026-11-30", "day"),
        ("下月初", "2026-12-01", "day"),
        ("上个月", "2026-10", "month"),
        ("去年五月", "2025-05", "month"),
        ("2023年8月", "2023-08", "month"),
        ("上周", "2026-11-09", "week"),
        ("明天上午", "2026-11-22", "part"),
        ("今晚8点前", "2026-11-21T20:00", "hour"),
        ("昨天14:20签收", "2026-11-20T14:20", "minute"),
        ("两小时前", "2026-11-21T08:30", "minute"),
        ("1月5号要用", "2027-01-05", "day"),
        ("1月5号买的", "2026-01-05", "day"),
        ("过年前能到吗", "2027-02-06", "day"),
    ],
)
def test_a_spoken_date_becomes_a_real_one(text: str, value: str, granularity: str) -> None:
    assert read(text) == [(value, granularity)]


def test_a_weekday_looks_back_or_ahead_as_its_sentence_does() -> None:
    assert read("周三签收的") == [("2026-11-18", "day")]
    assert read("周三能来装吗") == [("2026-11-25", "day")]


def test_a_range_keeps_its_end() -> None:
    (found,) = read_dates("明天下午2点到4点", NOW)

    assert (found.value, found.extra["until"]) == ("2026-11-22T14:00", "2026-11-22T16:00")


@pytest.mark.parametrize(
    "text",
    [
        "三天没更新了",
        "48小时都过了",
        "快点",
        "有点慢",
        "早点送",
        "3号楼",
        "5号电池",
        "几号到",
        "第三天",
        "7天无理由",
        "2月30号",
        "99月99号",
    ],
)
def test_durations_places_and_impossible_days_are_no_dates(text: str) -> None:
    assert read(text) == []


def test_the_day_is_the_one_on_a_clock_in_shanghai() -> None:
    late = datetime(2026, 11, 21, 17, 0, tzinfo=timezone.utc)

    assert read_dates("今天", late)[0].value == "2026-11-22"


def test_every_day_of_two_years_reads_without_error() -> None:
    for days in range(730):
        now = NOW + timedelta(days=days)
        found = read_dates("上上周日、月底、2月29号、半年前、下个月31号、双十一", now)
        assert found
