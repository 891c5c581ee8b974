"""What a decision rests on: values handed in by the caller. Nothing is looked up here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from contracts.shop import CaseReason, MemberLevel, Order, OrderLine
from policy.errors import QuantityNotOrdered, UnknownOrderLine

NO_REASON_CLASS = frozenset({CaseReason.NO_REASON, CaseReason.SIZE, CaseReason.LATE})
SHOP_FAULTS = frozenset(
    {
        CaseReason.QUALITY,
        CaseReason.DAMAGED,
        CaseReason.WRONG_ITEM,
        CaseReason.MISSING_ITEM,
        CaseReason.NOT_AS_DESCRIBED,
    }
)


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """An order, one of its lines and the instant of the question (aware UTC)."""

    order: Order
    line_id: str
    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("`now` must be an aware instant")

    @property
    def line(self) -> OrderLine:
        for line in self.order.lines:
            if line.line_id == self.line_id:
                return line
        raise UnknownOrderLine(self.order.order_number, self.line_id)


@dataclass(frozen=True, kw_only=True)
class ReturnFacts(OrderFacts):
    """A wish to give goods or money back.

    is_intact: what the shopper said; None where nobody asked yet, which counts as intact until inspection.
    quantity_before, refunded_before: pieces of this line and money of this order that earlier cases already took.
    """

    reason: CaseReason
    quantity: int = 1
    member_level: MemberLevel = MemberLevel.REGULAR
    is_intact: bool | None = None
    quantity_before: int = 0
    refunded_before: Decimal = Decimal("0.00")

    def __post_init__(self) -> None:
        super().__post_init__()
        left = self.line.quantity - self.quantity_before
        if not 1 <= self.quantity <= left:
            raise QuantityNotOrdered(self.line_id, self.quantity, left)


@dataclass(frozen=True, kw_only=True)
class RepairFacts(OrderFacts):
    """A wish for repair; `symptom` in the shopper's own words, empty for a mere question about the warranty."""

    symptom: str = ""
