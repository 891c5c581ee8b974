"""The times at which a shopper may be called back: whole slots inside the hours, not at once and not all at once."""

from datetime import datetime, timedelta

from contracts.events import CallbackSlot
from handoff_api.domain.hours import SHANGHAI, instant_in_words, openings
from handoff_api.domain.rules import Rules


def slots(rules: Rules, *, now: datetime, group: str = "general") -> list[CallbackSlot]:
    """The next ones; none where the shop never opens."""
    length = timedelta(minutes=rules.callback.slot_min)
    earliest = now + timedelta(minutes=rules.callback.ahead_min)
    found: list[CallbackSlot] = []
    for start, end in openings(now, rules.hours, rules.calendar, group):
        at = start
        while at + length <= end and len(found) < rules.callback.offered:
            if at >= earliest:
                found.append(_slot(at, at + length, now))
            at += length
        if len(found) >= rules.callback.offered:
            break
    return found


def _slot(at: datetime, until: datetime, now: datetime) -> CallbackSlot:
    label = f"{instant_in_words(at, now=now)}–{until.astimezone(SHANGHAI):%-H:%M}"
    return CallbackSlot(at=at, until=until, label=label)
