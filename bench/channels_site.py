"""The bridge with three channels and the platforms' stand-ins, for `bench.channels`."""

import asyncio
import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from fastapi import FastAPI

from bench.handoff_site import BridgeProcess, RedisProcess, Site, free_port
from handoff_api.channels.receiving import Call
from handoff_api.channels.webhook import signing
from handoff_api.migrate import upgrade
from tests.fakes import webhook_app, wechat_platform, wecom_platform

QUOTAS = {"after_message": 1000}
"""The budget has tests of its own; here nothing may be held back by it."""
NO_FAULT = 12
"""Of each fault there is one in so many deliveries without."""


# --- a client that costs little -------------------------------------------------------------------------------------
class Client:
    """HTTP/1.1 on one kept connection."""

    def __init__(self, url: str) -> None:
        self._host, self._port = str(urlsplit(url).hostname), int(urlsplit(url).port or 80)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        assert self._reader
        lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None


# --- the platforms --------------------------------------------------------------------------------------------------
@dataclass
class Platforms:
    """All three stand-ins, on threads of this process."""

    webhook: webhook_app.WebhookApp = field(default_factory=webhook_app.WebhookApp)
    wechat: wechat_platform.WechatPlatform = field(default_factory=wechat_platform.WechatPlatform)
    wecom: wecom_platform.WecomPlatform = field(default_factory=wecom_platform.WecomPlatform)
    urls: dict[str, str] = field(default_factory=dict)

    def start(self, stack: ExitStack) -> None:
        self.urls = {
            "webhook": _serve(webhook_app.create_webhook_app(self.webhook), stack),
            "wechat": _serve(wechat_platform.create_wechat(self.wechat), stack),
            "wecom": _serve(wecom_platform.create_wecom(self.wecom), stack),
        }

    def file(self, folder: Path) -> Path:
        accounts = [
            {
                "kind": "webhook", "name": "a", "keys": webhook_app.KEYS,
                "deliver_url": f"{self.urls['webhook']}/deliveries", "media_base": f"{self.urls['webhook']}/media/",
            },
            {
                "kind": "wechat", "name": "a", "app_id": wechat_platform.APP_ID, "app_secret": wechat_platform.SECRET,
                "token": wechat_platform.TOKEN, "encoding_aes_key": wechat_platform.AES_KEY,
                "api_base": self.urls["wechat"], "quotas": QUOTAS,
            },
            {
                "kind": "wecom", "name": "a", "corp_id": wecom_platform.CORP_ID, "secret": wecom_platform.SECRET,
                "token": wecom_platform.TOKEN, "encoding_aes_key": wecom_platform.AES_KEY,
                "open_kfids": [wecom_platform.KFID], "api_base": self.urls["wecom"], "poll_s": 2,
                "quotas": QUOTAS,
            },
        ]  # fmt: skip
        path = folder / "channels.yml"
        path.write_text(json.dumps({"accounts": accounts}), encoding="utf-8")
        return path

    def misbehave(self, seed_of: int) -> None:
        """What each delivery meets. An answer lost after the message was taken only where our id makes it one."""
        chance = random.Random(seed_of)

        def plan(faults: list[Any]) -> deque[Any]:
            return deque(chance.choices([*faults, *[None] * (NO_FAULT * len(faults))], k=100_000))

        self.webhook.faults = plan([500, 503, "drop_before", "drop_after"])
        self.wechat.faults = plan(["busy", 45009, 40001, "drop_before"])
        self.wecom.faults = plan(["busy", "drop_after"])
        self.wecom.sync_faults = plan([-1])
        self.webhook.media_faults = plan([500])
        self.wechat.media.faults = plan(["busy", -1, 40001])
        self.wecom.media.faults = plan(["busy", -1])

    def behave(self) -> None:
        for faults in (
            self.webhook.faults, self.webhook.media_faults, self.wechat.faults, self.wechat.media.faults,
            self.wecom.faults, self.wecom.sync_faults, self.wecom.media.faults,
        ):  # fmt: skip
            faults.clear()

    def shown(self) -> dict[tuple[str, str], list[str]]:
        """Per channel and user, every text in the order it was shown."""
        found: dict[tuple[str, str], list[str]] = {}
        for body in self.webhook.shown:
            found.setdefault(("webhook:a", body["user_id"]), []).append(body["text"])
        for name, platform in (("wechat:a", self.wechat), ("wecom:a", self.wecom)):
            for user_id in list(platform.shown):
                found[name, user_id] = platform.texts(user_id)
        return found


def _serve(app: FastAPI, stack: ExitStack) -> str:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)

    def end() -> None:
        server.should_exit = True
        thread.join(10)

    stack.callback(end)
    return f"http://127.0.0.1:{port}"


# --- pushing --------------------------------------------------------------------------------------------------------
Post = tuple[str, dict[str, str], bytes]
"""Path, headers, body."""
Make = Callable[[str, int, str], Post]


def wechat_push(user_id: str, number: int, text: str) -> Post:
    fields = wechat_platform.text_message(user_id, text, number, datetime.now(UTC))
    return _as_post("/channels/wechat/a", wechat_platform.as_call(fields, datetime.now(UTC)))


def wecom_bell() -> Post:
    return _as_post("/channels/wecom/a", wecom_platform.doorbell(datetime.now(UTC)))


def webhook_push(user_id: str, number: int, text: str) -> Post:
    return _webhook_post({"message_id": f"m{number}", "user_id": user_id, "text": text})


def wechat_picture(user_id: str, number: int, media_id: str) -> Post:
    fields = wechat_platform.media_message(user_id, "image", media_id, number, datetime.now(UTC))
    return _as_post("/channels/wechat/a", wechat_platform.as_call(fields, datetime.now(UTC)))


def webhook_picture(platforms: Platforms, user_id: str, number: int, content: bytes) -> Post:
    platforms.webhook.media[str(number)] = content
    said = {"message_id": f"m{number}", "user_id": user_id, "type": "picture"}
    url = f"{platforms.urls['webhook']}/media/{number}"
    return _webhook_post({**said, "media_url": url})


def _webhook_post(said: dict[str, str]) -> Post:
    body = json.dumps(said).encode()
    return "/channels/webhook/a", signing.sign(body, "k1", webhook_app.KEYS["k1"], now=datetime.now(UTC)), body


def _as_post(path: str, call: Call) -> Post:
    return f"{path}?{urlencode(call.query)}", {}, call.body


def running(site: Site, folder: Path, stack: ExitStack) -> tuple[BridgeProcess, Platforms, RedisProcess]:
    platforms = Platforms()
    platforms.start(stack)
    platforms.wechat.is_counting = False
    platforms.wecom.allowance = QUOTAS["after_message"]
    redis = site.run(RedisProcess(folder))
    database_url = f"sqlite+aiosqlite:///{folder / 'bridge.sqlite3'}"
    upgrade(database_url)
    more = {"CHANNELS_FILE": str(platforms.file(folder)), "TURN_JOIN": "PT0S"}
    bridge = site.run(BridgeProcess(folder, database_url, redis.url, site.bot(), **more))
    return bridge, platforms, redis
