"""Time as a value: everything that needs it takes a `Clock` or an aware UTC `now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
