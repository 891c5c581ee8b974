"""The money of a case, line by line, in yuan with two places. Coupon and points shares are already in `paid`."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from contracts.shop import Order, OrderStatus
from contracts.verdict import RefundLine
from policy.facts import SHOP_FAULTS, ReturnFacts

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
PROTECTED_LABEL = "已补的价保差额"


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def share(amount: Decimal, pieces: int, of: int) -> Decimal:
    """What `pieces` out of `of` are worth, to the cent."""
    return cents(amount * pieces / of)


def refund_lines(facts: ReturnFacts, *, with_freight: bool) -> list[RefundLine]:
    """What goes back: the pieces, the outbound freight where the whole order goes back and `with_freight` says so,
    and a deduction where earlier refunds leave less than that."""
    lines = [RefundLine(label=_goods_label(facts), amount=_goods(facts))]
    freight = facts.order.freight
    if with_freight and freight > 0 and (is_whole_order(facts) or is_rest_of_unshipped(facts)):
        lines.append(RefundLine(label="下单时支付的运费", amount=cents(freight)))
    if facts.protected_before > 0:
        left = facts.line.quantity - facts.quantity_before
        difference = min(share(facts.protected_before, facts.quantity, left), lines[0].amount)
        lines.append(RefundLine(label=PROTECTED_LABEL, amount=-difference))
    surplus = total(lines) - left_to_refund(facts.order, facts.refunded_before)
    if surplus > 0:
        lines.append(RefundLine(label="此前已退金额", amount=-surplus))
    return lines


def price_lines(facts: ReturnFacts) -> list[RefundLine]:
    """How what was paid for these pieces came about: their price, less their share of coupon and points."""
    listed, paid = cents(facts.line.unit_price * facts.quantity), _goods(facts)
    lines = [RefundLine(label=f"商品价格（{cents(facts.line.unit_price)}元×{facts.quantity}件）", amount=listed)]
    return lines if paid == listed else [*lines, RefundLine(label="优惠券和积分分摊", amount=paid - listed)]


def refund_after_review(facts: ReturnFacts) -> list[RefundLine]:
    """The money of a case that a person has approved: the same arithmetic, whatever led to the review."""
    is_unshipped = facts.order.status is OrderStatus.PAID
    return refund_lines(facts, with_freight=is_unshipped or facts.reason in SHOP_FAULTS)


def total(lines: Iterable[RefundLine]) -> Decimal:
    return cents(sum((line.amount for line in lines), ZERO))


def is_whole_order(facts: ReturnFacts) -> bool:
    """Does every paid piece of the order go back with this case?"""
    goods = [line for line in facts.order.lines if not line.is_gift]
    return [line.line_id for line in goods] == [facts.line_id] and facts.quantity == facts.line.quantity


def is_rest_of_unshipped(facts: ReturnFacts) -> bool:
    """Nothing was carried, and with this case the last goods of the order are paid back."""
    goods = sum((line.paid for line in facts.order.lines), ZERO)
    return facts.order.status is OrderStatus.PAID and facts.refunded_before + _goods(facts) >= goods


def _goods(facts: ReturnFacts) -> Decimal:
    """The share of these pieces, such that the shares of all cases of a line add up to its price to the cent."""
    line, before = facts.line, facts.quantity_before
    until = share(line.paid, before + facts.quantity, line.quantity)
    return until - share(line.paid, before, line.quantity)


def _goods_label(facts: ReturnFacts) -> str:
    if facts.quantity == facts.line.quantity:
        return "商品实付金额"
    return f"商品实付金额（{facts.quantity}/{facts.line.quantity}件）"


def left_to_refund(order: Order, refunded_before: Decimal) -> Decimal:
    """What of the money paid for this order has not gone back yet."""
    return max(ZERO, cents(_paid(order) - refunded_before))


def _paid(order: Order) -> Decimal:
    return min(order.paid_total, sum((line.paid for line in order.lines), ZERO) + order.freight)
