"""A short signed token for the entrance to an IM chat: which shopper, about which order.

It fits where platforms leave 128 bytes (a mini-program's `session-from`, 微信客服's `scene_param`, a QR code's scene).
The shop signs it with IDENTITY_SECRET when it shows the entrance; a bare order number there would let anybody claim it.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta

from contracts.identity import TokenRefused
from contracts.wire import WireModel

MAX_BYTES = 128
MAC_BYTES = 16
PURPOSE = b"shouhou.entry."


class Entry(WireModel):
    """`shopper_id` where the shop knows who will tap; `order_number` is what the chat is about."""

    shop_id: str
    shopper_id: str = ""
    order_number: str = ""


def issue_entry(entry: Entry, secret: str, *, now: datetime, lifetime: timedelta) -> str:
    """At most 128 bytes; ValueError where the ids are too long for that."""
    until = int((now + lifetime).timestamp())
    said = [entry.shop_id, entry.shopper_id, entry.order_number, until]
    body = _encode(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())
    token = f"{body}.{_mac(body, secret)}"
    if len(token) > MAX_BYTES:
        raise ValueError("an entry token must fit into 128 bytes")
    return token


def read_entry(token: str, secret: str, *, shop_id: str, now: datetime) -> Entry:
    """Raises TokenRefused for anything but an unexpired token of this shop."""
    body, _, mac = token.partition(".")
    if not token.isascii() or len(token) > MAX_BYTES or not hmac.compare_digest(mac, _mac(body, secret)):
        raise TokenRefused("the entry token is not valid")
    shop, shopper, order, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if shop != shop_id:
        raise TokenRefused("the entry token is another shop's")
    if until <= now.timestamp():
        raise TokenRefused("the entry token has expired")
    return Entry(shop_id=shop, shopper_id=shopper, order_number=order)


def _mac(body: str, secret: str) -> str:
    return _encode(hmac.new(secret.encode(), PURPOSE + body.encode(), hashlib.sha256).digest()[:MAC_BYTES])


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
