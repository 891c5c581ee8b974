"""A stand-in that speaks the bot's channel: what it answers depends on words in the text, so a test reads plainly.

Rasa itself is tested end to end elsewhere; here only the protocol matters: bearer token, the same answer for the same
turn, 409 when history is missing, 503 on any failure.
"""

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse

TOKEN = "bot-token"


@dataclass
class StandInBot:
    """`turns` and `parsed` are what it was asked; `is_failing`, `gate` and `forget()` are how a test disturbs it."""

    turns: list[dict[str, Any]] = field(default_factory=list)
    parsed: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    is_failing: bool = False
    failures_left: int = 0
    gate: threading.Event | None = None
    is_asked: threading.Event = field(default_factory=threading.Event)

    def forget(self) -> None:
        """As after the loss of its tracker store."""
        self.answers.clear()

    def reset(self) -> None:
        if self.gate:
            self.gate.set()
        self.is_asked.clear()
        self.turns.clear()
        self.parsed.clear()
        self.forget()
        self.is_failing, self.failures_left, self.gate = False, 0, None

    async def turn(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        known = self.answers.setdefault(request["sender_id"], {})
        if request["turn_id"] in known:
            return 200, known[request["turn_id"]]
        if len(known) < request["history_turns"] and request["history"] is None:
            return 409, {"error": {"code": "history_needed"}}
        self.turns.append(request)
        self.is_asked.set()
        if self.gate:
            await asyncio.to_thread(self.gate.wait, 10)
        if self.is_failing or self.failures_left > 0:
            self.failures_left -= 1
            return 503, {"error": {"code": "bot_failed"}}
        known[request["turn_id"]] = answer(request)
        return 200, known[request["turn_id"]]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    text = request["text"]
    event = {"event": "user", "text": text, "turn_id": request["turn_id"]}
    return {
        "messages": messages(text, request["reading"]),
        "events": [event],
        "slots": {"order_number": "202611210001"} if "订单" in text else {},
        "reading": reading(text),
    }


def messages(text: str, pressed: dict[str, Any] | None) -> list[dict[str, Any]]:
    if pressed:
        return [{"text": f"pressed {pressed['intent']} {pressed['entities']}"}]
    if "转人工" in text:
        handoff = {"reason": "human_request", "evidence": "顾客说要人工", "tried": ["查询物流"]}
        return [{"text": "好的，马上为您转接。", "custom": {"handoff": handoff}}]
    if "哪个" in text:
        choices = [
            {"title": "第一个", "intent": "inform", "entities": {"order_number": "1"}},
            {"title": "第二个", "intent": "inform", "entities": {"order_number": "2"}},
        ]
        return [{"text": "请选择订单", "custom": {"choices": choices}}]
    return [{"text": f"收到：{text}"}]


def reading(text: str) -> dict[str, Any]:
    return {
        "intent": "human_request" if "人工" in text else "greet" if "在吗" in text else "inform",
        "confidence": 0.2 if "说不清" in text else 0.9,
        "ranking": [["inform", 0.9]],
        "emergency": "fire" if "着火" in text else "theft" if "被盗" in text else "",
        "identity_data": ["id_card"] if "身份证" in text else [],
        "something_of_a_later_version": 1,
    }


def create_bot(bot: StandInBot) -> FastAPI:
    app = FastAPI()

    @app.post("/webhooks/bridge/turn")
    async def turn(request: Request, authorization: str = Header("")) -> JSONResponse:
        if authorization != f"Bearer {TOKEN}":
            return JSONResponse({"error": {"code": "unauthorised"}}, 401)
        status, body = await bot.turn(await request.json())
        return JSONResponse(body, status)

    @app.post("/webhooks/bridge/parse")
    async def parse(request: Request) -> JSONResponse:
        wish = await request.json()
        bot.parsed += wish.get("texts") or [wish["text"]]
        if bot.is_failing:
            return JSONResponse({"error": {"code": "bot_failed"}}, 503)
        if "texts" in wish:
            return JSONResponse({"readings": [reading(text) for text in wish["texts"]]})
        text = wish["text"]
        reasons = {"normalised": text, "words": [text], "reasons": [["w:" + text, 0.5]]} if wish.get("explain") else {}
        return JSONResponse({**reading(text), **reasons})

    @app.get("/webhooks/bridge/")
    async def ready() -> JSONResponse:
        return JSONResponse({}, 503 if bot.is_failing else 200)

    return app
