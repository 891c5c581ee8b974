"""What every action is built with. Made once at the start of the process, or by hand in a test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from policy import Rules

if TYPE_CHECKING:
    from actions.base import ShopAction


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """`answers` is filled by the registry: which action answers an intent that is taken up again."""

    shop_http: httpx.AsyncClient
    rules: Rules
    now: Callable[[], datetime] = field(default=utc_now)
    answers: dict[str, "ShopAction"] = field(default_factory=dict)
