"""A stand-in for WeChat's side of a 公众号 or 小程序, as strict as the platform: tokens expire and are counted, what is
sent is checked and costs quota, calls to us are signed, cut at five seconds and repeated with the same MsgId."""

import asyncio
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from handoff_api.channels import tencent
from handoff_api.channels.receiving import Call
from tests.fakes.media_shelf import MEGABYTE, MediaShelf, add_media

APP_ID, SECRET, TOKEN = "wxdemo0123456789", "app-secret-of-the-tests", "demoToken2026"
AES_KEY = "DkOTMB9Maz94Wyqofk/FRdddI8R5FTyCASDOc6Ie2G0"
ACCOUNT_ID = "gh_demo000001"
TYPES = {
    "text": {"content"},
    "msgmenu": {"head_content", "list", "tail_content"},
    "image": {"media_id"},
    "voice": {"media_id"},
}
LIMITS = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE}
CUT_S = 5.0
TRIES = 3


@dataclass
class WechatPlatform:
    """`shown`: what each user sees. `faults` are eaten one per send: an errcode, "busy" (nothing taken), "stall",
    "drop_before" (502, nothing taken), "drop_after" (taken, answer lost)."""

    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    quota: dict[str, list[float]] = field(default_factory=dict)
    faults: deque[int | str] = field(default_factory=deque)
    token_fetches: int = 0
    forced_fetches: int = 0
    sends: int = 0
    typing: list[str] = field(default_factory=list)
    media: MediaShelf = field(default_factory=lambda: MediaShelf(dict(LIMITS)))
    stall_s: float = 1.0
    is_counting: bool = True
    fetch_delay_s: float = 0.0
    _token: str = ""
    _old: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        self.shown.clear()
        self.quota.clear()
        self.faults.clear()
        self.typing.clear()
        self.media.reset()
        self.token_fetches = self.forced_fetches = self.sends = 0
        self.is_counting, self.fetch_delay_s = True, 0.0
        self.expire_token()

    def expire_token(self) -> None:
        """As after two hours, or when somebody fetched another one elsewhere."""
        with self._lock:
            self._old.add(self._token)
            self._token = ""

    def allow(self, user_id: str, count: int = 5, for_s: float = 48 * 3600) -> None:
        self.quota[user_id] = [time.time() + for_s, count]

    def texts(self, user_id: str) -> list[str]:
        """The words; of a file there are none."""
        return [
            body.get("text", {}).get("content") or body.get("msgmenu", {}).get("head_content", "")
            for body in list(self.shown.get(user_id, []))
        ]

    def files(self, user_id: str) -> list[tuple[str, bytes]]:
        """The kind and the bytes of every file that was shown."""
        shown = [(body["msgtype"], body[body["msgtype"]]) for body in self.shown.get(user_id, [])]
        return [(kind, self.media.kept[said["media_id"]].content) for kind, said in shown if "media_id" in said]

    def fetch_token(self, body: dict[str, Any]) -> dict[str, Any]:
        if (body.get("appid"), body.get("secret")) != (APP_ID, SECRET):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        with self._lock:
            self.token_fetches += 1
            self.forced_fetches += bool(body.get("force_refresh"))
            if not self._token or body.get("force_refresh"):
                self._old.add(self._token)
                self._token = f"T{secrets.token_hex(20)}"
            return {"access_token": self._token, "expires_in": 7200}

    def token_error(self, token: str) -> int:
        if token and token == self._token:
            return 0
        return 42001 if token in self._old else 40001

    def send(self, raw: bytes, body: dict[str, Any]) -> int:
        """The error code; 0 and it is shown."""
        user_id, kind = body.get("touser", ""), body.get("msgtype", "")
        if not isinstance(user_id, str) or kind not in TYPES or set(body.get(kind, {})) - TYPES[kind]:
            return 40008
        if b"\\u" in raw:
            return 40033  # escapes would be shown to the user
        if len(_said(body).encode()) > 2048:
            return 45002
        if "media_id" in TYPES[kind] and (code := self.media.error_of(body[kind].get("media_id"), kind)):
            return code
        if kind == "msgmenu" and not all(set(entry) == {"id", "content"} for entry in body[kind]["list"]):
            return 40008
        with self._lock:
            if self.is_counting:
                until, left = self.quota.get(user_id, [0.0, 0])
                if until < time.time():
                    return 45015
                if left <= 0:
                    return 45047
                self.quota[user_id] = [until, left - 1]
            self.shown.setdefault(user_id, []).append(body)
        return 0


def _said(body: dict[str, Any]) -> str:
    if body["msgtype"] == "text":
        return str(body["text"]["content"])
    menu = body.get("msgmenu")
    if menu is None:
        return ""
    return "".join([menu["head_content"], *(entry["content"] for entry in menu["list"]), menu["tail_content"]])


def create_wechat(platform: WechatPlatform) -> FastAPI:
    app = FastAPI()
    add_media(app, platform.media, platform.token_error)

    @app.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> dict[str, Any]:
        await asyncio.sleep(platform.fetch_delay_s)
        return platform.fetch_token(await request.json())

    @app.post("/cgi-bin/message/custom/typing")
    async def typing(request: Request, access_token: str = "") -> dict[str, Any]:
        code = platform.token_error(access_token)
        if not code:
            platform.typing.append((await request.json())["touser"])
        return {"errcode": code, "errmsg": ""}

    @app.post("/cgi-bin/message/custom/send")
    async def send(request: Request, access_token: str = "") -> JSONResponse:
        raw = await request.body()
        platform.sends += 1
        if code := platform.token_error(access_token):
            return JSONResponse({"errcode": code, "errmsg": "invalid credential"})
        fault = platform.faults.popleft() if platform.faults else None
        if fault == "stall":
            await asyncio.sleep(platform.stall_s)
        elif isinstance(fault, int):
            return JSONResponse({"errcode": fault, "errmsg": ""})
        elif fault == "busy":
            return JSONResponse({"errcode": -1, "errmsg": "system error"})
        elif fault == "drop_before":
            return JSONResponse({}, 502)
        code = platform.send(raw, json.loads(raw))
        return JSONResponse({"errcode": code, "errmsg": ""}, 502 if fault == "drop_after" else 200)

    return app


# --- the platform's calls to us -------------------------------------------------------------------------------------
def query_of(now: datetime, **more: str) -> dict[str, str]:
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(5)
    return {"signature": tencent.signature(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, **more}


def message(user_id: str = "oDEMOopenid0001", **fields: str | int) -> dict[str, str | int]:
    return {"ToUserName": ACCOUNT_ID, "FromUserName": user_id, **fields}


def text_message(user_id: str, text: str, message_id: int, at: datetime) -> dict[str, str | int]:
    return message(user_id, CreateTime=int(at.timestamp()), MsgType="text", Content=text, MsgId=message_id)


def media_message(user_id: str, kind: str, media_id: str, message_id: int, at: datetime, **more: str) -> Any:
    created = int(at.timestamp())
    return message(user_id, CreateTime=created, MsgType=kind, MediaId=media_id, MsgId=message_id, **more)


def event_message(user_id: str, event: str, at: datetime, **more: str) -> dict[str, str | int]:
    return message(user_id, CreateTime=int(at.timestamp()), MsgType="event", Event=event, **more)


def as_call(fields: dict[str, str | int], now: datetime, *, mode: str = "safe", as_json: bool = False) -> Call:
    """Signed as the platform signs in this mode."""
    plain = json.dumps(fields, ensure_ascii=False).encode() if as_json else tencent.to_xml(fields)
    query = query_of(now)
    if mode == "plain":
        return Call("POST", query, {}, plain)
    sealed = tencent.Envelope(AES_KEY, APP_ID).encrypt(plain)
    signed = tencent.signature(TOKEN, query["timestamp"], query["nonce"], sealed)
    outer: dict[str, str | int] = {"ToUserName": ACCOUNT_ID, "Encrypt": sealed}
    if mode == "compatible":
        outer = {**fields, "Encrypt": sealed}
    body = json.dumps(outer).encode() if as_json else tencent.to_xml(outer)
    return Call("POST", {**query, "encrypt_type": "aes", "msg_signature": signed}, {}, body)


async def push(url: str, make: Callable[[], Call]) -> list[str]:
    """What we answered at each try: cut at five seconds, the same message again, three times in all."""
    answers: list[str] = []
    async with httpx.AsyncClient(trust_env=False, timeout=CUT_S) as client:
        for _ in range(TRIES):
            call = make()
            try:
                response = await client.post(url, params=dict(call.query), content=call.body)
            except httpx.TimeoutException:
                answers.append("(cut)")
                continue
            answers.append(response.text if response.status_code == 200 else f"({response.status_code})")
            if response.status_code == 200:
                break
    return answers
