"""A stand-in for WeCom's 微信客服: a log per account that is read by cursor, states that allow or forbid, codes that
live for seconds, five messages per message of the customer, ids that make a repeated send one message."""

import asyncio
import json
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse

from handoff_api.channels import tencent
from handoff_api.channels.receiving import Call
from tests.fakes.media_shelf import MEGABYTE, MediaShelf, add_media

CORP_ID, SECRET, TOKEN = "wwdemo0123456789", "kf-secret-of-the-tests", "demoToken2026"
AES_KEY = "DkOTMB9Maz94Wyqofk/FRdddI8R5FTyCASDOc6Ie2G0"
KFID = "wkDEMO0001"
LIMITS = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}


@dataclass
class WecomPlatform:
    """`empty_pages`: so many pages come empty though more follow. `faults` are eaten one per send: an errcode,
    "drop_after" (taken, answer lost), "busy"."""

    log: list[dict[str, Any]] = field(default_factory=list)
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    faults: deque[int | str] = field(default_factory=deque)
    sync_faults: deque[int | str] = field(default_factory=deque)
    empty_pages: int = 0
    page_size: int = 100
    allowance: int = 5
    syncs: list[dict[str, Any]] = field(default_factory=list)
    sends: int = 0
    token_fetches: int = 0
    media: MediaShelf = field(default_factory=lambda: MediaShelf(dict(LIMITS)))
    _token: str = ""
    _ids: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        for kept in (self.log, self.syncs):
            kept.clear()
        for known in (self.shown, self.states, self.quota, self.codes):
            known.clear()
        self.faults.clear()
        self.sync_faults.clear()
        self._ids.clear()
        self.media.reset()
        self._token = ""
        self.empty_pages = self.sends = self.token_fetches = 0
        self.page_size = 100

    def texts(self, user_id: str) -> list[str]:
        """The words; of a file there are none."""
        said = list(self.shown.get(user_id, []))
        return [m.get("text", {}).get("content") or m.get("msgmenu", {}).get("head_content", "") for m in said]

    def files(self, user_id: str) -> list[tuple[str, str, bytes]]:
        """Kind, name and bytes of every file that was shown."""
        shown = [(body["msgtype"], body[body["msgtype"]]) for body in self.shown.get(user_id, [])]
        kept = [(kind, self.media.kept[said["media_id"]]) for kind, said in shown if "media_id" in said]
        return [(kind, file.name, file.content) for kind, file in kept]

    # --- the customer's side ----------------------------------------------------------------------------------------
    def says(self, user_id: str, text: str, at: datetime, **more: Any) -> str:
        return self._said(user_id, at, "text", {"content": text, **more})

    def sends_file(self, user_id: str, kind: str, content: bytes, at: datetime, name: str = "") -> str:
        """Its media id."""
        media_id = self.media.keep(kind, content, name)
        self._said(user_id, at, kind, {"media_id": media_id, **({"filename": name} if name else {})})
        return media_id

    def _said(self, user_id: str, at: datetime, kind: str, body: dict[str, Any]) -> str:
        with self._lock:
            self.quota[user_id] = self.allowance
            if self.states.get(user_id, 4) == 4:
                self.states[user_id] = 0
            return self._log(user_id, at, origin=3, msgtype=kind, **{kind: body})

    def enters(self, user_id: str, at: datetime, scene_param: str = "") -> str:
        code = self.code(user_id)
        event = {"event_type": "enter_session", "open_kfid": KFID, "external_userid": user_id, "welcome_code": code}
        self._log("", at, origin=4, msgtype="event", event={**event, "scene_param": scene_param})
        return code

    def reports(self, user_id: str, at: datetime, **event: Any) -> None:
        said = {"open_kfid": KFID, "external_userid": user_id, **event}
        self._log("", at, origin=4, msgtype="event", event=said)

    def _log(self, user_id: str, at: datetime, **more: Any) -> str:
        message_id = f"kfm{len(self.log):05}{secrets.token_hex(4)}"
        said = {"msgid": message_id, "open_kfid": KFID, "send_time": int(at.timestamp()), **more}
        self.log.append({**said, "external_userid": user_id} if user_id else said)
        return message_id

    def code(self, user_id: str, lives_s: float = 20) -> str:
        code = secrets.token_hex(8)
        self.codes[code] = (user_id, time.time() + lives_s)
        return code

    # --- the API ----------------------------------------------------------------------------------------------------
    def fetch_token(self, corp_id: str, secret: str) -> dict[str, Any]:
        if (corp_id, secret) != (CORP_ID, SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.token_fetches += 1
        self._token = self._token or secrets.token_hex(16)
        return {"errcode": 0, "errmsg": "ok", "access_token": self._token, "expires_in": 7200}

    def token_error(self, token: str) -> int:
        return 0 if token and token == self._token else 42001

    def expire_token(self) -> None:
        self._token = ""

    def sync(self, body: dict[str, Any]) -> dict[str, Any]:
        self.syncs.append(body)
        if body.get("open_kfid") != KFID or not 0 < body.get("limit", 1000) <= 1000:
            return {"errcode": 40058, "errmsg": "invalid parameter"}
        start = int(body.get("cursor", "c0").removeprefix("c"))
        if self.empty_pages:
            self.empty_pages -= 1
            return {"errcode": 0, "next_cursor": f"c{start}", "has_more": 1, "msg_list": []}
        page = self.log[start : start + self.page_size]
        end = start + len(page)
        return {"errcode": 0, "next_cursor": f"c{end}", "has_more": int(end < len(self.log)), "msg_list": page}

    def send(self, body: dict[str, Any]) -> int:
        user_id = body.get("touser", "")
        if body.get("open_kfid") != KFID or not _is_valid(body):
            return 40058
        with self._lock:
            if body["msgid"] in self._ids:
                return 0
            if self.states.get(user_id, 4) not in (0, 1):
                return 95018
            if self.quota.get(user_id, 0) <= 0:
                return 95002
            if body["msgtype"] in LIMITS and (code := self._media_error(body)):
                return code
            self.quota[user_id] -= 1
            self._show(user_id, body)
        return 0

    def _media_error(self, body: dict[str, Any]) -> int:
        kind = body["msgtype"]
        return self.media.error_of(body.get(kind, {}).get("media_id"), kind)

    def send_on_event(self, body: dict[str, Any]) -> int:
        with self._lock:
            if body.get("msgid") in self._ids:
                return 0
            user_id, until = self.codes.pop(body.get("code", ""), ("", 0.0))
            is_allowed = body.get("msgtype") in ("text", "msgmenu")
            if time.time() > until or not is_allowed or not _is_valid({**body, "touser": "x"}):
                return 95007 if user_id else 95020
            self._show(user_id, body)
        return 0

    def _show(self, user_id: str, body: dict[str, Any]) -> None:
        self._ids.add(body["msgid"])
        self.shown.setdefault(user_id, []).append(body)

    def move(self, body: dict[str, Any]) -> dict[str, Any]:
        user_id, wanted = body["external_userid"], body["service_state"]
        with self._lock:
            state = self.states.get(user_id, 4)
            if wanted == 3 and not body.get("servicer_userid"):
                return {"errcode": 95014, "errmsg": ""}
            if state == 4 or (state, wanted) in ((2, 1), (3, 1)) or state == wanted:
                return {"errcode": 95016, "errmsg": "not allowed"}
            self.states[user_id] = wanted
        answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
        return {**answer, "msg_code": self.code(user_id)} if wanted in (2, 3, 4) else answer


def _is_valid(body: dict[str, Any]) -> bool:
    message_id, kind = body.get("msgid", ""), body.get("msgtype")
    if not 0 < len(message_id) <= 32 or not all(c.isascii() and (c.isalnum() or c in "_-") for c in message_id):
        return False
    if kind == "text":
        return 0 < len(body["text"]["content"].encode()) <= 2048
    if kind in LIMITS:
        return set(body.get(kind, {})) == {"media_id"}
    entries = body.get("msgmenu", {}).get("list", [])
    return (
        kind == "msgmenu"
        and 0 < len(entries) <= 10
        and all(
            len(entry["click"]["id"].encode()) <= 64 and len(entry["click"]["content"].encode()) <= 128
            for entry in entries
        )
    )


def create_wecom(platform: WecomPlatform) -> FastAPI:
    app = FastAPI()
    add_media(app, platform.media, platform.token_error)

    @app.get("/cgi-bin/gettoken")
    async def gettoken(corpid: str, corpsecret: str) -> dict[str, Any]:
        return platform.fetch_token(corpid, corpsecret)

    @app.post("/cgi-bin/kf/{path:path}")
    async def kf(path: str, request: Request, access_token: str = "") -> JSONResponse:
        if code := platform.token_error(access_token):
            return JSONResponse({"errcode": code, "errmsg": "access_token expired"})
        body = json.loads(await request.body())
        if path == "sync_msg":
            fault = platform.sync_faults.popleft() if platform.sync_faults else None
            if isinstance(fault, int):
                return JSONResponse({"errcode": fault})
            return JSONResponse(platform.sync(body))
        if path.startswith("service_state/"):
            state = platform.states.get(body["external_userid"], 4)
            return JSONResponse(
                platform.move(body) if path.endswith("trans") else {"errcode": 0, "service_state": state}
            )
        platform.sends += 1
        fault = platform.faults.popleft() if platform.faults else None
        if isinstance(fault, int):
            return JSONResponse({"errcode": fault})
        if fault == "busy":
            return JSONResponse({"errcode": -1})
        await asyncio.sleep(0)
        code = platform.send(body) if path == "send_msg" else platform.send_on_event(body)
        return JSONResponse({"errcode": code, "msgid": body.get("msgid", "")}, 502 if fault == "drop_after" else 200)

    return app


def doorbell(now: datetime, kfid: str = KFID, token: str = "ENCtoken") -> Call:
    """`kf_msg_or_event`, always encrypted."""
    plain = tencent.to_xml(
        {
            "ToUserName": CORP_ID,
            "CreateTime": int(now.timestamp()),
            "MsgType": "event",
            "Event": "kf_msg_or_event",
            "Token": token,
            "OpenKfId": kfid,
        }
    )
    sealed = tencent.Envelope(AES_KEY, CORP_ID).encrypt(plain)
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(5)
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "msg_signature": tencent.signature(TOKEN, timestamp, nonce, sealed),
    }
    return Call("POST", query, {}, tencent.to_xml({"ToUserName": CORP_ID, "Encrypt": sealed, "AgentID": ""}))
