"""What a decision rests on: values handed in by the caller. Nothing is looked up here."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from contracts.shop import CaseReason, CaseType, MemberLevel, Order, OrderLine, Shipment
from policy.errors import QuantityNotOrdered, UnknownOrderLine
from policy.wording import CASE_TYPES, LEVELS, REASONS, TERMS, YES_NO

Stated = list[tuple[str, str]]
NOTHING = Decimal("0.00")
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
class Facts:
    """An order and the instant of the question (aware UTC)."""

    order: Order
    now: datetime

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("`now` must be an aware instant")

    def stated(self) -> Stated:
        """What the caller said beyond the order itself, as a person reads it."""
        return []


@dataclass(frozen=True, kw_only=True)
class OrderFacts(Facts):
    """An order, one of its lines and the instant of the question."""

    line_id: str

    @property
    def line(self) -> OrderLine:
        for line in self.order.lines:
            if line.line_id == self.line_id:
                return line
        raise UnknownOrderLine(self.order.order_number, self.line_id)


@dataclass(frozen=True, kw_only=True)
class RestoreFacts(Facts):
    """A wish to have a cancelled order back; `is_paid_back`: money of it goes back, or has gone."""

    is_paid_back: bool = False

    def stated(self) -> Stated:
        return [("正在退款或已退款", YES_NO[self.is_paid_back])]


@dataclass(frozen=True, kw_only=True)
class QuantityFacts(OrderFacts):
    """A wish for another number of pieces; `is_being_refunded`: a case already takes pieces of this line back."""

    wanted: int
    is_being_refunded: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.wanted < 1:
            raise QuantityNotOrdered(self.line_id, self.wanted, self.line.quantity)

    def stated(self) -> Stated:
        return [("现在的数量", str(self.line.quantity)), ("想改成", str(self.wanted))]


@dataclass(frozen=True, kw_only=True)
class ReturnFacts(OrderFacts):
    """A wish to give goods or money back.

    is_intact: what the shopper said; None where nobody asked yet, which counts as intact until inspection;
    is_unsealed: asked only of records and software, which the law excludes once their seal is broken;
    quantity_before, refunded_before: pieces of this line and money of this order that earlier cases already took;
    protected_before: what of `refunded_before` was a price difference for the pieces of this line that are left.
    """

    reason: CaseReason
    quantity: int = 1
    member_level: MemberLevel = MemberLevel.REGULAR
    is_intact: bool | None = None
    is_unsealed: bool | None = None
    quantity_before: int = 0
    refunded_before: Decimal = NOTHING
    protected_before: Decimal = NOTHING

    def __post_init__(self) -> None:
        super().__post_init__()
        left = self.line.quantity - self.quantity_before
        if not 1 <= self.quantity <= left:
            raise QuantityNotOrdered(self.line_id, self.quantity, left)

    def stated(self) -> Stated:
        said = [
            ("原因", REASONS[self.reason]),
            ("数量", str(self.quantity)),
            ("商品约定", TERMS[self.line.return_terms]),
        ]
        told = {"商品完好": self.is_intact, "已经拆封": self.is_unsealed}
        return [*said, *((name, YES_NO[is_]) for name, is_ in told.items() if is_ is not None)]


@dataclass(frozen=True, kw_only=True)
class RepairFacts(OrderFacts):
    """A wish for repair; `symptom` in the shopper's own words, empty for a mere question about the warranty.

    failed_repairs: how often this fault came back after a repair under warranty;
    repair_days, parts_days: how long the repair under way has taken, and has waited for parts;
    past_repair_days: days spent in earlier repairs, which do not count; replaced_at: an exchange begins it anew.
    """

    symptom: str = ""
    failed_repairs: int = 0
    repair_days: int = 0
    parts_days: int = 0
    past_repair_days: int = 0
    is_main_part: bool = False
    replaced_at: datetime | None = None

    def stated(self) -> Stated:
        counted = {
            "修过仍未修好的次数": self.failed_repairs,
            "本次维修天数": self.repair_days,
            "等待配件天数": self.parts_days,
            "此前维修占用天数": self.past_repair_days,
        }
        said = [(name, str(count)) for name, count in counted.items() if count]
        return [*said, ("故障部位", "主要部件")] if self.is_main_part else said


@dataclass(frozen=True, kw_only=True)
class ShippingFacts(Facts):
    """Is this order shipped in time? Everything is in the order."""


class PriceKind(StrEnum):
    """What kind of price the shopper saw. A key of `excluded_prices` in `price_protection.yml`, but for PAGE."""

    PAGE = "page"
    COUPON = "coupon"
    FLASH_SALE = "flash_sale"
    MEMBER = "member"
    LIVE_STREAM = "live_stream"
    BUNDLE = "bundle"
    CLEARANCE = "clearance"


@dataclass(frozen=True, kw_only=True)
class PriceFacts(OrderFacts):
    """A wish for the price difference.

    price_now: the price of one piece today, by default what the order says fell; sku_now: the option it is shown for,
    empty for the one that was bought; quantity_before, refunded_before, protected_before: as in ReturnFacts.
    """

    price_now: Decimal | None = None
    price_kind: PriceKind = PriceKind.PAGE
    sku_now: str = ""
    quantity_before: int = 0
    refunded_before: Decimal = NOTHING
    protected_before: Decimal = NOTHING

    @property
    def current_price(self) -> Decimal | None:
        return self.order.price_drops.get(self.line_id) if self.price_now is None else self.price_now

    @property
    def kept(self) -> int:
        return self.line.quantity - self.quantity_before

    def stated(self) -> Stated:
        price = self.current_price
        return [("数量", str(self.kept)), *([("现在的价格", f"{price:.2f}元")] if price is not None else [])]


@dataclass(frozen=True, kw_only=True)
class InsuranceFacts(Facts):
    """A question about the freight insurance. confirmed_at: when the return was completed, None before."""

    case_type: CaseType = CaseType.RETURN_REFUND
    reason: CaseReason = CaseReason.NO_REASON
    confirmed_at: datetime | None = None

    def stated(self) -> Stated:
        return [("售后类型", CASE_TYPES[self.case_type]), ("原因", REASONS[self.reason])]


@dataclass(frozen=True, kw_only=True)
class RefundFacts(Facts):
    """A question about a refund's time. started_at: when the goods came back to the shop, or the refund of an order
    that was never shipped was agreed; paid_back_at: when the shop sent the money."""

    started_at: datetime | None = None
    paid_back_at: datetime | None = None
    member_level: MemberLevel = MemberLevel.REGULAR

    def stated(self) -> Stated:
        return [("会员等级", LEVELS[self.member_level])]


class ParcelTrouble(StrEnum):
    STUCK = "stuck"
    NOT_RECEIVED = "not_received"
    DAMAGED = "damaged"


@dataclass(frozen=True, kw_only=True)
class ParcelFacts(Facts):
    """Something is wrong with a parcel; without `shipment_id` the first of the order is meant."""

    trouble: ParcelTrouble
    shipment_id: str = ""

    @property
    def parcel(self) -> Shipment | None:
        parcels = (each for each in self.order.shipments if self.shipment_id in ("", each.shipment_id))
        return next(parcels, None)


class InvoiceWish(StrEnum):
    APPLY = "apply"
    CHANGE = "change"
    RESEND = "resend"
    PROGRESS = "progress"


@dataclass(frozen=True, kw_only=True)
class InvoiceFacts(Facts):
    """A wish about the invoice. is_special: a VAT special invoice (专票); is_refunded: all of the order."""

    wish: InvoiceWish
    is_special: bool = False
    is_refunded: bool = False


class GiftConcern(StrEnum):
    """KEPT: the goods go back, the gift cannot; ALONE: only the gift is to go back."""

    MISSING = "missing"
    FAULTY = "faulty"
    KEPT = "kept"
    ALONE = "alone"


@dataclass(frozen=True, kw_only=True)
class GiftFacts(OrderFacts):
    """A question about a gift; `line_id` is the gift's line, its `unit_price` the value marked beforehand, or 0."""

    concern: GiftConcern


class DepositKind(StrEnum):
    """EARNEST is 定金, which binds; ADVANCE is 订金 or 预付款, which is part of the price."""

    EARNEST = "earnest"
    ADVANCE = "advance"


@dataclass(frozen=True, kw_only=True)
class DepositFacts(Facts):
    """A wish to have a presale deposit back; `kind` None where the page's word for it is not known."""

    kind: DepositKind | None
    deposit: Decimal
    is_balance_paid: bool = False
    is_shop_in_breach: bool = False

    def stated(self) -> Stated:
        kinds = {DepositKind.EARNEST: "定金", DepositKind.ADVANCE: "订金或预付款", None: "待核实"}
        return [
            ("款项性质", kinds[self.kind]),
            ("预付金额", f"{self.deposit:.2f}元"),
            ("尾款已付", YES_NO[self.is_balance_paid]),
            ("商家违约", YES_NO[self.is_shop_in_breach]),
        ]


class DamagesGround(StrEnum):
    FRAUD = "fraud"
    UNSAFE_FOOD = "unsafe_food"


@dataclass(frozen=True, kw_only=True)
class DamagesFacts(OrderFacts):
    """A claim for what the law grants above the price. Nothing about it is ever decided by a machine."""

    ground: DamagesGround
