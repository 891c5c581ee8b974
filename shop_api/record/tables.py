"""The tables of the shop. `shop_id` is part of every primary key, so no query can forget it for long.

`version` is checked by SQLAlchemy at every UPDATE: a writer that read an older row gets StaleDataError.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKeyConstraint, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shop_api.record.types import Instant, Money

Id = String(64)
Word = String(32)
Line = String(200)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Money,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[dict[str, Any]]: JSON,
        list[dict[str, str]]: JSON,
    }


class ShopperRow(Base):
    __tablename__ = "shoppers"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    shopper_id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Line)
    phone: Mapped[str] = mapped_column(Word)
    level: Mapped[str] = mapped_column(Word)
    points: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")  # what to try in the demo; empty in the background


class ProductRow(Base):
    __tablename__ = "products"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    product_id: Mapped[str] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(Line)
    category: Mapped[str] = mapped_column(Word)
    category_title: Mapped[str] = mapped_column(Word)
    description: Mapped[str] = mapped_column(Text)
    price: Mapped[Decimal]
    image_url: Mapped[str] = mapped_column(Line)
    skus: Mapped[list[dict[str, Any]]]
    page_lines: Mapped[list[dict[str, str]]] = mapped_column(default=list)


class HelpEntryRow(Base):
    """`words`: how else shoppers ask it."""

    __tablename__ = "help_entries"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[str] = mapped_column(Id, primary_key=True)
    question: Mapped[str] = mapped_column(Line)
    words: Mapped[str] = mapped_column(Line, default="")
    answer: Mapped[str] = mapped_column(Text)


class OrderRow(Base):
    __tablename__ = "orders"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    order_number: Mapped[str] = mapped_column(Id, primary_key=True)
    shopper_id: Mapped[str] = mapped_column(Id)
    status: Mapped[str] = mapped_column(Word)
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    ship_by: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    goods_total: Mapped[Decimal]
    coupon: Mapped[Decimal]
    coupon_title: Mapped[str] = mapped_column(Line)
    points_discount: Mapped[Decimal]
    freight: Mapped[Decimal]
    paid_total: Mapped[Decimal]
    payment_method: Mapped[str] = mapped_column(Word)
    freight_insurance: Mapped[bool]
    note: Mapped[str] = mapped_column(Line)
    receiver_name: Mapped[str] = mapped_column(Line)
    receiver_phone: Mapped[str] = mapped_column(Word)
    receiver_region: Mapped[str] = mapped_column(Line)
    receiver_street: Mapped[str] = mapped_column(Line)
    invoice: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column()
    lines: Mapped[list["OrderLineRow"]] = relationship(
        order_by="OrderLineRow.line_id", lazy="selectin", cascade="all, delete-orphan"
    )
    shipments: Mapped[list["ShipmentRow"]] = relationship(
        order_by="ShipmentRow.shipment_id", lazy="selectin", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index(None, "shop_id", "shopper_id", "placed_at"),)


class OrderLineRow(Base):
    __tablename__ = "order_lines"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    order_number: Mapped[str] = mapped_column(Id, primary_key=True)
    line_id: Mapped[str] = mapped_column(Id, primary_key=True)
    sku_id: Mapped[str] = mapped_column(Id)
    title: Mapped[str] = mapped_column(Line)
    category: Mapped[str] = mapped_column(Word)
    options: Mapped[dict[str, str]]
    image_url: Mapped[str] = mapped_column(Line)
    unit_price: Mapped[Decimal]
    quantity: Mapped[int]
    paid: Mapped[Decimal]
    is_gift: Mapped[bool]
    return_terms: Mapped[str] = mapped_column(Word)
    warranty_months: Mapped[int]
    __table_args__ = (ForeignKeyConstraint(["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"]),)


class ShipmentRow(Base):
    __tablename__ = "shipments"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    shipment_id: Mapped[str] = mapped_column(Id, primary_key=True)
    order_number: Mapped[str] = mapped_column(Id)
    carrier: Mapped[str] = mapped_column(Word)
    tracking_number: Mapped[str] = mapped_column(Word)
    status: Mapped[str] = mapped_column(Word)
    events: Mapped[list[dict[str, Any]]]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str] = mapped_column(Line)
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"]),
        Index(None, "shop_id", "order_number"),
    )


class CaseRow(Base):
    """`conversation_id` only where an anonymous visitor opened it: the notices are told there."""

    __tablename__ = "cases"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(Id, primary_key=True)
    shopper_id: Mapped[str] = mapped_column(Id)
    order_number: Mapped[str] = mapped_column(Id)
    line_id: Mapped[str] = mapped_column(Id)
    type: Mapped[str] = mapped_column(Word)
    status: Mapped[str] = mapped_column(Word)
    title: Mapped[str] = mapped_column(Line)
    quantity: Mapped[int]
    reason: Mapped[str] = mapped_column(Word)
    description: Mapped[str] = mapped_column(Text)
    wanted_options: Mapped[dict[str, str]]
    refund_amount: Mapped[Decimal | None]
    freight_payer: Mapped[str | None] = mapped_column(Word)
    return_address: Mapped[str] = mapped_column(Line)
    return_carrier: Mapped[str] = mapped_column(Line)
    return_tracking_number: Mapped[str] = mapped_column(Line)
    deadline_at: Mapped[datetime | None]
    verdict: Mapped[dict[str, Any]]
    pick_up: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    conversation_id: Mapped[str | None] = mapped_column(Id)
    version: Mapped[int] = mapped_column()
    history: Mapped[list["CaseEventRow"]] = relationship(
        order_by="CaseEventRow.position", lazy="selectin", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        ForeignKeyConstraint(["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"]),
        Index(None, "shop_id", "order_number"),
        Index(None, "shop_id", "shopper_id", "created_at"),
        Index(None, "deadline_at"),
    )


class CaseEventRow(Base):
    __tablename__ = "case_events"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(Word)
    status: Mapped[str] = mapped_column(Word)
    author: Mapped[str] = mapped_column(Line)
    note: Mapped[str] = mapped_column(Text)
    __table_args__ = (ForeignKeyConstraint(["shop_id", "case_id"], ["cases.shop_id", "cases.case_id"]),)


class TicketRow(Base):
    """`owner_key` is who may read it: a shopper, or the conversation of an anonymous visitor."""

    __tablename__ = "tickets"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_key: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(Word)
    status: Mapped[str] = mapped_column(Word)
    subject: Mapped[str] = mapped_column(Line)
    description: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str | None] = mapped_column(Id)
    owner: Mapped[str] = mapped_column(Line)
    deadline_at: Mapped[datetime]
    created_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        Index(None, "shop_id", "owner_key"),
        Index(None, "shop_id", "order_number"),
        Index(None, "deadline_at"),
    )


class OrderGrantRow(Base):
    """A conversation has proven an order and may read and act on it until then."""

    __tablename__ = "order_grants"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(Id, primary_key=True)
    order_number: Mapped[str] = mapped_column(Id, primary_key=True)
    until: Mapped[datetime]


class LookupFailureRow(Base):
    """A wrong proof; counted per conversation and per order, so digits cannot be tried out."""

    __tablename__ = "lookup_failures"
    failure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    shop_id: Mapped[str] = mapped_column(Id)
    conversation_id: Mapped[str] = mapped_column(Id)
    order_number: Mapped[str] = mapped_column(Line)
    at: Mapped[datetime]
    __table_args__ = (Index(None, "shop_id", "conversation_id", "at"), Index(None, "shop_id", "order_number", "at"))


class IdempotencyRow(Base):
    """A write that was done: asking again with the same key answers with `result_id`."""

    __tablename__ = "idempotency_keys"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_key: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(Line, primary_key=True)
    body_hash: Mapped[str] = mapped_column(Id)
    result_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]


class OutboxRow(Base):
    """A notice for the bridge, committed with the change it tells of. `body` is the exact text that is signed."""

    __tablename__ = "outbox"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[str] = mapped_column(Id, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime | None]  # None: sent, or given up after the last attempt
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Line)
    __table_args__ = (Index(None, "next_at"),)


class SeedRow(Base):
    """The version a seeded row was written with: a row that someone has changed since is left alone."""

    __tablename__ = "seeds"
    shop_id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(Id, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Id)
