"""What the shop says in public: its products' pages and its help, searched. Nothing here is about a shopper."""

from contracts.shop import HelpEntry, OrderOption, PageLine, ProductPage
from shop_api.domain.caller import Caller
from shop_api.domain.text_search import nearness
from shop_api.record import orders as record
from shop_api.record.tables import HelpEntryRow, ProductRow
from shop_api.services.shop import Shop

NAMED = 0.34  # "跑鞋" has one pair of 云步轻量缓震跑鞋's nine, and the whole of its own
ASKED = 0.2
MOST = 5


async def find_products(shop: Shop, caller: Caller, *, query: str, sku_id: str) -> list[ProductPage]:
    """The product of `sku_id` first, then those whose title `query` names, nearest first."""
    async with shop.database.reading() as session:
        rows = await record.all_products(session, caller.shop_id)
    pages = {row.product_id: _page(row) for row in rows}
    own = [row.product_id for row in rows if any(sku["sku_id"] == sku_id for sku in row.skus)]
    ranked = sorted(((nearness(query, row.title), row.product_id) for row in rows), reverse=True)
    named = [product_id for near, product_id in ranked if near >= NAMED]
    return [pages[product_id] for product_id in dict.fromkeys([*own, *named])][:MOST]


async def find_help(shop: Shop, caller: Caller, *, query: str) -> list[HelpEntry]:
    async with shop.database.reading() as session:
        rows = await record.all_help(session, caller.shop_id)
    near = {row.entry_id: nearness(query, f"{row.question}{row.words}") for row in rows}
    found = sorted((row for row in rows if near[row.entry_id] >= ASKED), key=lambda row: -near[row.entry_id])
    return [_entry(row) for row in found[:MOST]]


def _page(row: ProductRow) -> ProductPage:
    return ProductPage(
        product_id=row.product_id,
        title=row.title,
        price=row.price,
        lines=[PageLine(label="简介", text=row.description), *(PageLine(**line) for line in row.page_lines)],
        options=[
            OrderOption(sku_id=sku["sku_id"], options=sku["options"], in_stock=sku["stock"] > 0) for sku in row.skus
        ],
    )


def _entry(row: HelpEntryRow) -> HelpEntry:
    return HelpEntry(entry_id=row.entry_id, question=row.question, answer=row.answer)
