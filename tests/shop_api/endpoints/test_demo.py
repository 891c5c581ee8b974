"""The demo store's routes: on only where DEMO says so, and only on this machine."""

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from contracts.identity import Audience, ShopperIdentity, read
from shop_api.app import create_app, utc_now
from shop_api.settings import Settings


async def test_there_are_at_least_eight_people_to_be_each_with_something_to_try(http: httpx.AsyncClient) -> None:
    shoppers = (await http.get("/demo/shoppers")).json()

    assert len(shoppers) >= 8
    assert all("试试" in shopper["description"] for shopper in shoppers)
    assert {shopper["level"] for shopper in shoppers} == {"regular", "silver", "gold", "diamond"}


async def test_signing_in_gives_an_identity_the_bridge_can_read(settings: Settings) -> None:
    app = create_app(settings, now=utc_now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http:
        answer = (await http.post("/demo/sign-in", json={"shopper_id": "S001"})).json()
    await app.state.shop.database.close()

    secret = settings.identity_secret.get_secret_value()
    identity = read(ShopperIdentity, answer["identity_token"], Audience.IDENTITY, secret)
    assert identity == ShopperIdentity(shop_id="demo", shopper_id="S001", name="林**", level="gold")
    assert answer["shopper"]["phone"] == "138****5678"


async def test_nobody_signs_in_as_nobody(http: httpx.AsyncClient) -> None:
    answer = await http.post("/demo/sign-in", json={"shopper_id": "S999"})

    assert answer.json()["error"]["code"] == "shopper_not_found"


async def test_every_product_has_a_picture(http: httpx.AsyncClient) -> None:
    products = (await http.get("/demo/products")).json()

    assert len(products) >= 12
    assert len({product["category_title"] for product in products}) >= 8
    for product in products:
        picture = await http.get(product["image_url"])
        assert picture.headers["content-type"] == "image/svg+xml"
        assert product["skus"]


async def test_the_demo_order_page_lists_a_shoppers_orders(http: httpx.AsyncClient) -> None:
    assert len((await http.get("/demo/orders", params={"shopper_id": "S002"})).json()) == 3


async def test_the_page_learns_where_the_bridge_is(http: httpx.AsyncClient) -> None:
    assert (await http.get("/demo/config")).json() == {"bridge_url": "http://bridge", "shop_id": "demo"}


async def test_from_another_machine_there_is_no_demo(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app, client=("10.0.0.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as far:
        answer = await far.get("/demo/shoppers")

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "demo_not_here"


async def test_without_demo_there_are_no_demo_routes(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"demo": False}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as http:
        answers = [await http.get(path) for path in ("/demo/shoppers", "/demo/images/phone.svg")]
    await app.state.shop.database.close()

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_demo_refuses_a_bind_that_is_not_loopback(settings: Settings) -> None:
    with pytest.raises(ValidationError, match="SHOP_HOST must be a loopback address"):
        Settings(**{**settings.model_dump(), "shop_host": "0.0.0.0"})  # noqa: S104
