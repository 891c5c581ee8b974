"""Which of several goods a message names."""

from decimal import Decimal

import pytest

from actions.goods_named import narrow_lines
from actions.message import Message
from contracts.shop import OrderLine, ReturnTerms


def line(title: str, **options: str) -> OrderLine:
    return OrderLine(
        line_id=title,
        sku_id="P00-01",
        title=title,
        category="clothing",
        options=options,
        unit_price=Decimal("10.00"),
        quantity=1,
        paid=Decimal("10.00"),
        return_terms=ReturnTerms.SEVEN_DAYS,
    )


RUNNERS = line("云步轻量缓震跑鞋", 颜色="雾灰", 尺码="40")
BOOTS = line("山野防滑徒步靴", 颜色="沙棕", 尺码="41")
WHITE = line("素棉圆领T恤", 颜色="白色", 尺码="L")
BLACK = line("素棉圆领 T恤", 颜色="黑色", 尺码="XL")
ALL = [RUNNERS, BOOTS, WHITE, BLACK]


def said(text: str, *products: str, options: tuple[str, ...] = ()) -> Message:
    return Message("inform", text, {"product": products, "sku_option": options})


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        (said("跑鞋大了", "跑鞋"), [RUNNERS]),
        (said("鞋子要退", "鞋子"), [RUNNERS, BOOTS]),
        (said("灰的那双", options=("灰色",)), [RUNNERS]),
        (said("那件白的", options=("白色",)), [WHITE]),
        (said("XL的那件", options=("XL",)), [BLACK]),
        (said("L的那件", options=("L",)), [WHITE]),
        (said("白色T恤想换成黑色的", "T恤", options=("白色", "黑色")), [WHITE]),
        (said("是另一双"), [RUNNERS, BOOTS]),
        (said("冰箱坏了", "冰箱"), ALL),
        (said("靴子不合适", "靴子"), [BOOTS]),
        (said("我想退那双靴子和T恤", "靴子", "T恤"), [BOOTS, WHITE, BLACK]),
        (said("跑鞋退了，T恤留着", "跑鞋", "T恤"), [RUNNERS]),
        (said("退跑鞋不退T恤", "跑鞋", "T恤"), [RUNNERS]),
        (said("T恤不退，退靴子", "T恤", "靴子"), [BOOTS]),
        (said("T恤不换了直接退，靴子也退", "T恤", "靴子"), [BOOTS, WHITE, BLACK]),
        (said("T恤没收到，包裹里只有跑鞋", "T恤", "跑鞋"), [WHITE, BLACK]),
    ],
)
def test_goods_are_told_apart_by_name_kind_and_option(message: Message, meant: list[OrderLine]) -> None:
    assert narrow_lines(message, ALL) == meant
