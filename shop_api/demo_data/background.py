"""The forty shoppers nobody signs in as: they make the store's lists look like a store's. Always the same ones."""

from decimal import Decimal
from random import Random

from contracts.shop import CaseReason, CaseStatus, CaseType, MemberLevel
from shop_api.demo_data.catalogue import CasePlan, OrderPlan, Person, Product, State
from shop_api.domain.carriers import CARRIERS

SEED = 20260201
COUNT = 40
ORDERS_EACH = 8
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "秀英",
    "建华",
    "雨桐",
    "子涵",
    "浩然",
    "欣怡",
    "佳琪",
]
REGIONS = [
    "浙江省宁波市鄞州区",
    "江苏省苏州市姑苏区",
    "广东省广州市天河区",
    "四川省成都市锦江区",
    "湖南省长沙市岳麓区",
    "陕西省西安市雁塔区",
    "辽宁省大连市中山区",
    "重庆市渝中区",
    "天津市南开区",
    "云南省昆明市五华区",
]
LEVELS = [MemberLevel.REGULAR] * 5 + [MemberLevel.SILVER] * 3 + [MemberLevel.GOLD] * 2 + [MemberLevel.DIAMOND]
STATES: list[tuple[State, int, int]] = [  # state, days back from … to
    ("completed", 16, 300),
    ("completed", 16, 120),
    ("signed", 0, 14),
    ("signed", 0, 7),
    ("in_transit", 1, 4),
    ("out_for_delivery", 2, 5),
    ("paid", 0, 1),
    ("late", 3, 6),
    ("picked_up", 1, 2),
    ("exception", 4, 8),
    ("pending_payment", 0, 0),
    ("cancelled", 1, 90),
]
COUPONS = [("0.00", ""), ("0.00", ""), ("5.00", "店铺新客券"), ("20.00", "满200减20"), ("12.50", "会员日专享券")]
CASES = [
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.WAIT_SHOPPER_SHIP, reason=CaseReason.NO_REASON),
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.WAIT_SHOP_RECEIVE, reason=CaseReason.SIZE),
    CasePlan(
        type=CaseType.RETURN_REFUND, status=CaseStatus.INSPECTING, reason=CaseReason.QUALITY, description="有瑕疵"
    ),
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.DONE, reason=CaseReason.NO_REASON),
    CasePlan(type=CaseType.EXCHANGE, status=CaseStatus.RESHIPPING, reason=CaseReason.WRONG_ITEM, description="发错了"),
    CasePlan(type=CaseType.EXCHANGE, status=CaseStatus.WAIT_SHOPPER_CONFIRM, reason=CaseReason.QUALITY),
    CasePlan(type=CaseType.REFUND_ONLY, status=CaseStatus.APPLIED, reason=CaseReason.DAMAGED, description="外壳破损"),
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.DISPUTED, reason=CaseReason.NOT_AS_DESCRIBED),
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.CANCELLED, reason=CaseReason.NO_REASON),
    CasePlan(type=CaseType.RETURN_REFUND, status=CaseStatus.TIMED_OUT, reason=CaseReason.SIZE),
]


def background_people(products: dict[str, Product]) -> list[Person]:
    """Drawn from a generator of its own with a fixed seed."""
    chance = Random(SEED)
    return [_person(chance, number, list(products.values())) for number in range(1, COUNT + 1)]


def _person(chance: Random, number: int, products: list[Product]) -> Person:
    return Person(
        id=f"B{number:03d}",
        name=chance.choice(SURNAMES) + chance.choice(GIVEN),
        phone=f"1{chance.choice('3578')}{chance.randrange(10**9):09d}",
        level=chance.choice(LEVELS),
        points=chance.randrange(0, 6000, 10),
        region=chance.choice(REGIONS),
        orders=[_order(chance, (number - 1) * ORDERS_EACH + each, products) for each in range(ORDERS_EACH)],
    )


def _order(chance: Random, index: int, products: list[Product]) -> OrderPlan:
    state, nearest, farthest = STATES[index % len(STATES)]
    product, second = chance.sample(products, 2)
    coupon, title = chance.choice(COUPONS)
    return OrderPlan(
        product=product.id,
        options={name: chance.choice(values) for name, values in product.options.items()},
        second=second.id if chance.random() < 0.25 else "",
        state=state,
        days=chance.randint(nearest, farthest),
        quantity=chance.choice([1, 1, 1, 2, 3]),
        carrier=chance.choice(list(CARRIERS)),
        freight=Decimal(chance.choice(["0.00", "0.00", "8.00", "12.00"])),
        coupon=(Decimal(coupon), title),
        points_discount=Decimal(chance.choice(["0.00", "0.00", "3.20"])),
        insurance=chance.random() < 0.3,
        invoice=chance.choice(["none", "none", "requested", "issued"]),
        case=chance.choice(CASES) if state == "signed" and chance.random() < 0.7 else None,
    )
