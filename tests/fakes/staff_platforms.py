"""Stand-ins for Feishu's and DingTalk's side of an app's bot: calls to us are signed as theirs, answers are checked for
token and shape and kept. Signing and sealing are written anew here, from the platforms' pages."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from fastapi import FastAPI, Request

from handoff_api.channels.receiving import Call

APP_ID, APP_SECRET, DING_SECRET = "cli_demo", "app-secret-of-the-tests", "ding-secret-of-the-tests"
VERIFICATION_TOKEN, ENCRYPT_KEY = "vt_demo", "demo-encrypt-key"


@dataclass
class StaffPlatforms:
    """`shown`: (where, text) as staff sees it. `codes`: what the next replies are answered with."""

    shown: list[tuple[str, str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    token_fetches: int = 0
    token: str = "t-first"
    _uuids: set[str] = field(default_factory=set)

    def reset(self) -> None:
        self.shown.clear()
        self.codes.clear()
        self._uuids.clear()
        self.token_fetches = 0

    def reply(self, message_id: str, body: dict[str, Any]) -> int:
        if self.codes:
            code = self.codes.pop(0)
            self.token = f"t-{secrets.token_hex(8)}" if code == 99991663 else self.token
            return code
        if body.get("msg_type") != "text" or not isinstance(body.get("content"), str):
            return 230001
        if body["uuid"] not in self._uuids:
            self._uuids.add(body["uuid"])
            self.shown.append((message_id, json.loads(body["content"])["text"]))
        return 0


def create_staff_platforms(platforms: StaffPlatforms) -> FastAPI:
    app = FastAPI()

    @app.post("/open-apis/auth/v3/tenant_access_token/internal")
    async def token(request: Request) -> dict[str, Any]:
        platforms.token_fetches += 1
        body = await request.json()
        if (body.get("app_id"), body.get("app_secret")) != (APP_ID, APP_SECRET):
            return {"code": 10014, "msg": "app secret invalid"}
        return {"code": 0, "msg": "ok", "tenant_access_token": platforms.token, "expire": 7200}

    @app.post("/open-apis/im/v1/messages/{message_id}/reply")
    async def reply(message_id: str, request: Request) -> dict[str, Any]:
        if request.headers.get("authorization") != f"Bearer {platforms.token}":
            return {"code": 99991663, "msg": "token invalid"}
        return {"code": platforms.reply(message_id, await request.json()), "msg": ""}

    @app.post("/robot/sendBySession")
    async def dingtalk(request: Request, session: str = "") -> dict[str, Any]:
        body = await request.json()
        platforms.shown.append((session, body["text"]["content"]))
        return {"errcode": 0}

    return app


# --- the platforms' calls to us -------------------------------------------------------------------------------------
def sealed(plain: bytes, key: str = ENCRYPT_KEY) -> bytes:
    """As Feishu seals: an IV in front, padded to 16 bytes."""
    fill = 16 - len(plain) % 16
    iv = secrets.token_bytes(16)
    encryptor = Cipher(AES(hashlib.sha256(key.encode()).digest()), CBC(iv)).encryptor()
    made = iv + encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
    return json.dumps({"encrypt": base64.b64encode(made).decode()}).encode()


def feishu_message(event_id: str = "ev1", *, sender: str = "ou_lead", token: str = VERIFICATION_TOKEN) -> bytes:
    event = {
        "sender": {"sender_id": {"open_id": sender}, "sender_type": "user"},
        "message": {
            "message_id": f"om_{event_id}", "chat_id": "oc_team", "chat_type": "group", "message_type": "text",
            "content": json.dumps({"text": "@_user_1 排队"}),
        },
    }  # fmt: skip
    header = {"event_id": event_id, "event_type": "im.message.receive_v1", "token": token, "app_id": APP_ID}
    return json.dumps({"schema": "2.0", "header": header, "event": event}).encode()


def feishu_call(body: bytes, at: datetime, *, key: str = ENCRYPT_KEY) -> Call:
    timestamp, nonce = str(int(at.timestamp())), secrets.token_hex(8)
    signature = hashlib.sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()
    headers = {
        "x-lark-request-timestamp": timestamp,
        "x-lark-request-nonce": nonce,
        "x-lark-signature": signature,
    }
    return Call("POST", {}, headers, body)


def dingtalk_call(base: str, at: datetime, *, message_id: str = "m1", sender: str = "lead", **changes: Any) -> Call:
    timestamp = str(int(at.timestamp() * 1000))
    sign = hmac.new(DING_SECRET.encode(), f"{timestamp}\n{DING_SECRET}".encode(), hashlib.sha256).digest()
    body = {
        "msgId": message_id, "msgtype": "text", "text": {"content": " 排队"}, "conversationType": "2",
        "conversationId": "cid-team", "senderStaffId": sender, "senderNick": "主管",
        "sessionWebhook": f"{base}/robot/sendBySession?session=s1", "sessionWebhookExpiredTime": 1, **changes,
    }  # fmt: skip
    headers = {"timestamp": timestamp, "sign": base64.b64encode(sign).decode()}
    return Call("POST", {}, headers, json.dumps(body).encode())
