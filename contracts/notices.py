"""What the shop tells the bridge on its own: something happened to a case or a ticket. Signed, timestamped, said once.

`POST {BRIDGE_URL}/v1/notices` with the JSON of `Notice` as the body and two headers: `X-Timestamp` (unix seconds) and
`X-Signature` = hex HMAC-SHA256 of "<timestamp>.<body>" under NOTICE_SECRET. Answered by 202. The shop repeats it after
any other answer; the bridge says each `notice_id` once.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from contracts.shop import Case, Ticket
from contracts.wire import NO_NUL, Id, WireModel

TIMESTAMP_HEADER = "X-Timestamp"
SIGNATURE_HEADER = "X-Signature"
TOLERANCE = timedelta(minutes=5)


class Notice(WireModel):
    """`text` is the sentence for the shopper; `case` or `ticket` is what it is about, where it is about one. What an
    anonymous visitor began names their conversation: it is told there, unless somebody else has signed in there."""

    notice_id: Annotated[str, Field(min_length=1, max_length=80, pattern=NO_NUL)]
    shop_id: Id
    shopper_id: Id | None = None
    conversation_id: Id | None = None
    case: Case | None = None
    ticket: Ticket | None = None
    text: Annotated[str, Field(min_length=1, max_length=500, pattern=NO_NUL)]


def sign_notice(body: bytes, secret: str, *, now: datetime) -> dict[str, str]:
    """The two headers that go with `body`."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: _signature(timestamp, body, secret)}


def is_signed(body: bytes, timestamp: str, signature: str, secret: str, *, now: datetime) -> bool:
    """True for an untouched body signed with `secret` within the last five minutes."""
    if not timestamp.isascii() or not timestamp.isdigit() or not signature.isascii():
        return False
    is_fresh = abs(now.timestamp() - int(timestamp[:12])) <= TOLERANCE.total_seconds()
    return is_fresh and hmac.compare_digest(signature, _signature(timestamp, body, secret))


def _signature(timestamp: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
