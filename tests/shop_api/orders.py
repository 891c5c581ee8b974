"""An order as the policy engine sees it, for tests of pure decisions."""

from datetime import datetime
from decimal import Decimal

from contracts.shop import Order, OrderLine, OrderStatus, Receiver


def an_order(*, placed_at: datetime) -> Order:
    line = OrderLine(
        line_id="L1",
        sku_id="P01-01",
        title="跑鞋",
        category="shoes",
        unit_price=Decimal("299.00"),
        quantity=1,
        paid=Decimal("299.00"),
    )
    return Order(
        order_number="880000000000000001",
        status=OrderStatus.SIGNED,
        placed_at=placed_at,
        paid_at=placed_at,
        signed_at=placed_at,
        goods_total=Decimal("299.00"),
        paid_total=Decimal("299.00"),
        lines=[line],
        receiver=Receiver(name="林**", phone="138****5678", region="浙江省杭州市西湖区"),
        version=1,
    )
