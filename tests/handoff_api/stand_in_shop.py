"""The three routes of the shop's API the bridge needs, answered from memory."""

from dataclasses import dataclass, field
from typing import Any

import jwt
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from contracts.identity import Audience, TurnIdentity

_ANY_TIME: Any = {"verify_iat": False, "verify_exp": False}
"""A test may have moved the bridge's clock."""


@dataclass
class StandInShop:
    turn_secret: str
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    callers: list[TurnIdentity] = field(default_factory=list)
    is_failing: bool = False

    def reset(self) -> None:
        self.tickets.clear()
        self.callers.clear()
        self.is_failing = False


def create_shop(shop: StandInShop) -> FastAPI:
    app = FastAPI()

    def caller(request: Request) -> TurnIdentity:
        token = request.headers["X-Turn-Token"]
        claims = jwt.decode(token, shop.turn_secret, ["HS256"], audience=Audience.TURN.value, options=_ANY_TIME)
        identity = TurnIdentity.model_validate(claims["who"])
        shop.callers.append(identity)
        return identity

    @app.post("/v1/tickets")
    async def open_ticket(request: Request) -> JSONResponse:
        caller(request)
        if shop.is_failing:
            return JSONResponse({"error": {"code": "down", "message": "down"}}, 503)
        asked = await request.json()
        ticket = {
            "ticket_id": f"T{len(shop.tickets) + 1}",
            "status": "open",
            "owner": "售后组",
            "deadline_at": "2026-11-22T10:00:00Z",
            "created_at": "2026-11-21T10:00:00Z",
            **asked,
        }
        return JSONResponse(shop.tickets.setdefault(request.headers["Idempotency-Key"], ticket), 201)

    @app.get("/v1/shopper")
    async def shopper(request: Request) -> dict[str, Any]:
        who = caller(request)
        return {"shopper_id": who.shopper_id, "name": "张**", "phone": "138****5678", "level": "gold"}

    @app.get("/v1/orders")
    async def orders(request: Request) -> list[Any]:
        caller(request)
        return []

    @app.get("/v1/cases")
    async def cases(request: Request) -> list[Any]:
        caller(request)
        return []

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    return app
