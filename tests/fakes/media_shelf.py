"""Temporary media as WeChat and WeCom keep it: uploads are checked by name, size and first bytes, an id belongs to one
kind and ends after three days, and what is asked for comes as a file or as an error in JSON."""

import asyncio
import email
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

LIVES_S = 3 * 24 * 3600
MEGABYTE = 1024 * 1024
STARTS = {"image": (b"\xff\xd8\xff", b"\x89PNG"), "voice": (b"#!AMR", b"ID3", b"\xff\xfb"), "video": (), "file": ()}
TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"#!AMR": "audio/amr"}


@dataclass(frozen=True)
class Kept:
    kind: str
    content: bytes
    name: str
    until: float


@dataclass
class MediaShelf:
    """`limits`: bytes by kind. `faults` are eaten one per `media/get`: an errcode, "stall", "busy" (500), "cut" (the
    connection ends in the middle). `uploads` and `fetches` count what was asked."""

    limits: dict[str, int]
    kept: dict[str, Kept] = field(default_factory=dict)
    faults: deque[int | str] = field(default_factory=deque)
    uploads: int = 0
    fetches: int = 0
    stall_s: float = 1.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        self.kept.clear()
        self.faults.clear()
        self.uploads = self.fetches = 0

    def keep(self, kind: str, content: bytes, name: str = "") -> str:
        """As when a user sends it; an upload of ours ends here, too."""
        media_id = f"M{secrets.token_urlsafe(24)}"
        with self._lock:
            self.kept[media_id] = Kept(kind, content, name, time.time() + LIVES_S)
        return media_id

    def expire(self) -> None:
        """As after three days."""
        self.kept.clear()

    def error_of(self, media_id: Any, kind: str = "") -> int:
        found = self.kept.get(media_id) if isinstance(media_id, str) else None
        return 0 if found and found.until > time.time() and kind in ("", found.kind) else 40007

    def upload(self, kind: str, name: str, content: bytes) -> dict[str, Any]:
        self.uploads += 1
        if kind not in self.limits:
            return {"errcode": 40004, "errmsg": "invalid media type"}
        if "." not in name:
            return {"errcode": 41005, "errmsg": "media data missing"}
        if not 5 < len(content) <= self.limits[kind]:
            return {"errcode": 40006, "errmsg": "invalid media size"}
        if STARTS[kind] and not content.startswith(STARTS[kind]):
            return {"errcode": 40005, "errmsg": "invalid file type"}
        return {"type": kind, "media_id": self.keep(kind, content, name), "created_at": int(time.time())}

    async def get(self, media_id: str) -> Response:
        self.fetches += 1
        fault = self.faults.popleft() if self.faults else None
        if fault == "stall":
            await asyncio.sleep(self.stall_s)
        elif fault == "busy":
            return Response(status_code=500)
        elif isinstance(fault, int):
            return JSONResponse({"errcode": fault, "errmsg": ""})
        if code := self.error_of(media_id):
            return JSONResponse({"errcode": code, "errmsg": "invalid media_id"})
        found = self.kept[media_id]
        kind = next(
            (kind for start, kind in TYPES.items() if found.content.startswith(start)), "application/octet-stream"
        )
        headers = {
            "Content-Disposition": f'attachment; filename="{media_id}"',
            "Content-Length": str(len(found.content)),
        }
        if fault == "cut":
            return StreamingResponse(_half(found.content), media_type=kind, headers=headers)
        return Response(found.content, media_type=kind, headers=headers)


async def _half(content: bytes) -> AsyncIterator[bytes]:
    yield content[: len(content) // 2]
    raise ConnectionResetError


def part_of(content_type: str, body: bytes) -> tuple[str, str, bytes]:
    """(field, file name, content) of a form with one file, read without the code that wrote it."""
    form = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = form.get_payload()
    assert isinstance(parts, list)
    [part] = parts
    assert isinstance(part, Message)
    content = part.get_payload(decode=True)
    name = re.search(rb'filename="([^"]*)"', body)  # UTF-8 as it is, which mail does not know
    assert isinstance(content, bytes)
    return str(part.get_param("name", header="content-disposition")), name[1].decode() if name else "", content


def add_media(app: FastAPI, shelf: MediaShelf, token_error: Any) -> None:
    @app.post("/cgi-bin/media/upload")
    async def upload(request: Request, access_token: str = "", type: str = "") -> dict[str, Any]:
        if code := token_error(access_token):
            return {"errcode": code, "errmsg": "invalid credential"}
        field_name, name, content = part_of(request.headers["content-type"], await request.body())
        if field_name != "media":
            return {"errcode": 41005, "errmsg": "media data missing"}
        return shelf.upload(type, name, content)

    @app.get("/mmbiz_jpg/{media_id}")
    async def shown_picture(media_id: str) -> Response:
        """WeChat's `PicUrl`: no token, but only for pictures."""
        if shelf.error_of(media_id, "image"):
            return Response(status_code=404)
        return Response(shelf.kept[media_id].content, media_type="image/jpeg")

    @app.get("/cgi-bin/media/get")
    async def get(access_token: str = "", media_id: str = "") -> Response:
        if code := token_error(access_token):
            return JSONResponse({"errcode": code, "errmsg": "invalid credential"})
        return await shelf.get(media_id)
