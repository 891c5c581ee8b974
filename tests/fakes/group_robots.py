"""Stand-ins for the three group robots: they check the signature and the clock, count per minute, and keep what the
group sees. The signing is written anew here, from the platforms' pages."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request

SECRET = "SEC-of-the-tests-0123456789"


@dataclass
class GroupRobots:
    shown: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0
    failures_left: int = 0
    per_minute: int = 20

    def reset(self) -> None:
        self.shown.clear()
        self.refused = self.failures_left = 0


def _sign(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def create_robots(robots: GroupRobots) -> FastAPI:
    app = FastAPI()

    def answer(kind: str, is_genuine: bool, text: str, code: str) -> dict[str, Any]:
        if robots.failures_left > 0:
            robots.failures_left -= 1
            return {code: 130101}
        if not is_genuine:
            robots.refused += 1
            return {code: 310000}
        if len(text.encode()) > 4096 or len(robots.shown) >= robots.per_minute:
            return {code: 45009}
        robots.shown.append((kind, text))
        return {code: 0}

    @app.post("/robot/send")
    async def dingtalk(request: Request, timestamp: str = "", sign: str = "") -> dict[str, Any]:
        is_fresh = timestamp.isdigit() and abs(time.time() - int(timestamp) / 1000) < 3600
        is_genuine = is_fresh and hmac.compare_digest(sign, _sign(SECRET, f"{timestamp}\n{SECRET}"))
        return answer("dingtalk", is_genuine, (await request.json())["markdown"]["text"], "errcode")

    @app.post("/open-apis/bot/v2/hook/{token}")
    async def feishu(token: str, request: Request) -> dict[str, Any]:
        body = await request.json()
        timestamp = str(body.get("timestamp", ""))
        is_genuine = hmac.compare_digest(body.get("sign", ""), _sign(f"{timestamp}\n{SECRET}", ""))
        is_fresh = timestamp.isdigit() and abs(time.time() - int(timestamp)) < 3600
        return answer("feishu", is_genuine and is_fresh, body["content"]["text"], "code")

    @app.post("/cgi-bin/webhook/send")
    async def wecom(request: Request, key: str = "") -> dict[str, Any]:
        return answer("wecom", key == "robot-key", (await request.json())["markdown"]["content"], "errcode")

    return app
