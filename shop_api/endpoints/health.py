"""Is the process alive, and can it answer?"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop_api.endpoints.access import ShopDep
from shop_api.endpoints.refusals import answer

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="The process runs")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready", summary="The database answers", response_model=None)
async def ready(shop: ShopDep) -> JSONResponse:
    try:
        async with shop.database.reading() as session:
            await session.execute(text("SELECT 1 FROM orders LIMIT 1"))
    except SQLAlchemyError:
        return answer(503, "database_not_ready", "数据库还没有准备好，请先运行迁移。")
    return JSONResponse({"status": "ok"})
