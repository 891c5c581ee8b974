"""The catalogue and the help pages."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.shop import HelpEntry, ProductPage
from contracts.wire import NO_NUL
from shop_api.endpoints.access import CallerDep, ShopDep
from shop_api.endpoints.refusals import documented
from shop_api.services import catalogue

router = APIRouter(prefix="/v1", tags=["catalogue"])
Words = Annotated[str, Query(max_length=200, pattern=NO_NUL)]


@router.get("/products", summary="Search the catalogue", responses=documented())
async def find_products(
    shop: ShopDep,
    caller: CallerDep,
    query: Words = "",
    sku_id: Annotated[str, Query(max_length=64, pattern=NO_NUL)] = "",
) -> list[ProductPage]:
    """At most five, best first: the product of `sku_id`, then those that `query` names. Nothing fitting is an empty
    list: the bot then says that it does not know."""
    return await catalogue.find_products(shop, caller, query=query, sku_id=sku_id)


@router.get("/help", summary="Search the help pages", responses=documented())
async def find_help(shop: ShopDep, caller: CallerDep, query: Words = "") -> list[HelpEntry]:
    """At most five, best first; an empty list where nothing fits."""
    return await catalogue.find_help(shop, caller, query=query)
