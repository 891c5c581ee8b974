"""The shop process: `uvicorn --factory shop_api.app:create_app`. Everything is wired here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from policy import load_rules
from shop_api.endpoints import cases, catalogue, demo, health, orders, tickets
from shop_api.endpoints.edge import add_edge
from shop_api.endpoints.refusals import add_refusals
from shop_api.record.database import Database
from shop_api.services.clock import run_clock
from shop_api.services.shop import Shop
from shop_api.settings import Settings

IMAGES = Path(__file__).parent / "demo_data" / "images"
DESCRIPTION = """
The contract between Shouhou and a store: who the shopper is, what was ordered, where it is, and what is done about it.
A merchant implements these routes over their own system and points `SHOP_API_URL` at it.

* Every `/v1` call carries `Authorization: Bearer <SHOP_API_TOKEN>` and `X-Turn-Token`, which alone says for which shop,
  shopper and conversation it is made. Nothing in a path or body widens that.
* Every write carries an `Idempotency-Key`; the same key and body do the write once and answer with its result. The same
  key with another body is `idempotency_mismatch`.
* A refused call answers `{"error": {"code", "message", "reference"}}`; `code` is stable, `message` is Chinese and safe
  to show.
* When a case moves without the shopper's doing, the shop posts a signed notice to the bridge, `POST /v1/notices`, with
  `X-Timestamp` and `X-Signature` = hex HMAC-SHA256(NOTICE_SECRET, timestamp + "." + body), and repeats it until it
  arrives; `notice_id` makes the repetition harmless.
"""


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings | None = None, *, now: Callable[[], datetime] = utc_now) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(
        title="Shouhou shop API",
        version="1.0.0",
        summary="Orders, shipments, after-sales cases, tickets and invoices of a store",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.shop = Shop(settings, Database(settings.shop_database_url), load_rules(), now)
    add_refusals(app)
    add_edge(app, settings.bridge_url)
    for module in (orders, cases, tickets, catalogue, health):
        app.include_router(module.router)
    if settings.api_docs_folder.is_dir():  # absent until the web parts are built, like the demo store
        app.mount("/docs", StaticFiles(directory=settings.api_docs_folder, html=True))
    if settings.demo:
        _add_demo(app, settings.demo_store_folder)
    return app


def _add_demo(app: FastAPI, store: Path) -> None:
    app.include_router(demo.router)
    app.mount("/demo/images", StaticFiles(directory=IMAGES))
    if store.is_dir():
        app.mount("/", StaticFiles(directory=store, html=True))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    shop: Shop = app.state.shop
    clock = asyncio.create_task(run_clock(shop))
    try:
        yield
    finally:
        clock.cancel()
        with suppress(asyncio.CancelledError):
            await clock
        await shop.database.close()
