"""The order and ticket API as a merchant implements it: orders, shipments, cases, tickets, invoices.

Money is yuan as a decimal string with two places; instants are aware UTC; `version` grows by one at every change
and a write that names an old one is refused (409 `version_conflict`).
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.verdict import FreightPayer, Verdict
from contracts.wire import NO_NUL, Id, WireModel

ShortText = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
LongText = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]


class MemberLevel(StrEnum):
    REGULAR = "regular"
    SILVER = "silver"
    GOLD = "gold"
    DIAMOND = "diamond"


class Shopper(WireModel):
    """Name and phone are masked (张**, 138****5678): the full values stay in the shop."""

    shopper_id: str
    name: str
    phone: str
    level: MemberLevel
    points: int = 0


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    PAID = "paid"
    SHIPPED = "shipped"
    SIGNED = "signed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ReturnTerms(StrEnum):
    """What the product page promised about no-reason returns."""

    SEVEN_DAYS = "seven_days"
    EXCLUDED_BY_LAW = "excluded_by_law"
    EXCLUDED_CONFIRMED = "excluded_confirmed"


class OrderLine(WireModel):
    """One product of an order. `category` is a product class of `policy/rules/`; `paid` is what this line cost
    after its share of coupons and points; `options` maps 颜色, 尺码 … to the chosen value."""

    line_id: str
    sku_id: str
    title: str
    category: str
    options: dict[str, str] = {}
    image_url: str = ""
    unit_price: Decimal
    quantity: int
    paid: Decimal
    is_gift: bool = False
    return_terms: ReturnTerms = ReturnTerms.SEVEN_DAYS
    warranty_months: int = 0


class TrackingEvent(WireModel):
    at: datetime
    text: str
    place: str = ""


class ShipmentStatus(StrEnum):
    WAITING_PICKUP = "waiting_pickup"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    SIGNED = "signed"
    EXCEPTION = "exception"
    RETURNED = "returned"


class Shipment(WireModel):
    """A parcel; `events` newest first. `carrier` is a code (`SF`, `ZTO` …), `carrier_name` its Chinese name."""

    shipment_id: str
    carrier: str
    carrier_name: str
    carrier_phone: str = ""
    tracking_number: str
    status: ShipmentStatus
    events: list[TrackingEvent] = []
    signed_at: datetime | None = None
    signed_by: str = ""


class Receiver(WireModel):
    """Masked for shoppers and agents alike: 李**, 138****5678, the address down to the district."""

    name: str
    phone: str
    region: str


class InvoiceStatus(StrEnum):
    NONE = "none"
    REQUESTED = "requested"
    ISSUED = "issued"


class Invoice(WireModel):
    """`due_at`: until when one that was asked for is made; `sent_at`: when it was last sent to `email`."""

    status: InvoiceStatus = InvoiceStatus.NONE
    kind: str = ""
    title: str = ""
    tax_number: str = ""
    email: str = ""
    issued_at: datetime | None = None
    requested_at: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None


class Order(WireModel):
    """`goods_total` - `coupon` - `points_discount` + `freight` = `paid_total`. `ship_by` is the promised last
    instant of shipping; `price_drops` has, by line id, what one piece of the same option costs today where it fell."""

    order_number: str
    status: OrderStatus
    placed_at: datetime
    paid_at: datetime | None = None
    ship_by: datetime | None = None
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    goods_total: Decimal
    coupon: Decimal = Decimal("0.00")
    coupon_title: str = ""
    points_discount: Decimal = Decimal("0.00")
    freight: Decimal = Decimal("0.00")
    paid_total: Decimal
    payment_method: str = ""
    freight_insurance: bool = False
    note: str = ""
    lines: list[OrderLine]
    shipments: list[Shipment] = []
    receiver: Receiver
    invoice: Invoice = Invoice()
    price_drops: dict[str, Decimal] = {}
    version: int


class OrderOption(WireModel):
    """Another option of a line's product that the line can be changed to, or exchanged for, without paying more."""

    sku_id: str
    options: dict[str, str]
    in_stock: bool


class NewReceiver(WireModel):
    """What of the receiver changes; what is empty stays. `region` is province, city and district in one."""

    name: Annotated[str, Field(max_length=40)] = ""
    phone: Annotated[str, Field(pattern=r"^(1\d{10})?$")] = ""
    region: Annotated[str, Field(max_length=60)] = ""
    street: Annotated[str, Field(max_length=120)] = ""


class LineChange(WireModel):
    """The line's product in another option (`sku_id` is one of `GET …/lines/{line_id}/options`), in another number of
    pieces, or both; what is not named stays."""

    line_id: Id
    sku_id: Annotated[str, Field(max_length=64, pattern=NO_NUL)] = ""
    quantity: Annotated[int, Field(ge=1, le=999)] | None = None


class OrderChange(WireModel):
    """What is to be different about an order whose goods have not left; only what is named changes. `version` is the
    one the shopper saw."""

    version: int
    receiver: NewReceiver | None = None
    line: LineChange | None = None
    note: ShortText | None = None


class OrderCancel(WireModel):
    version: int
    description: LongText = ""


class OrderRestore(WireModel):
    """A cancellation taken back; `version` is the one of the cancelled order."""

    version: int


class InvoiceWish(WireModel):
    """To be made, or made anew. A company's title comes with its `tax_number`, 15 to 20 letters and digits."""

    version: int
    title: Annotated[str, Field(min_length=1, max_length=100)]
    tax_number: Annotated[str, Field(pattern=r"^([0-9A-Z]{15,20})?$")] = ""
    email: Annotated[str, Field(max_length=100, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""


class InvoiceResend(WireModel):
    """`email` empty sends it to the address it went to before."""

    version: int
    email: Annotated[str, Field(max_length=100, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""


class CaseType(StrEnum):
    """INTERCEPT: a parcel under way is called back and refunded; PRICE_PROTECTION: the difference to today's price."""

    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    RESEND = "resend"
    INTERCEPT = "intercept"
    PRICE_PROTECTION = "price_protection"


class CaseStatus(StrEnum):
    APPLIED = "applied"
    APPROVED = "approved"
    REJECTED = "rejected"
    WAIT_SHOPPER_SHIP = "wait_shopper_ship"
    WAIT_SHOP_RECEIVE = "wait_shop_receive"
    INSPECTING = "inspecting"
    REPAIRING = "repairing"
    REFUNDING = "refunding"
    RESHIPPING = "reshipping"
    WAIT_SHOPPER_CONFIRM = "wait_shopper_confirm"
    DONE = "done"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    DISPUTED = "disputed"


class CaseStep(StrEnum):
    """What can be done with a case. Which step is legal in which status is one table in `shop_api/domain/`."""

    APPROVE = "approve"
    REJECT = "reject"
    SHIP_BACK = "ship_back"
    RECEIVE = "receive"
    PASS_INSPECTION = "pass_inspection"
    FAIL_INSPECTION = "fail_inspection"
    FINISH_REPAIR = "finish_repair"
    REFUND = "refund"
    RESHIP = "reship"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    REVISE = "revise"
    TIME_OUT = "time_out"
    DISPUTE = "dispute"
    SETTLE = "settle"
    ESCALATE = "escalate"


class CaseReason(StrEnum):
    NO_REASON = "no_reason"
    SIZE = "size"
    QUALITY = "quality"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    MISSING_ITEM = "missing_item"
    NOT_AS_DESCRIBED = "not_as_described"
    LATE = "late"
    NOT_RECEIVED = "not_received"
    OTHER = "other"


class NewCase(WireModel):
    """The shopper's confirmed wish. `verdict` is what the policy engine said when the shopper confirmed; the shop
    decides on its own facts and may refuse (422 `case_refused`)."""

    type: CaseType
    order_number: Id
    line_id: Id
    quantity: Annotated[int, Field(ge=1, le=999)] = 1
    reason: CaseReason
    description: LongText = ""
    wanted_options: dict[str, str] = {}
    verdict: Verdict | None = None


class CaseChange(WireModel):
    """A step on a case. `version` is the one the caller saw; `tracking_number` and `carrier` go with SHIP_BACK."""

    step: CaseStep
    version: int
    note: LongText = ""
    carrier: ShortText = ""
    tracking_number: ShortText = ""


class PickUpSlot(StrEnum):
    """9 to 12, 13 to 18, 18 to 21 in Shanghai."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class NewPickUp(WireModel):
    """When a carrier is to collect what goes back; `day` is a date in Shanghai. Booked again, the new one counts."""

    version: int
    day: date
    slot: PickUpSlot


class PickUp(WireModel):
    day: date
    slot: PickUpSlot
    carrier_name: str


class NewEvidence(WireModel):
    """A photo or video of the goods: `url` is where the shop can fetch it, `name` what it shows."""

    name: ShortText
    url: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^(https?://|/)\S+$")]


class Evidence(WireModel):
    name: str
    url: str
    at: datetime


class CaseEvent(WireModel):
    at: datetime
    step: str
    status: CaseStatus
    author: str
    note: str = ""


class Case(WireModel):
    """`deadline_at` is the instant by which `waiting_for` (shop or shopper) must act; `next_step` says it in
    Chinese to the shopper. `evidence_wanted`: what photos would help the review, while there are none."""

    case_id: str
    type: CaseType
    status: CaseStatus
    order_number: str
    line_id: str
    title: str
    quantity: int
    reason: CaseReason
    description: str = ""
    refund_amount: Decimal | None = None
    freight_payer: FreightPayer | None = None
    return_address: str = ""
    return_tracking_number: str = ""
    next_step: str
    waiting_for: str
    deadline_at: datetime | None = None
    verdict: Verdict | None = None
    history: list[CaseEvent] = []
    pick_up: PickUp | None = None
    evidence: list[Evidence] = []
    evidence_wanted: list[str] = []
    created_at: datetime
    version: int


class Cancelled(WireModel):
    """What a cancelled order came to. Nothing paid: the order is cancelled. Paid, not shipped: cancelled, and `cases`
    pay back. Shipped: the order stands, `cases` call the parcel back and pay when it is there."""

    order: Order
    cases: list[Case] = []


class TicketKind(StrEnum):
    COMPLAINT = "complaint"
    URGE_SHIPPING = "urge_shipping"
    LOGISTICS = "logistics"
    INSTALLATION = "installation"
    RETURN_FREIGHT = "return_freight"
    COUPON = "coupon"
    PRIVACY = "privacy"
    LEFT_MESSAGE = "left_message"
    OTHER = "other"


class TicketStep(StrEnum):
    """START: somebody is at it; FINISH: done, with the answer for the shopper in `note`."""

    START = "start"
    FINISH = "finish"


class TicketStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class NewTicket(WireModel):
    kind: TicketKind
    subject: ShortText
    description: LongText = ""
    order_number: Id | None = None


class Ticket(WireModel):
    """What the shop must follow up: `owner` is who in the shop, `deadline_at` until when; `answer` what came of it."""

    ticket_id: str
    kind: TicketKind
    status: TicketStatus
    subject: str
    description: str = ""
    order_number: str | None = None
    owner: str
    deadline_at: datetime
    created_at: datetime
    answer: str = ""


class TicketChange(WireModel):
    """A step of the shop on a ticket; the one who finishes it says in `note` what came of it."""

    step: TicketStep
    note: LongText = ""


class OrderProof(WireModel):
    """How a shopper who is not signed in proves an order: its number and the receiver's last four phone digits."""

    order_number: ShortText
    phone_last4: Annotated[str, Field(pattern=r"^\d{4}$")]


class PageLine(WireModel):
    """What a product's page says about one thing: 材质 → 鞋面是飞织网面…"""

    label: str
    text: str


class ProductPage(WireModel):
    """A product as its page shows it; `options` are all that can be bought, with today's stock."""

    product_id: str
    title: str
    price: Decimal
    lines: list[PageLine] = []
    options: list[OrderOption] = []


class HelpEntry(WireModel):
    """One question of the shop's help pages, answered."""

    entry_id: str
    question: str
    answer: str
