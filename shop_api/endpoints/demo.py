"""The demo store's own routes: no password, so loopback only, and only with DEMO=1."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from contracts.identity import Audience, ShopperIdentity, issue
from contracts.shop import MemberLevel, Order, Shopper
from contracts.wire import WireModel
from shop_api.domain.profile import SHOP_ID
from shop_api.endpoints.access import ShopDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import DemoNotHere, ShopperNotFound
from shop_api.record import orders as record
from shop_api.record.views import order_view, shopper_view
from shop_api.settings import LOOPBACK


class DemoShopper(WireModel):
    """Somebody to sign in as; `description` says what to try. The people are made up, so the name is whole."""

    shopper_id: str
    name: str
    level: MemberLevel
    points: int
    description: str


class DemoProduct(WireModel):
    """`image_url` begins with /demo/images/ and is relative to the shop's own address."""

    product_id: str
    title: str
    category: str
    category_title: str
    description: str
    price: Decimal
    image_url: str
    skus: list[dict[str, str]]


class SignIn(WireModel):
    shopper_id: str


class SignedIn(WireModel):
    """`identity_token` lives ten minutes; the widget hands it to the bridge."""

    identity_token: str
    shopper: Shopper


class DemoConfig(WireModel):
    """What the demo store's page needs to load the widget."""

    bridge_url: str
    shop_id: str


def only_here(request: Request) -> None:
    if request.client is None or request.client.host not in LOOPBACK:
        raise DemoNotHere


router = APIRouter(prefix="/demo", tags=["demo"], dependencies=[Depends(only_here)])


@router.get("/config", summary="Where the bridge is")
async def read_config(shop: ShopDep) -> DemoConfig:
    return DemoConfig(bridge_url=shop.settings.bridge_url, shop_id=SHOP_ID)


@router.get("/shoppers", summary="Whom one can be")
async def list_shoppers(shop: ShopDep) -> list[DemoShopper]:
    async with shop.database.reading() as session:
        rows = await record.demo_shoppers(session, SHOP_ID)
    return [
        DemoShopper(
            shopper_id=row.shopper_id,
            name=row.name,
            level=MemberLevel(row.level),
            points=row.points,
            description=row.description,
        )
        for row in rows
    ]


@router.post("/sign-in", summary="Sign in as a demo shopper", responses=documented(ShopperNotFound, DemoNotHere))
async def sign_in(shop: ShopDep, wish: SignIn) -> SignedIn:
    async with shop.database.reading() as session:
        row = await record.get_shopper(session, SHOP_ID, wish.shopper_id)
    if row is None:
        raise ShopperNotFound
    shopper = shopper_view(row)
    identity = ShopperIdentity(shop_id=SHOP_ID, shopper_id=row.shopper_id, name=shopper.name, level=row.level)
    settings = shop.settings
    token = issue(
        identity,
        Audience.IDENTITY,
        settings.identity_secret.get_secret_value(),
        now=shop.now(),
        lifetime=settings.identity_lifetime,
    )
    return SignedIn(identity_token=token, shopper=shopper)


@router.get("/products", summary="What the demo store sells")
async def list_products(shop: ShopDep) -> list[DemoProduct]:
    async with shop.database.reading() as session:
        rows = await record.all_products(session, SHOP_ID)
    return [
        DemoProduct(
            product_id=row.product_id,
            title=row.title,
            category=row.category,
            category_title=row.category_title,
            description=row.description,
            price=row.price,
            image_url=row.image_url,
            skus=[{"sku_id": sku["sku_id"], **sku["options"]} for sku in row.skus],
        )
        for row in rows
    ]


@router.get("/orders", summary="A demo shopper's orders, newest first")
async def list_orders(shop: ShopDep, shopper_id: Annotated[str, "whose"]) -> list[Order]:
    async with shop.database.reading() as session:
        rows = await record.orders_of(session, SHOP_ID, shopper_id, status=None, limit=100)
        prices = await record.prices_today(session, SHOP_ID)
        return [order_view(row, prices) for row in rows]
