"""Until when whom: deadlines of cases and tickets. The numbers are the shop's promises, within the law's limits.

What `policy/` promises (refunds, checks of parcels, invoices) is asked there, so that nothing is promised twice.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from contracts.shop import CaseStatus, CaseType, MemberLevel, Order, TicketKind
from policy import RefundFacts, Rules, refund_due_at
from policy.calendar import SHANGHAI

CASE_DEADLINES: dict[CaseStatus, timedelta] = {
    CaseStatus.APPLIED: timedelta(hours=48),
    CaseStatus.APPROVED: timedelta(days=7),
    CaseStatus.REJECTED: timedelta(days=7),
    CaseStatus.WAIT_SHOPPER_SHIP: timedelta(days=7),
    CaseStatus.WAIT_SHOP_RECEIVE: timedelta(days=10),
    CaseStatus.INSPECTING: timedelta(hours=48),
    CaseStatus.REPAIRING: timedelta(days=15),
    CaseStatus.RESHIPPING: timedelta(hours=48),
    CaseStatus.WAIT_SHOPPER_CONFIRM: timedelta(days=10),
    CaseStatus.DISPUTED: timedelta(days=3),
}
ESCALATED_WITHIN = timedelta(hours=24)  # whoever gets it from a colleague who was late
LADDER = ("售后主管 林晓", "店长 顾言")
TICKET_OWNERS: dict[TicketKind, str] = {
    TicketKind.COMPLAINT: LADDER[0],
    TicketKind.URGE_SHIPPING: "仓储主管 周航",
    TicketKind.LOGISTICS: "物流专员 许蕾",
    TicketKind.INSTALLATION: "安装调度 秦朗",
    TicketKind.RETURN_FREIGHT: "售后专员 苏晴",
    TicketKind.COUPON: "会员专员 叶帆",
    TicketKind.PRIVACY: "个人信息保护负责人 方宁",
    TicketKind.LEFT_MESSAGE: "客服组长 陈默",
    TicketKind.OTHER: "客服组长 陈默",
}
TICKET_DEADLINES: dict[TicketKind, timedelta] = {
    TicketKind.COMPLAINT: timedelta(hours=24),
    TicketKind.URGE_SHIPPING: timedelta(hours=12),
    TicketKind.LOGISTICS: timedelta(hours=24),
    TicketKind.INSTALLATION: timedelta(hours=24),
    TicketKind.RETURN_FREIGHT: timedelta(hours=48),
    TicketKind.COUPON: timedelta(hours=24),
    TicketKind.PRIVACY: timedelta(days=15),
    TicketKind.OTHER: timedelta(hours=48),
}
ONE_MINUTE = timedelta(minutes=1)  # the promised day's last, which reads better than the next day's midnight
SATURDAY = 5
OPENING = time(10, 0)


@dataclass(frozen=True)
class Deadlines:
    """What the deadlines of one case rest on, besides its status."""

    rules: Rules
    order: Order
    level: MemberLevel = MemberLevel.REGULAR

    def of(
        self, case_type: CaseType, status: CaseStatus, now: datetime, *, received_at: datetime | None = None
    ) -> datetime | None:
        """None for a case that waits for nobody. received_at: when the goods were back; a refund is counted from it."""
        if status is CaseStatus.REFUNDING:
            return self._refund(received_at or now, now)
        if (case_type, status) == (CaseType.INTERCEPT, CaseStatus.APPLIED):
            return now + timedelta(hours=self.rules.parcel.in_force(self.order.placed_at).parameters.check_hours)
        lasts = CASE_DEADLINES.get(status)
        return now + lasts if lasts else None

    def _refund(self, started_at: datetime, now: datetime) -> datetime | None:
        facts = RefundFacts(order=self.order, now=now, started_at=started_at, member_level=self.level)
        due = refund_due_at(self.rules, facts)
        return due[0] - ONE_MINUTE if due else None


def next_owner(owner: str) -> str | None:
    """Who takes over from somebody who let a deadline pass; None above the last."""
    place = LADDER.index(owner) + 1 if owner in LADDER else 0
    return LADDER[place] if place < len(LADDER) else None


def ticket_deadline(kind: TicketKind, now: datetime) -> datetime:
    """A left message is answered by 10:00 of the next business day (Monday to Friday in Shanghai)."""
    if kind in TICKET_DEADLINES:
        return now + TICKET_DEADLINES[kind]
    day = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENING, tzinfo=SHANGHAI).astimezone(now.tzinfo)
