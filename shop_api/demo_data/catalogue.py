"""The YAML of the demo store as values; a misspelt field stops the seeding with its place."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from contracts.shop import CaseReason, CaseStatus, CaseType, MemberLevel, ReturnTerms

FOLDER = Path(__file__).parent
State = Literal[
    "pending_payment",
    "paid",
    "late",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "exception",
    "signed",
    "completed",
    "cancelled",
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(Strict):
    """`price` is what it cost when the demo's orders were placed, `price_now` what it costs since it fell."""

    id: str
    title: str
    category: str
    category_title: str
    price: Decimal
    image: str
    description: str
    options: dict[str, list[str]]
    price_now: Decimal | None = None
    sold_out: list[dict[str, str]] = []
    warranty_months: int = 0
    return_terms: ReturnTerms = ReturnTerms.SEVEN_DAYS

    @property
    def image_url(self) -> str:
        return f"/demo/images/{self.image}.svg"


class Help(Strict):
    """A question of the help pages; `words`: how else shoppers ask it."""

    id: str
    question: str
    words: str = ""
    answer: str


class CasePlan(Strict):
    type: CaseType
    status: CaseStatus
    reason: CaseReason
    description: str = ""
    wanted: dict[str, str] = {}


class OrderPlan(Strict):
    """`days` counts back from today: to signing for signed and completed orders, to placing for the others."""

    product: str
    options: dict[str, str]
    state: State
    days: int
    quantity: int = 1
    second: str = ""  # another product beside the first
    gift: str = ""  # a product that came with it, its price marked and not paid
    carrier: str = "ZTO"
    freight: Decimal = Decimal("0.00")
    coupon: tuple[Decimal, str] = (Decimal("0.00"), "")
    points_discount: Decimal = Decimal("0.00")
    insurance: bool = False
    invoice: Literal["none", "requested", "issued"] = "none"
    note: str = ""
    case: CasePlan | None = None


class Person(Strict):
    id: str
    name: str
    phone: str
    level: MemberLevel
    points: int
    region: str
    description: str = ""
    orders: list[OrderPlan]


def load_products() -> dict[str, Product]:
    products = TypeAdapter(list[Product]).validate_python(_read("products.yml"))
    return {product.id: product for product in products}


def load_pages() -> dict[str, dict[str, str]]:
    """What a product's page says, label by label, by product id."""
    return TypeAdapter(dict[str, dict[str, str]]).validate_python(_read("product_pages.yml"))


def load_help() -> list[Help]:
    return TypeAdapter(list[Help]).validate_python(_read("help.yml"))


def load_people() -> list[Person]:
    return TypeAdapter(list[Person]).validate_python(_read("people.yml"))


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
