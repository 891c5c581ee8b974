"""When a shopper may be called back."""

from handoff_api.domain.callbacks import slots
from handoff_api.domain.rules import Hours, Rules
from tests.handoff_api.domain.test_hours import RULES, at


def labels(now: str, rules: Rules = RULES) -> list[str]:
    return [slot.label for slot in slots(rules, now=at(now))]


def test_slots_are_whole_hours_that_are_not_about_to_begin() -> None:
    assert labels("2026-11-22T14:20") == [
        "今天 15:00–16:00",
        "今天 16:00–17:00",
        "今天 17:00–18:00",
        "今天 18:00–19:00",
    ]
    assert labels("2026-11-22T14:40")[0] == "今天 16:00–17:00"


def test_in_the_evening_the_morning_is_offered() -> None:
    assert labels("2026-11-22T19:45") == [
        "明天 9:00–10:00",
        "明天 10:00–11:00",
        "明天 11:00–12:00",
        "明天 12:00–13:00",
    ]


def test_no_slot_reaches_beyond_the_hours() -> None:
    rules = RULES.model_copy(update={"hours": Hours.model_validate({"workdays": ["09:00-10:30"], "rest_days": []})})

    assert labels("2026-11-20T08:00", rules)[:2] == ["今天 9:00–10:00", "11月23日 9:00–10:00"]


def test_a_shop_that_never_opens_offers_nothing() -> None:
    rules = RULES.model_copy(update={"hours": Hours(workdays=[], rest_days=[])})

    assert labels("2026-11-20T08:00", rules) == []
