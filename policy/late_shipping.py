"""Is an order shipped late, and what may the shopper do? What counts is the carrier's scan, not a number typed in."""

from datetime import datetime, timedelta
from decimal import Decimal

from contracts.shop import Order, OrderStatus, Shipment, ShipmentStatus
from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_never_bought
from policy.calendar import instant_in_chinese, legal_day
from policy.facts import ShippingFacts
from policy.parameters import LateShippingParameters
from policy.refunds import cents
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict

LATE_WAYS = {
    "shipped_late_compensated": ("track",),
    "late": ("refund_only", "urge"),
    "not_picked_up": ("intercept", "urge"),
}


def decide_late_shipping(rules: Rules, facts: ShippingFacts) -> Verdict:
    """ALLOWED where the shop is late: the explanation says what the shopper may do and what the shop has promised."""
    early = judge_never_bought(rules, facts)
    if early:
        return early
    rule = rules.late_shipping.in_force(facts.order.placed_at)
    promised = ship_by(rule.parameters, facts.order)
    picked_up = picked_up_at(facts.order)
    words = {"until": instant_in_chinese(promised, seen_from=legal_day(facts.now))}
    if (picked_up or facts.now) <= promised:
        sentence, way = ("shipped_in_time", "track") if picked_up else ("in_time", "refund_only")
        return refuse(rule, facts, sentence, way, words=words)
    return _judge_late(rule, facts, words, is_picked_up=picked_up is not None)


def _judge_late(
    rule: Rule[LateShippingParameters], facts: ShippingFacts, words: dict[str, str], *, is_picked_up: bool
) -> Verdict:
    amount = compensation(rule.parameters, facts.order)
    if amount:
        words |= {"what": rule.explanations["compensation"].format(amount=amount)}
    found = {"最后发货时间": words["until"]} | ({"约定的补偿": f"{amount}元"} if amount else {})
    if is_picked_up and not amount:
        return ask_person(rule, facts, "shipped_late", words=words, found=found)
    sentence = _late_sentence(facts.order, is_picked_up=is_picked_up)
    ways = (*LATE_WAYS[sentence], "person")
    return verdict(rule, facts, Decision.ALLOWED, sentence, ways=ways, words=words, found=found)


def _late_sentence(order: Order, *, is_picked_up: bool) -> str:
    if is_picked_up:
        return "shipped_late_compensated"
    return "late" if order.status is OrderStatus.PAID else "not_picked_up"


def ship_by(parameters: LateShippingParameters, order: Order) -> datetime:
    """The promised last instant of shipping: the order's own, else the shop's hours from payment."""
    return order.ship_by or (order.paid_at or order.placed_at) + timedelta(hours=parameters.promise_hours)


def picked_up_at(order: Order) -> datetime | None:
    """When the carrier had every parcel, None while one still waits for it."""
    if order.status is OrderStatus.PAID:
        return None
    if any(parcel.status is ShipmentStatus.WAITING_PICKUP for parcel in order.shipments):
        return None
    scans = [_first_scan(parcel) for parcel in order.shipments]
    return max((scan for scan in scans if scan), default=order.shipped_at or order.signed_at or order.placed_at)


def _first_scan(parcel: Shipment) -> datetime | None:
    return min((event.at for event in parcel.events), default=None)


def compensation(parameters: LateShippingParameters, order: Order) -> Decimal:
    """What the shop has promised for shipping this order late; never more than was paid."""
    percentage = order.paid_total * parameters.compensation_percent / 100
    within = min(max(percentage, parameters.compensation_least), parameters.compensation_most)
    return cents(min(within, order.paid_total)) if parameters.is_compensated else Decimal(0)
