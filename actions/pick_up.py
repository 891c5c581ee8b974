"""Having a return collected at the door: a day and a part of it on a button, booked in the shop."""

import re
from datetime import date, timedelta
from typing import Any

from actions.choices import choice, person
from actions.turn import Events, Turn, set_slots
from actions.wording import SLOTS
from contracts.bot_output import CaseCard, Choice
from contracts.shop import Case, CaseStatus, NewPickUp, PickUpSlot
from policy.calendar import in_chinese, legal_day

COLLECT = re.compile(r"上门|取件|来取|来拿|来收|预约.{0,3}(?:快递|取)|叫.{0,3}快递员?")
COLLECTED = frozenset({CaseStatus.APPROVED, CaseStatus.WAIT_SHOPPER_SHIP})
OFFERED_DAYS = 2
BOOKED = re.compile(r"(\d{4}-\d{2}-\d{2}) (morning|afternoon|evening)")


def wants_pick_up(turn: Turn, case: Case) -> bool:
    if case.status not in COLLECTED:
        return False
    return turn.message.choice == "pick_up" or bool(COLLECT.search(turn.message.text))


async def arrange_pick_up(turn: Turn, case: Case) -> Events:
    """Pressing a time books it; until then the times are offered, and what is booked is shown."""
    chosen = BOOKED.fullmatch(turn.message.entity("date_time") or "") if turn.message.choice == "pick_up" else None
    if chosen:
        return await _book(turn, case, date.fromisoformat(chosen[1]), PickUpSlot(chosen[2]))
    response = "utter_pick_up_booked" if case.pick_up else "utter_ask_pick_up"
    turn.say(response, cards=[CaseCard(case=case)], choices=[*_times(turn, case), person()], **_words(turn, case))
    return set_slots(case_id=case.case_id)


async def _book(turn: Turn, case: Case, day: date, slot: PickUpSlot) -> Events:
    booked = await turn.shop.book_pick_up(case.case_id, NewPickUp(version=case.version, day=day, slot=slot))
    turn.say("utter_pick_up_booked", cards=[CaseCard(case=booked)], choices=[person()], **_words(turn, booked))
    return [*turn.note("booked_pick_up", case_id=case.case_id), *set_slots(case_id=case.case_id)]


def _times(turn: Turn, case: Case) -> list[Choice]:
    today = legal_day(turn.now)
    last = legal_day(case.deadline_at) if case.deadline_at else today + timedelta(days=OFFERED_DAYS)
    days = [today + timedelta(days=n) for n in range(1, OFFERED_DAYS + 1)]
    slots = (PickUpSlot.MORNING, PickUpSlot.AFTERNOON)
    return [_time(case, day, slot, today) for day in days if day <= last for slot in slots]


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
