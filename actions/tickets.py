"""Complaints: an apology, a ticket with an owner and a deadline, a person at once if wanted."""

from actions.base import ShopAction
from actions.cards import moment
from actions.choices import person
from actions.turn import Events, Turn, set_slots
from actions.wording import TICKET_SUBJECTS
from contracts.bot_output import TicketCard
from contracts.shop import NewTicket, Ticket, TicketKind


class ActionRaiseComplaint(ShopAction):
    """One ticket for one conversation: complaining again shows the same one."""

    action_name = "action_raise_complaint"
    intents = ("complaint_raise",)

    async def answer(self, turn: Turn, intent: str) -> Events:
        known = turn.slot("complaint_ticket_id")
        ticket = await turn.shop.ticket(known) if known else await _open(turn)
        turn.say(
            "utter_complaint_known" if known else "utter_complaint_taken",
            cards=[TicketCard(ticket=ticket)],
            choices=[person(primary=True)],
            ticket_id=ticket.ticket_id,
            owner=ticket.owner,
            deadline=moment(ticket.deadline_at),
        )
        noted = [] if known else turn.note("opened_ticket", ticket_id=ticket.ticket_id)
        return [*noted, *set_slots(complaint_ticket_id=ticket.ticket_id, handoff_reason="complaint")]


async def _open(turn: Turn) -> Ticket:
    complaint = NewTicket(
        kind=TicketKind.COMPLAINT,
        subject=TICKET_SUBJECTS["complaint"],
        description=turn.substance,
        order_number=turn.slot("order_number") or turn.page_order_number,
    )
    return await turn.shop.open_ticket(complaint)
