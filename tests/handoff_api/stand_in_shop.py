"""The three routes of the shop's API the bridge needs, answered from memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from contracts.identity import Audience, TurnIdentity

PROMISED = timedelta(days=1)
_ANY_TIME: Any = {"verify_iat": False, "verify_exp": False}
"""A test may have moved the bridge's clock."""


@dataclass
class StandInShop:
    turn_secret: str
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)
    callers: list[TurnIdentity] = field(default_factory=list)
    is_failing: bool = False

    def reset(self) -> None:
        self.tickets.clear()
        self.cases.clear()
        self.steps.clear()
        self.callers.clear()
        self.is_failing = False


def _case(case_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "type": asked["type"],
        "status": "wait_shopper_ship",
        "order_number": asked["order_number"],
        "line_id": asked["line_id"],
        "title": "大衣",
        "quantity": 1,
        "reason": asked["reason"],
        "next_step": "请寄回商品。",
        "waiting_for": "shopper",
        "created_at": "2026-11-21T10:00:00Z",
        "version": 1,
    }


def _caller(shop: StandInShop, request: Request) -> TurnIdentity:
    token = request.headers["X-Turn-Token"]
    claims = jwt.decode(token, shop.turn_secret, ["HS256"], audience=Audience.TURN.value, options=_ANY_TIME)
    identity = TurnIdentity.model_validate(claims["who"])
    shop.callers.append(identity)
    return identity


def _add_case_routes(app: FastAPI, shop: StandInShop) -> None:
    @app.post("/v1/cases/verdict")
    async def verdict(request: Request) -> dict[str, Any]:
        _caller(shop, request)
        asked = await request.json()
        decision = "refused" if asked["reason"] == "no_reason" else "allowed"
        return {"decision": decision, "rule_id": "r", "rule_version": "1", "source": "s", "explanation": "e"}

    @app.post("/v1/cases")
    async def open_case(request: Request) -> JSONResponse:
        _caller(shop, request)
        asked = await request.json()
        if asked["reason"] == "no_reason":
            return JSONResponse({"error": {"code": "case_refused", "message": "已过 7 天无理由期限。"}}, 422)
        key = request.headers["Idempotency-Key"]
        return JSONResponse(shop.cases.setdefault(key, _case(f"AS{len(shop.cases) + 1}", asked)), 201)

    @app.post("/v1/cases/{case_id}/steps")
    async def change_case(case_id: str, request: Request) -> dict[str, Any]:
        _caller(shop, request)
        shop.steps.append((case_id, (await request.json())["step"]))
        return _case(case_id, {"type": "exchange", "order_number": "1", "line_id": "L1", "reason": "quality"})


def create_shop(shop: StandInShop) -> FastAPI:
    app = FastAPI()

    def caller(request: Request) -> TurnIdentity:
        return _caller(shop, request)

    _add_case_routes(app, shop)

    @app.post("/v1/tickets")
    async def open_ticket(request: Request) -> JSONResponse:
        caller(request)
        if shop.is_failing:
            return JSONResponse({"error": {"code": "down", "message": "down"}}, 503)
        asked = await request.json()
        now = datetime.now(UTC)
        ticket = {
            "ticket_id": f"T{len(shop.tickets) + 1}",
            "status": "open",
            "owner": "售后组",
            "deadline_at": (now + PROMISED).isoformat(),
            "created_at": now.isoformat(),
            **asked,
        }
        return JSONResponse(shop.tickets.setdefault(request.headers["Idempotency-Key"], ticket), 201)

    @app.get("/v1/tickets")
    async def tickets(request: Request) -> list[dict[str, Any]]:
        caller(request)
        return list(shop.tickets.values())

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
