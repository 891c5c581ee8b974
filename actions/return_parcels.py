"""The parcel a shopper sends back: its number, given in the chat, is filled into the case after a yes."""

from actions.cards import goods_of_case
from actions.choices import choice, person
from actions.errors import ShopRefused
from actions.turn import Events, Turn, set_slots
from actions.wording import CARRIERS, SUMMARY_ROWS
from contracts.bot_output import CaseCard, Choice, SummaryCard
from contracts.shop import Case, CaseChange, CaseStatus, CaseStep

WAITS_FOR_PARCEL = frozenset({CaseStatus.WAIT_SHOPPER_SHIP, CaseStatus.APPROVED})
TAKES_NUMBER = WAITS_FOR_PARCEL | {CaseStatus.WAIT_SHOP_RECEIVE}  # a mistyped number is put right
SHOWN = 3


async def take_parcel_number(turn: Turn, cases: list[Case]) -> Events | None:
    """What to do with a tracking number when goods are awaited; None where it belongs to no case."""
    number = turn.message.entity("tracking_number")
    waiting = _fitting(turn, cases)
    if number is None or not waiting or await _is_outgoing(turn, number):
        return None
    if turn.message.choice == "ship_back":
        return await _fill_in(turn, waiting[0], number)
    if len(waiting) > 1:
        choices = [_pick(turn, case, number) for case in waiting[:SHOWN]]
        turn.say("utter_ask_case_of_parcel", number=number, choices=[*choices, person()])
        return []
    return _confirm(turn, waiting[0], number)


def ask_for_number(turn: Turn, case: Case) -> Events:
    turn.say("utter_request_parcel_number", cards=[CaseCard(case=case)], choices=[person()], case_id=case.case_id)
    return set_slots(pending_intent="return_shipping", case_id=case.case_id)


def _fitting(turn: Turn, cases: list[Case]) -> list[Case]:
    """The case that is named; else those that wait for a parcel; else those whose parcel is on its way back."""
    named = turn.message.entity("case_id")
    if named:
        return [case for case in cases if case.case_id == named and case.status in TAKES_NUMBER]
    waiting = [case for case in cases if case.status in WAITS_FOR_PARCEL]
    return waiting or [case for case in cases if case.status in TAKES_NUMBER]


async def _is_outgoing(turn: Turn, number: str) -> bool:
    """Is it the number of a parcel the shop sent?"""
    return any(shipment.tracking_number == number for o in await turn.shop.orders() for shipment in o.shipments)


def _confirm(turn: Turn, case: Case, number: str) -> Events:
    carrier = turn.message.carrier
    rows = {
        "case_id": case.case_id,
        "goods": goods_of_case(case),
        "carrier": CARRIERS.get(carrier, carrier),
        "tracking_number": number,
    }
    shown = [(SUMMARY_ROWS[name], value) for name, value in rows.items() if value]
    agree = choice("return_shipping", title="fill_in_parcel", primary=True, choice="ship_back", **_known(turn, case))
    turn.say(
        "utter_confirm_parcel_number",
        cards=[SummaryCard(title=SUMMARY_ROWS["tracking_number"], rows=shown)],
        choices=[agree, choice("deny", title="wrong_parcel", choice="stop")],
        case_id=case.case_id,
    )
    return set_slots(case_id=case.case_id, pending_intent=None)


async def _fill_in(turn: Turn, case: Case, number: str) -> Events:
    carrier = turn.message.entity("carrier") or ""
    change = CaseChange(
        step=CaseStep.SHIP_BACK, version=case.version, carrier=CARRIERS.get(carrier, carrier), tracking_number=number
    )
    try:
        changed = await turn.shop.change_case(case.case_id, change)
    except ShopRefused as refusal:
        turn.say("utter_shop_refused", explanation=refusal.message, choices=[person(primary=True)])
        return []
    turn.say(
        "utter_parcel_number_filled",
        cards=[CaseCard(case=changed)],
        choices=[choice("aftersale_progress")],
        case_id=case.case_id,
        next_step=changed.next_step,
    )
    noted = turn.note("filled_in_parcel", case_id=case.case_id, tracking_number=number)
    return [*noted, *set_slots(case_id=case.case_id, pending_intent=None)]


def _pick(turn: Turn, case: Case, number: str) -> Choice:
    return Choice(title=goods_of_case(case)[:40], intent="return_shipping", entities=_known(turn, case))


def _known(turn: Turn, case: Case) -> dict[str, str]:
    known = {"case_id": case.case_id, "tracking_number": turn.message.entity("tracking_number") or ""}
    return known | ({"carrier": turn.message.carrier} if turn.message.carrier else {})
