"""What every service needs, wired once in `shop_api.app`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from policy import Rules
from shop_api.record.database import Database
from shop_api.settings import Settings


@dataclass(frozen=True)
class Shop:
    """`now` is the clock: an aware UTC instant at each call."""

    settings: Settings
    database: Database
    rules: Rules
    now: Callable[[], datetime]
