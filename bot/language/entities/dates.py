"""Dates and times as shoppers say them, made real: 大后天下午三点, 上周五, 双十一买的, 三天前, 11月3号, 月底.

`value` is ISO: `2026-11-24`, `2026-11-24T15:00`, `2026-11` for a month. `extra["granularity"]` says how exact it is
(minute, hour, part, day, week, month); `part` names a part of the day, `until` the end of a range.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Callable, List, Optional, Pattern, Text, Tuple

from bot.language.entities.chinese_numbers import NUMBER, number_of
from bot.language.entities.entity import Entity
from bot.language.entities.festivals import FESTIVAL, festival_date

SHANGHAI = timezone(timedelta(hours=8))  # no summer time since 1991
PAST, FUTURE = -1, 1
BOUGHT = re.compile(
    r"^.{0,6}?(?:买|下单|拍|付款?|签收|收到|到货|到的|发的|发货的|寄的|寄出|送到|抢|退的|"
    r"申请的|提交的|就|已|开始|的订单|没)"
)
TO_COME = re.compile(
    r"^.{0,6}?(?:能到|能送|送来|再送|来取|来装|上门|取件|有空|在家|前送|之前送|要用|可以|能|"
    r"到吗|发吗|送|派|给我|打我|联系我|安排|方便)"
)
WEEKDAYS = (
    {c: n for n, c in enumerate("一二三四五六")} | {str(n + 1): n for n in range(7)} | {"日": 6, "天": 6, "末": 5}
)
NEAR_DAYS = {
    "大前天": -3, "大前日": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨儿": -1, "昨晚": -1,
    "昨": -1,
    "今天": 0, "今日": 0, "今儿": 0, "今晚": 0, "今早": 0, "当天": 0, "明天": 1, "明日": 1, "明儿": 1, "明晚": 1,
    "明早": 1,
    "后天": 2, "后日": 2, "大后天": 3, "大后日": 3,
}  # fmt: skip
PARTS = {
    "凌晨": 0, "半夜": 0, "清晨": 6, "一大早": 6, "早上": 6, "早晨": 6, "早": 6, "上午": 8, "中午": 11, "午后": 13,
    "下午": 13,
    "傍晚": 17, "晚上": 18, "晚": 18, "夜里": 22,
}  # fmt: skip
PART_NAMES = {
    0: "night",
    6: "morning",
    8: "morning",
    11: "noon",
    13: "afternoon",
    17: "evening",
    18: "evening",
    22: "night",
}
LATER_PARTS = frozenset({"下午", "午后", "傍晚", "晚上", "晚", "夜里"})
PART = "|".join(sorted(PARTS, key=len, reverse=True))
CLOCK = re.compile(
    rf"\s?({PART})?的?\s?(?:(\d{{1,2}})[:：](\d{{2}})(?::\d{{2}})?(?!\d)|({NUMBER})(?:点钟?|时(?!候|间))(?:(半)|(一刻|三刻)|({NUMBER})分?)?)"
)
ONLY_PART = re.compile(rf"\s?({PART})(?!点|些|餐|饭|就|已|该|知道|说|上面|礼服|霜|安|装)")
CLOCK_ALONE = re.compile(
    rf"(?<![\d.:：第])(?:(?:{PART})的?\s?(?:\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:点|时(?!候|间))|\d{{1,2}}(?::\d{{2}})(?![\d:])|\d{{1,2}}点(?!几|数|赞|评|五|击|开|了吗|[一二三四五六七八九0-9]?个)|[一二两三四五六七八九十]{{1,3}}点(?:半|钟|之前|以前|前|后|之后|以后|多))"
)
UNTIL = re.compile(r"\s?(?:到|至|-|~|—)\s?")


@dataclass(frozen=True)
class Moment:
    """A day, perhaps with a time; `start`, `end` in the text."""

    day: date
    start: int
    end: int
    granularity: Text = "day"
    clock: Optional[time] = None
    part: Text = ""
    until: Text = ""
    confidence: float = 0.9

    @property
    def value(self) -> Text:
        if self.granularity == "month":
            return f"{self.day:%Y-%m}"
        return f"{self.day.isoformat()}T{self.clock:%H:%M}" if self.clock else self.day.isoformat()


Found = Tuple[date, Text]
Reader = Callable[["re.Match[str]", "Reference"], Optional[Found]]


@dataclass(frozen=True)
class Reference:
    """Where a relative date is counted from, and whether its sentence looks back (-1), ahead (1) or neither (0)."""

    today: date
    now: datetime
    direction: int = 0


def _direction(folded: Text, start: int, end: int) -> int:
    before, after = folded[max(0, start - 6) : start], folded[end : end + 14]
    bought, to_come = BOUGHT.search(after), TO_COME.search(after)
    if to_come and (bought is None or to_come.end() <= bought.end()):
        return FUTURE
    if bought or re.search(r"(?:买于|下单|签收|收到|购买|下单时间|从)[:：\s]?$", before):
        return PAST
    return 0


def _safe_date(year: int, month: int, day: int) -> Optional[date]:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest_year(today: date, month: int, day: int, direction: int) -> Optional[date]:
    """The year nobody says: shoppers speak of the last ten months or the next two, unless the sentence says which."""
    tries = [d for year in (today.year - 1, today.year, today.year + 1) if (d := _safe_date(year, month, day))]
    if direction == PAST:
        tries = [d for d in tries if d <= today]
    elif direction == FUTURE:
        tries = [d for d in tries if d >= today]
    return min(tries, key=lambda d: (d - today).days * 5 if d > today else (today - d).days, default=None)


def _full_date(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    year = int(match[1])
    found = _safe_date(year + 2000 if year < 100 else year, int(match[2]), int(match[3]))
    return (found, "day") if found and 2015 <= found.year <= 2035 else None


def _month_day(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    month, day = number_of(match[1]), number_of(match[2])
    if not month or not day or month > 12 or day > 31:
        return None
    found = _nearest_year(at.today, month, day, at.direction)
    return (found, "day") if found else None


def _near_month_day(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    first = _shift_months(at.today.replace(day=1), _steps(match[1]))
    day = number_of(match[2])
    found = _safe_date(first.year, first.month, day) if day else None
    return (found, "day") if found else None


def _steps(word: Text) -> int:
    """上 -1, 上上 -2, 下 1, 这 0."""
    return word.count("下") - word.count("上")


def _shift_months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _day_of_month(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    day = number_of(match[1])
    if not day or not 1 <= day <= 31:
        return None
    shift = (
        -1 if at.direction == PAST and day > at.today.day else 1 if at.direction == FUTURE and day < at.today.day else 0
    )
    first = _shift_months(at.today.replace(day=1), shift)
    found = _safe_date(first.year, first.month, day)
    return (found, "day") if found else None


def _near_day(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    return at.today + timedelta(days=NEAR_DAYS[match[0]]), "day"


def _weekday(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    monday = at.today - timedelta(days=at.today.weekday())
    named = match[1] or ""
    day = monday + timedelta(days=WEEKDAYS[match[2]], weeks=_steps(named))
    if not named and at.direction == PAST and day > at.today:
        day -= timedelta(weeks=1)
    if not named and at.direction != PAST and day < at.today:
        day += timedelta(weeks=1)
    return day, "day"


def _week(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    monday = at.today - timedelta(days=at.today.weekday())
    return monday + timedelta(weeks=_steps(match[1])), "week"


def _month(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    return _shift_months(at.today.replace(day=1), _steps(match[1])), "month"


def _named_month(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    month = number_of(match[1])
    found = _nearest_year(at.today, month, 1, at.direction) if month and month <= 12 else None
    return (found, "month") if found else None


def _month_of_year(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    """2023年8月, 去年五月."""
    years = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
    year = at.today.year + years[match[1]] if match[1] in years else int(match[1])
    month, day = number_of(match[2]), number_of(match[3] or "1")
    found = _safe_date(year, month, day) if month and day else None
    return (found, "day" if match[3] else "month") if found else None


def _part_of_month(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    """月初 the 1st, 月中 the 15th, 月底 the last day of the month named before it."""
    named = match[1] or ""
    month = _shift_months(at.today.replace(day=1), _steps(named))
    if number := number_of(named.rstrip("月份")):
        month = _nearest_year(at.today, number, 1, at.direction) or month if number <= 12 else month
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day={"初": 1, "中": 15, "底": last, "末": last}[match[2]]), "day"


def _ago(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    number = 0.5 if match[1] == "半" else number_of(match[1])
    if number is None or number > 400:
        return None
    sign = -1 if match[4] in ("前", "之前", "以前") else 1
    if match[3] in ("月", "年"):
        months = 12 * number if match[3] == "年" else number
        whole = _shift_months(at.today, sign * int(months))
        return whole + timedelta(days=0 if months >= 1 else sign * 15), "day"
    days = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7}[match[3]] * number
    return at.today + timedelta(days=sign * int(days)), "day"


def _coming(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    number = number_of(match[1])
    return (at.today + timedelta(days=number), "day") if number is not None and number <= 60 else None


def _festival(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    found = festival_date(match[2], at.today, at.direction, shift={"去年": -1, "今年": 0}.get(match[1] or ""))
    return (found, "day") if found else None


def _year_end(match: "re.Match[str]", at: Reference) -> Optional[Found]:
    return date(at.today.year, 12, 31), "day"


WEEK_WORD = r"(?:周|星期|礼拜)"
# 3号楼, 5号电池, 2日常 and 周一围 are no days.
NO_DATE = (
    r"楼|店|仓|门|线|柜|电池|码|色|机|链|粉|口红|单|常|期|用|子|尺|房|库|院|站|客服|坑|针|字|文|历|本|语|元|工|夜|出"
)
NO_WEEKDAY = r"天|个|次|岁|年|折|边|围|多|内|左右|期间|前送"
AGO = r"前(?!台|面|后)|之前|以前|后(?!面|悔|续|台|天)|之后|以后"
NAMED = r"上{1,3}|下{1,2}|这|本"
RULES: "tuple[tuple[Pattern[str], Reader, float], ...]" = (
    (re.compile((
            r"(?<!\d)(20[12]\d|"
            r"[12]\d(?=年))\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)\s?[日号]?"
        )), _full_date, 0.98),
    (re.compile(r"(?<!\d)(20[12]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"), _full_date, 0.7),
    (
        re.compile(rf"(前年|去年|今年|明年|(?<!\d)20[12]\d(?=年))(?:年|的)?({NUMBER})月份?(?:({NUMBER})[号日])?(?![初中底末])"),
        _month_of_year,
        0.95,
    ),
    (
        re.compile(rf"(?<!\d)({NUMBER})月份?\s?({NUMBER})(?:号(?!楼|店|仓|门|线|柜)|日|(?=\D|$)(?![个份点:：]))"),
        _month_day,
        0.95,
    ),
    (re.compile((
            r"(?<![\d./-])(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?:[号日]|(?=\s?(?:买|下单|拍|付款|"
            r"签收|收到|到的|发货|活动|那天|大促)))"
        )), _month_day, 0.85),
    (re.compile(r"(?<![\d./-])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/.]|[包盒件个])"), _month_day, 0.6),
    (re.compile(rf"((?:{NAMED})个?|当)月(?:的)?({NUMBER})[号日]"), _near_month_day, 0.95),
    (re.compile(rf"((?:{NAMED})个?月|{NUMBER}月份?)?月?([初中底末])(?<=月.)(?!旬|班|间|考)"), _part_of_month, 0.85),
    (re.compile(rf"(?<![\d.月路街巷弄道村里第])({NUMBER})[号日](?!{NO_DATE})"), _day_of_month, 0.8),
    (re.compile((
            r"大前[天日]|大后[天日]|前[天日]|后[天日](?!性)|前晚|[昨今明][天日](?!头条)|[昨今明]儿|"
            r"[昨今明]晚|[今明]早|昨(?=晚|夜|早|下午|上午)|当天(?=下午|上午|晚上|就)"
        )), _near_day, 0.95),
    (re.compile(rf"({NAMED}|)个?{WEEK_WORD}([一二三四五六日天末1-7])(?!{NO_WEEKDAY})"), _weekday, 0.92),
    (re.compile(rf"({NAMED})个?{WEEK_WORD}(?![一二三四五六日天末1-7])"), _week, 0.85),
    (re.compile(r"((?:上{1,3}|下{1,2}|这|本)个?|当)月(?!的?\d|[初中底末]|[一二三四五六七八九十])"), _month, 0.85),
    (re.compile((
            r"(?<![\d个半])(1[0-2]|[1-9]|[一二三四五六七八九]|"
            r"十[一二]?)月份?(?![\d一二三四五六七八九十初中底末饼亮子球嫂租供卡费销])"
        )), _named_month, 0.75),
    (re.compile(rf"(?<!第)(半|{NUMBER})\s?(个?)(?:多|来)?(?:个)?(天|日|周|星期|礼拜|月|年)(?:多)?({AGO})"), _ago, 0.9),
    (re.compile(rf"(?:再过|过)({NUMBER})天(?!了|期|还|没|再|内)"), _coming, 0.75),
    (re.compile(rf"(去年|今年)?(?:的)?({FESTIVAL})"), _festival, 0.85),
    (re.compile(r"年底|年末"), _year_end, 0.7),
)  # fmt: skip
HOURS_AGO = re.compile(rf"(半|{NUMBER})\s?个?(?:多)?(小时|钟头|分钟)(前|之前|以前|后|之后|以后)(?!台|面)")


def _days(folded: Text, now: datetime) -> List[Moment]:
    found = []
    for pattern, reader, confidence in RULES:
        for match in pattern.finditer(folded):
            at = Reference(now.date(), now, _direction(folded, match.start(), match.end()))
            try:
                read = reader(match, at)
            except (ValueError, OverflowError):  # 2月30号, the year 10000
                continue
            if read:
                found.append(Moment(read[0], match.start(), match.end(), read[1], confidence=confidence))
    return _longest(found)


def _longest(moments: List[Moment]) -> List[Moment]:
    kept: List[Moment] = []
    for moment in sorted(moments, key=lambda m: (m.start, -m.end, -m.confidence)):
        if not kept or moment.start >= kept[-1].end:
            kept.append(moment)
    return kept


def _hour_and_minute(match: "re.Match[str]") -> Optional[time]:
    if match[2]:
        hour, minute = int(match[2]), int(match[3])
    else:
        hour = number_of(match[4])
        quarter = {"一刻": 15, "三刻": 45}.get(match[6] or "")
        minute = 30 if match[5] else quarter if quarter else number_of(match[7]) if match[7] else 0
    if hour is None or minute is None or hour > 24 or minute > 59:
        return None
    part = match[1] or ""
    if not part and 1 <= hour <= 6 and not match[2]:  # nobody is called at three in the morning
        return time(hour + 12, minute)
    if part in LATER_PARTS and hour < 12 or part == "中午" and hour < 4:
        hour += 12
    return time(hour % 24, minute)


def _with_clock(folded: Text, moment: Moment, inherited: Text = "") -> Moment:
    """`moment` with the time of day that follows it, to the end of a range (明天下午2点到4点)."""
    match = CLOCK.match(folded, moment.end)
    if match is None:
        return _with_part(folded, moment)
    clock = _hour_and_minute(match)
    if clock is None:
        return moment
    if inherited in LATER_PARTS and not match[1] and clock.hour < 12:
        clock = clock.replace(hour=clock.hour + 12)
    exact = match[2] or match[5] or match[6] or match[7]
    timed = replace(moment, clock=clock, end=match.end(), granularity="minute" if exact else "hour")
    return _with_until(folded, timed, match[1] or inherited)


def _with_until(folded: Text, moment: Moment, part: Text) -> Moment:
    to = UNTIL.match(folded, moment.end)
    if to is None or moment.until:
        return moment
    end = CLOCK.match(folded, to.end())
    clock = _hour_and_minute(end) if end else None
    if end is None or clock is None:
        return moment
    if part in LATER_PARTS and not end[1] and clock.hour < 12:
        clock = clock.replace(hour=clock.hour + 12)
    return replace(moment, end=end.end(), until=f"{moment.day.isoformat()}T{clock:%H:%M}")


def _with_part(folded: Text, moment: Moment) -> Moment:
    said = folded[moment.start : moment.end]
    if said.endswith(("晚", "早")):
        return _with_clock_after_part(folded, moment, said[-1])
    match = ONLY_PART.match(folded, moment.end)
    if match is None or moment.granularity != "day":
        return moment
    return replace(moment, end=match.end(), granularity="part", part=PART_NAMES[PARTS[match[1]]])


def _with_clock_after_part(folded: Text, moment: Moment, part: Text) -> Moment:
    tail = "上" if folded.startswith("上", moment.end) else ""
    return replace(moment, end=moment.end + len(tail), granularity="part", part=PART_NAMES[PARTS[part]])


def _spoken(folded: Text, moment: Moment) -> Moment:
    part = folded[moment.end - 1] if folded[moment.start : moment.end].endswith(("晚", "早")) else ""
    return _with_clock(folded, moment, part) if moment.granularity == "day" else moment


def _clocks_alone(folded: Text, now: datetime) -> List[Moment]:
    """A time without a day is today's."""
    found = []
    for match in CLOCK_ALONE.finditer(folded):
        timed = _with_clock(folded, Moment(now.date(), match.start(), match.start(), confidence=0.8))
        if timed.clock and timed.end > match.start():
            found.append(timed)
    return found


def _hours_ago(folded: Text, now: datetime) -> List[Moment]:
    found = []
    for match in HOURS_AGO.finditer(folded):
        number = 0.5 if match[1] == "半" else number_of(match[1])
        if number is None or number > 1000:
            continue
        sign = -1 if "前" in match[3] else 1
        span = timedelta(minutes=number) if match[2] == "分钟" else timedelta(hours=number)
        then = now + sign * span
        found.append(Moment(then.date(), *match.span(), "minute", then.time().replace(second=0, microsecond=0)))
    return found


def read_dates(folded: Text, now: datetime) -> List[Entity]:
    """Dates of a folded text, seen from the aware instant `now` on a clock in Shanghai."""
    local = now.astimezone(SHANGHAI)
    moments = [_spoken(folded, moment) for moment in _days(folded, local)]
    moments += _hours_ago(folded, local)
    moments += [m for m in _clocks_alone(folded, local) if not any(d.start <= m.start < d.end for d in moments)]
    return [_entity(moment) for moment in moments]


def _entity(moment: Moment) -> Entity:
    extra = {"granularity": moment.granularity}
    if moment.part:
        extra["part"] = moment.part
    if moment.until:
        extra["until"] = moment.until
    return Entity("date_time", moment.value, moment.start, moment.end, extra, moment.confidence)
