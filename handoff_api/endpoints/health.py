"""Is the process alive, and which parts does it reach."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response

from contracts.wire import WireModel
from handoff_api.endpoints.access import BridgePart

router = APIRouter(prefix="/health", tags=["health"])


class Alive(WireModel):
    status: Literal["alive"] = "alive"


class Ready(WireModel):
    """`degraded`: shoppers are served, some things go the slower or the human way."""

    status: Literal["ready", "degraded", "down"]
    parts: dict[str, bool]


@router.get("/live")
async def live() -> Alive:
    return Alive()


@router.get("/ready")
async def ready(bridge: BridgePart, response: Response) -> Ready:
    """503 only without the record: nothing can be accepted then."""
    checks = await asyncio.gather(bridge.record.is_up(), bridge.redis.is_up(), bridge.bot.is_up(), bridge.shop.is_up())
    parts = dict(zip(("record", "redis", "bot", "shop"), checks, strict=True))
    if not parts["record"]:
        response.status_code = 503
        return Ready(status="down", parts=parts)
    return Ready(status="ready" if all(checks) else "degraded", parts=parts)
