"""Orders as values, and the rules as they are shipped."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from contracts.shop import Order, OrderLine, OrderStatus, Receiver
from policy import Rules, load_rules

SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)  # 14:00 on a wall in China
MakeOrder = Callable[..., Order]

# a busy machine makes one example slow now and then, which says nothing about the rules
settings.register_profile("policy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("policy")


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def make_order() -> MakeOrder:
    return build_order


def build_line(**changes: Any) -> OrderLine:
    wanted: dict[str, Any] = {
        "line_id": "L1",
        "sku_id": "S1",
        "title": "云步跑鞋",
        "category": "shoes",
        "unit_price": Decimal("299.00"),
        "quantity": 1,
        "paid": Decimal("279.00"),
    }
    return OrderLine(**(wanted | changes))


def build_order(*, others: list[OrderLine] | None = None, line: dict[str, Any] | None = None, **changes: Any) -> Order:
    """A signed order of one pair of shoes with 10 yuan of freight; `line` changes its line, `others` stand beside."""
    lines = [build_line(**(line or {})), *(others or [])]
    goods = sum((each.paid for each in lines), Decimal("0.00"))
    freight = changes.get("freight", Decimal("10.00"))
    wanted: dict[str, Any] = {
        "order_number": "261118-000000000000001",
        "status": OrderStatus.SIGNED,
        "placed_at": SIGNED_AT - timedelta(days=3),
        "signed_at": SIGNED_AT,
        "goods_total": goods,
        "freight": freight,
        "paid_total": goods + freight,
        "lines": lines,
        "receiver": Receiver(name="李**", phone="138****5678", region="浙江省杭州市西湖区"),
        "version": 1,
    }
    return Order(**(wanted | changes))
