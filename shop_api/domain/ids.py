"""Numbers people read out: cases AS…, tickets TK…, by day with six random digits."""

import secrets
from datetime import datetime

from policy.calendar import legal_day


def new_case_id(now: datetime) -> str:
    return _number("AS", now)


def new_ticket_id(now: datetime) -> str:
    return _number("TK", now)


def new_notice_id() -> str:
    return f"n_{secrets.token_hex(12)}"


def _number(prefix: str, now: datetime) -> str:
    return f"{prefix}{legal_day(now):%y%m%d}{secrets.randbelow(1_000_000):06d}"
