"""The three platforms' group robots: where a text is posted, how it is signed, what answer means it was taken. Pure."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from handoff_api.channels.accounts import Robot
from handoff_api.channels.splitting import split

LONGEST = 4000
"""Bytes; the shortest of the three limits is 4,096."""


@dataclass(frozen=True)
class Post:
    url: str
    body: dict[str, Any]


def post(robot: Robot, title: str, text: str, *, now: datetime) -> Post:
    said, url, secret = split(text, LONGEST)[0], robot.url.get_secret_value(), robot.secret.get_secret_value()
    match robot.kind:
        case "dingtalk":
            body = {"msgtype": "markdown", "markdown": {"title": title, "text": said.replace("\n", "\n\n")}}
            return Post(url + _dingtalk_query(secret, now), body)
        case "feishu":
            return Post(url, {**_feishu_fields(secret, now), "msg_type": "text", "content": {"text": said}})
        case "wecom":
            return Post(url, {"msgtype": "markdown", "markdown": {"content": said}})


def is_taken(said: Any) -> bool:
    """DingTalk and WeCom answer `errcode`, Feishu `code`; nothing but 0 is a success."""
    return isinstance(said, dict) and said.get("errcode", said.get("code", said.get("StatusCode"))) == 0


def dingtalk_sign(timestamp_ms: str, secret: str) -> str:
    return _hmac(secret.encode(), f"{timestamp_ms}\n{secret}".encode())


def feishu_sign(timestamp_s: str, secret: str) -> str:
    """The text is the key here, and there is no message."""
    return _hmac(f"{timestamp_s}\n{secret}".encode(), b"")


def _dingtalk_query(secret: str, now: datetime) -> str:
    timestamp = str(int(now.timestamp() * 1000))
    return "&" + urlencode({"timestamp": timestamp, "sign": dingtalk_sign(timestamp, secret)}) if secret else ""


def _feishu_fields(secret: str, now: datetime) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    return {"timestamp": timestamp, "sign": feishu_sign(timestamp, secret)} if secret else {}


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
