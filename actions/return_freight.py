"""Freight the shopper laid out for a return that the shop answers for: how much, agreed to, registered with a day."""

import re

from actions.cards import goods_of_case
from actions.choices import choice, not_now, person
from actions.service_requests import register
from actions.turn import Events, Turn, set_slots
from actions.wording import SUMMARY_ROWS, TICKET_SUBJECTS
from contracts.bot_output import SummaryCard
from contracts.shop import Case, TicketKind

INTENT = "return_freight"
LAID_OUT = re.compile(
    r"报销|垫付|垫了|先付|先出|已经付|付了|退(?:给|还|回)?我?(?:的)?(?:运费|邮费)|运费.{0,4}(?:退|给我|打给|返)"
)
AMOUNT = re.compile(r"(\d{1,4}(?:\.\d{1,2})?)(?:\s*(?:元|块|¥|￥))?")


def wants_freight_back(turn: Turn) -> bool:
    asked = turn.has_just_said("utter_request_freight_amount") and turn.message.is_free_text
    return asked or turn.message.choice == "confirm" or bool(LAID_OUT.search(turn.message.text))


async def claim_freight(turn: Turn, case: Case) -> Events:
    amount = _amount(turn)
    if amount is None:
        turn.say("utter_request_freight_amount", case_id=case.case_id, choices=[person()])
        return set_slots(pending_intent=INTENT, case_id=case.case_id)
    if turn.message.choice == "confirm":
        said = f"{TICKET_SUBJECTS['return_freight']} {amount}元（{case.case_id}）"
        note = f"{goods_of_case(case)} {case.return_tracking_number}".strip()
        kind = TicketKind.RETURN_FREIGHT
        return await register(turn, kind, said, description=note, order_number=case.order_number)
    rows = {"case_id": case.case_id, "goods": goods_of_case(case), "freight": f"{amount}元"}
    card = SummaryCard(title=TICKET_SUBJECTS["return_freight"], rows=[(SUMMARY_ROWS[k], v) for k, v in rows.items()])
    known = {"case_id": case.case_id, "amount": amount, "choice": "confirm"}
    yes = choice(INTENT, title="confirm_request", primary=True, **known)
    turn.say("utter_confirm_request", cards=[card], choices=[yes, not_now()])
    return set_slots(pending_intent=None)


def _amount(turn: Turn) -> str | None:
    """In yuan; digits that belong to a number of a case or a parcel are none."""
    said = turn.message.entity("amount")
    was_asked = turn.has_just_said("utter_request_freight_amount")
    match = AMOUNT.fullmatch(said.strip()) if said else AMOUNT.search(turn.message.text) if was_asked else None
    return match[1] if match else None
