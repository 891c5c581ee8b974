"""HMAC-SHA256 over "<timestamp>.<nonce>.<body>", hex; the key's id goes along, so that two may be active."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

TIMESTAMP, NONCE, KEY, SIGNATURE = "X-Shouhou-Timestamp", "X-Shouhou-Nonce", "X-Shouhou-Key", "X-Shouhou-Signature"
MAX_NONCE = 64


def sign(body: bytes, key_id: str, secret: str, *, now: datetime, nonce: str = "") -> dict[str, str]:
    """The four headers that go with `body`."""
    timestamp, nonce = str(int(now.timestamp())), nonce or secrets.token_hex(16)
    signature = _signature(timestamp, nonce, body, secret)
    return {TIMESTAMP: timestamp, NONCE: nonce, KEY: key_id, SIGNATURE: signature}


def is_signed(
    body: bytes, headers: Mapping[str, str], keys: Mapping[str, str], *, tolerance: timedelta, now: datetime
) -> bool:
    """True for an untouched body, signed by one of `keys` at about this time. `headers` have lower-case names."""
    timestamp, nonce = headers.get(TIMESTAMP.lower(), ""), headers.get(NONCE.lower(), "")
    secret = keys.get(headers.get(KEY.lower(), ""))
    given = headers.get(SIGNATURE.lower(), "")
    if secret is None or not given.isascii() or not 8 <= len(nonce) <= MAX_NONCE:
        return False
    if not is_about_now(timestamp, tolerance=tolerance, now=now):
        return False
    return hmac.compare_digest(given, _signature(timestamp, nonce, body, secret))


def is_about_now(timestamp: str, *, tolerance: timedelta, now: datetime) -> bool:
    """Seconds since 1970, written as digits."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= tolerance.total_seconds()


def _signature(timestamp: str, nonce: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()
