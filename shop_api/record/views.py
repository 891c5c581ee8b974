"""Rows as they go over the wire: masked, with Chinese names and the next step."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from contracts.shop import (
    Case,
    CaseEvent,
    CaseReason,
    CaseStatus,
    CaseType,
    Evidence,
    Invoice,
    MemberLevel,
    Order,
    OrderLine,
    OrderStatus,
    PickUp,
    Receiver,
    ReturnTerms,
    Shipment,
    ShipmentStatus,
    Shopper,
    Ticket,
    TicketKind,
    TicketStatus,
    TrackingEvent,
)
from contracts.verdict import FreightPayer, Verdict
from policy import evidence_for
from shop_api.domain.carriers import carrier_of
from shop_api.domain.case_life_cycle import UNDER_REVIEW, waiting_for
from shop_api.domain.masking import mask_name, mask_phone
from shop_api.domain.wording import next_step
from shop_api.record.tables import CaseRow, OrderLineRow, OrderRow, ShipmentRow, ShopperRow, TicketRow


def shopper_view(row: ShopperRow) -> Shopper:
    return Shopper(
        shopper_id=row.shopper_id,
        name=mask_name(row.name),
        phone=mask_phone(row.phone),
        level=MemberLevel(row.level),
        points=row.points,
    )


NO_PRICES: Mapping[str, Decimal] = MappingProxyType({})


def order_view(row: OrderRow, prices: Mapping[str, Decimal] = NO_PRICES) -> Order:
    """`prices`: what an option costs today, by SKU; without them no line shows a drop."""
    return Order(
        order_number=row.order_number,
        status=OrderStatus(row.status),
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        ship_by=row.ship_by,
        shipped_at=row.shipped_at,
        signed_at=row.signed_at,
        completed_at=row.completed_at,
        cancelled_at=row.cancelled_at,
        goods_total=row.goods_total,
        coupon=row.coupon,
        coupon_title=row.coupon_title,
        points_discount=row.points_discount,
        freight=row.freight,
        paid_total=row.paid_total,
        payment_method=row.payment_method,
        freight_insurance=row.freight_insurance,
        note=row.note,
        lines=[line_view(line) for line in row.lines],
        shipments=[shipment_view(shipment) for shipment in row.shipments],
        receiver=Receiver(
            name=mask_name(row.receiver_name), phone=mask_phone(row.receiver_phone), region=row.receiver_region
        ),
        invoice=Invoice.model_validate(row.invoice),
        price_drops={
            line.line_id: prices[line.sku_id]
            for line in row.lines
            if not line.is_gift and prices.get(line.sku_id, line.unit_price) < line.unit_price
        },
        version=row.version,
    )


def line_view(row: OrderLineRow) -> OrderLine:
    return OrderLine(
        line_id=row.line_id,
        sku_id=row.sku_id,
        title=row.title,
        category=row.category,
        options=row.options,
        image_url=row.image_url,
        unit_price=row.unit_price,
        quantity=row.quantity,
        paid=row.paid,
        is_gift=row.is_gift,
        return_terms=ReturnTerms(row.return_terms),
        warranty_months=row.warranty_months,
    )


def shipment_view(row: ShipmentRow) -> Shipment:
    carrier = carrier_of(row.carrier)
    events = [TrackingEvent.model_validate(event) for event in row.events]
    return Shipment(
        shipment_id=row.shipment_id,
        carrier=row.carrier,
        carrier_name=carrier.name,
        carrier_phone=carrier.phone,
        tracking_number=row.tracking_number,
        status=ShipmentStatus(row.status),
        events=sorted(events, key=lambda event: event.at, reverse=True),
        signed_at=row.signed_at,
        signed_by=row.signed_by,
    )


def case_view(row: CaseRow, now: datetime) -> Case:
    case_type, status = CaseType(row.type), CaseStatus(row.status)
    return Case(
        case_id=row.case_id,
        type=case_type,
        status=status,
        order_number=row.order_number,
        line_id=row.line_id,
        title=row.title,
        quantity=row.quantity,
        reason=CaseReason(row.reason),
        description=row.description,
        refund_amount=row.refund_amount,
        freight_payer=FreightPayer(row.freight_payer) if row.freight_payer else None,
        return_address=row.return_address,
        return_tracking_number=row.return_tracking_number,
        next_step=next_step(case_type, status, row.deadline_at, now),
        waiting_for=waiting_for(status),
        deadline_at=row.deadline_at,
        verdict=Verdict.model_validate(row.verdict) if row.verdict else None,
        pick_up=PickUp.model_validate(row.pick_up) if row.pick_up else None,
        evidence=[Evidence.model_validate(each) for each in row.evidence or []],
        evidence_wanted=evidence_for(CaseReason(row.reason)) if status in UNDER_REVIEW and not row.evidence else [],
        history=[
            CaseEvent(
                at=event.at, step=event.step, status=CaseStatus(event.status), author=event.author, note=event.note
            )
            for event in row.history
        ],
        created_at=row.created_at,
        version=row.version,
    )


def ticket_view(row: TicketRow) -> Ticket:
    return Ticket(
        ticket_id=row.ticket_id,
        kind=TicketKind(row.kind),
        status=TicketStatus(row.status),
        subject=row.subject,
        description=row.description,
        order_number=row.order_number,
        owner=row.owner,
        deadline_at=row.deadline_at,
        created_at=row.created_at,
        answer=row.answer,
    )
