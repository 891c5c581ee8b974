"""Until when whom: deadlines of cases and tickets. The numbers are the shop's promises, within the law's limits."""

from datetime import datetime, time, timedelta

from contracts.shop import CaseStatus, TicketKind
from policy.calendar import SHANGHAI

CASE_DEADLINES: dict[CaseStatus, timedelta] = {
    CaseStatus.APPLIED: timedelta(hours=48),
    CaseStatus.APPROVED: timedelta(days=7),
    CaseStatus.REJECTED: timedelta(days=7),
    CaseStatus.WAIT_SHOPPER_SHIP: timedelta(days=7),
    CaseStatus.WAIT_SHOP_RECEIVE: timedelta(days=10),
    CaseStatus.INSPECTING: timedelta(hours=48),
    CaseStatus.REPAIRING: timedelta(days=15),
    CaseStatus.REFUNDING: timedelta(hours=48),  # the law allows 7 days from receipt
    CaseStatus.RESHIPPING: timedelta(hours=48),
    CaseStatus.WAIT_SHOPPER_CONFIRM: timedelta(days=10),
    CaseStatus.DISPUTED: timedelta(days=3),
}
TICKET_OWNERS: dict[TicketKind, str] = {
    TicketKind.COMPLAINT: "售后主管 林晓",
    TicketKind.URGE_SHIPPING: "仓储主管 周航",
    TicketKind.LOGISTICS: "物流专员 许蕾",
    TicketKind.LEFT_MESSAGE: "客服组长 陈默",
    TicketKind.OTHER: "客服组长 陈默",
}
TICKET_DEADLINES: dict[TicketKind, timedelta] = {
    TicketKind.COMPLAINT: timedelta(hours=24),
    TicketKind.URGE_SHIPPING: timedelta(hours=12),
    TicketKind.LOGISTICS: timedelta(hours=24),
    TicketKind.OTHER: timedelta(hours=48),
}
SATURDAY = 5
OPENING = time(10, 0)


def case_deadline(status: CaseStatus, now: datetime) -> datetime | None:
    """None for a case that waits for nobody."""
    lasts = CASE_DEADLINES.get(status)
    return now + lasts if lasts else None


def ticket_deadline(kind: TicketKind, now: datetime) -> datetime:
    """A left message is answered by 10:00 of the next business day (Monday to Friday in Shanghai)."""
    if kind in TICKET_DEADLINES:
        return now + TICKET_DEADLINES[kind]
    day = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENING, tzinfo=SHANGHAI).astimezone(now.tzinfo)
