"""Having a return collected at the door: a day and a part of it on a button, booked in the shop."""

import re
from datetime import date, timedelta
from typing import Any

from actions.choices import choice, person
from actions.forms import time_form
from actions.turn import Events, Turn, set_slots
from actions.wording import SLOTS
from contracts.bot_output import Card, CaseCard, Choice
from contracts.shop import Case, CaseStatus, NewPickUp, PickUpSlot
from policy.calendar import in_chinese, legal_day

COLLECT = re.compile(r"上门|取件|来取|来拿|来收|预约.{0,3}(?:快递|取)|叫.{0,3}快递员?")
COLLECTED = frozenset({CaseStatus.APPROVED, CaseStatus.WAIT_SHOPPER_SHIP})
OFFERED_DAYS = 2
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BOOKED = re.compile(r"(\d{4}-\d{2}-\d{2}) (morning|afternoon|evening)")
PART_WORDS = {
    PickUpSlot.MORNING: re.compile(r"上午|早上|早晨|一早|中午"),
    PickUpSlot.AFTERNOON: re.compile(r"下午|午后|傍晚"),
    PickUpSlot.EVENING: re.compile(r"晚上|晚间|今晚|下班后"),
}
PARTS_OFFERED = ("morning", "afternoon")
ABOUT_SOMETHING_ELSE = re.compile(r"退|到账|钱|发货|送到|能到|收到|物流")
CHANGES = re.compile(r"改|换|取|来|上门|提前|推迟|往后|晚点|早点|吧$")
ASKED = "utter_ask_pick_up"


def wants_pick_up(turn: Turn, case: Case) -> bool:
    if case.status not in COLLECTED:
        return False
    return turn.message.choice == "pick_up" or names_time(turn) or bool(COLLECT.search(turn.message.text))


def names_time(turn: Turn) -> bool:
    """A time for what was offered, or another one for what was booked ("改到后天上午吧")."""
    text = turn.message.text
    if turn.message.entity("date_time") is None or ABOUT_SOMETHING_ELSE.search(text):
        return False
    is_changed = turn.has_just_said("utter_pick_up_booked") and bool(CHANGES.search(text))
    return is_changed or turn.has_just_said(ASKED)


async def arrange_pick_up(turn: Turn, case: Case) -> Events:
    """A time that is pressed or typed is booked; until then the times are offered, and what is booked is shown."""
    chosen = BOOKED.fullmatch(turn.message.entity("date_time") or "") if turn.message.choice == "pick_up" else None
    if chosen:
        return await _book(turn, case, date.fromisoformat(chosen[1]), PickUpSlot(chosen[2]))
    day, part = _typed_time(turn)
    if day and part and _may_be(turn, case, day):
        return await _book(turn, case, day, part)
    response = "utter_pick_up_booked" if case.pick_up else ASKED
    times = _times(turn, case, day if day and _may_be(turn, case, day) else None)
    cards: list[Card] = [CaseCard(case=case), time_form(*_days(turn, case), parts=PARTS_OFFERED)]
    turn.say(response, cards=cards, choices=[*times, person()], **_words(turn, case))
    return set_slots(case_id=case.case_id)


def _typed_time(turn: Turn) -> tuple[date | None, PickUpSlot | None]:
    """ "明天下午": the day as the reading has it, and the part of it that the words name."""
    said = turn.message.entity("date_time") if not turn.message.choice else None
    day = date.fromisoformat(said[:10]) if said and DAY.match(said) else None
    return day, next((slot for slot, words in PART_WORDS.items() if words.search(turn.message.text)), None)


def _may_be(turn: Turn, case: Case, day: date) -> bool:
    first, last = _days(turn, case)
    return first <= day <= last


def _days(turn: Turn, case: Case) -> tuple[date, date]:
    """From tomorrow to the last day on which the goods may be sent."""
    today = legal_day(turn.now)
    last = legal_day(case.deadline_at) if case.deadline_at else today + timedelta(days=OFFERED_DAYS)
    return today + timedelta(days=1), last


async def _book(turn: Turn, case: Case, day: date, slot: PickUpSlot) -> Events:
    booked = await turn.shop.book_pick_up(case.case_id, NewPickUp(version=case.version, day=day, slot=slot))
    turn.say("utter_pick_up_booked", cards=[CaseCard(case=booked)], choices=[person()], **_words(turn, booked))
    return [*turn.note("booked_pick_up", case_id=case.case_id), *set_slots(case_id=case.case_id)]


def _times(turn: Turn, case: Case, wanted: date | None) -> list[Choice]:
    """The times of the day that was named, else of the next days."""
    today = legal_day(turn.now)
    days = [wanted] if wanted else [today + timedelta(days=n) for n in range(1, OFFERED_DAYS + 1)]
    slots = [PickUpSlot(part) for part in PARTS_OFFERED]
    return [_time(case, day, slot, today) for day in days if _may_be(turn, case, day) for slot in slots]


def _time(case: Case, day: date, slot: PickUpSlot, today: date) -> Choice:
    known: dict[str, Any] = {
        "case_id": case.case_id,
        "date_time": f"{day.isoformat()} {slot.value}",
        "choice": "pick_up",
    }
    button = choice("return_shipping", title="pick_up", **known)
    return button.model_copy(update={"title": f"{in_chinese(day, seen_from=today)}{SLOTS[slot.value]}"})


def _words(turn: Turn, case: Case) -> dict[str, Any]:
    if case.pick_up is None:
        return {"case_id": case.case_id, "when": "", "carrier": ""}
    day = in_chinese(case.pick_up.day, seen_from=legal_day(turn.now))
    when = f"{day}{SLOTS[case.pick_up.slot.value]}"
    return {"case_id": case.case_id, "when": when, "carrier": case.pick_up.carrier_name}
