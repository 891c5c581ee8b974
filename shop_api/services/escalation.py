"""What the shop lets lie past its deadline goes to somebody higher, once, and the shopper is told.

The deadlines stand in the rows, so a restart forgets none of them.
"""

import structlog
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import CaseChange, CaseStep
from shop_api.domain.deadlines import ESCALATED_WITHIN, LADDER, next_owner
from shop_api.domain.wording import ticket_escalated_text
from shop_api.record import cases as record
from shop_api.record.tables import TicketRow
from shop_api.record.views import ticket_view
from shop_api.services.cases import take_step
from shop_api.services.notices import put_notice
from shop_api.services.shop import Shop
from shop_api.services.tickets import addressee

log = structlog.get_logger()


async def escalate_late(shop: Shop) -> int:
    """Returns how many cases and tickets were given on."""
    async with shop.database.reading() as session:
        cases = await record.cases_late_by_shop(session, shop.now())
        tickets = await record.late_tickets(session, shop.now())
    given_on = 0
    for case in cases:
        given_on += await _escalate_case(shop, case.shop_id, case.case_id, case.version)
    for ticket in tickets:
        given_on += await _escalate_ticket(shop, ticket.shop_id, ticket.ticket_id)
    return given_on


async def _escalate_case(shop: Shop, shop_id: str, case_id: str, version: int) -> bool:
    """False where somebody moved the case in the meantime."""
    change = CaseChange(step=CaseStep.ESCALATE, version=version, note=f"超过时限没有处理，转给{LADDER[0]}")
    try:
        async with shop.database.writing() as session:
            row = await record.get_case(session, shop_id, case_id)
            if row is None or row.version != version:
                return False
            await take_step(session, shop, row, change, "system")
    except StaleDataError:
        return False
    log.warning("case.escalated", shop_id=shop_id, case_id=case_id)
    return True


async def _escalate_ticket(shop: Shop, shop_id: str, ticket_id: str) -> bool:
    now = shop.now()
    async with shop.database.writing() as session:
        row = await session.get_one(TicketRow, (shop_id, ticket_id))
        owner = next_owner(row.owner)
        if owner is None or row.deadline_at >= now:
            return False
        row.owner, row.deadline_at = owner, now + ESCALATED_WITHIN
        text = ticket_escalated_text(ticket_id, owner, row.deadline_at, now)
        put_notice(session, shop, shop_id=shop_id, text=text, ticket=ticket_view(row), **addressee(row))
    log.warning("ticket.escalated", shop_id=shop_id, ticket_id=ticket_id)
    return True
