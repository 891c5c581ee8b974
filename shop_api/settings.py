"""The settings of the shop process, read once from the environment."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """BRIDGE_URL empty turns proactive notices off. Secrets have no defaults: a missing one stops the start."""

    model_config = SettingsConfigDict(frozen=True)

    shop_host: str = "127.0.0.1"
    shop_port: int = 8601
    shop_database_url: str = "sqlite+aiosqlite:///var/shop.sqlite3"
    shop_api_token: SecretStr
    turn_secret: SecretStr
    identity_secret: SecretStr
    notice_secret: SecretStr
    bridge_url: str = Field(default="http://127.0.0.1:8600", pattern=r"^$|^https?://[^/]")
    demo: bool = False
    demo_store_folder: Path = Path("web/demo_store/dist")
    api_docs_folder: Path = Path("web/api_docs/dist")

    grant_lifetime: timedelta = timedelta(hours=2)  # how long a proven order stays open to its conversation
    identity_lifetime: timedelta = timedelta(minutes=10)
    invoice_wait: timedelta = timedelta(minutes=10)  # how long the shop takes to make an electronic invoice
    clock_interval_s: float = 2.0  # notices are to feel immediate; the sweep of deadlines is cheap

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and self.shop_host not in LOOPBACK:
            raise ValueError("DEMO=1 hands out identities without a password: SHOP_HOST must be a loopback address")
        return self


class DatabaseSettings(BaseSettings):
    """What the migration and seeding commands need, and nothing secret."""

    shop_database_url: str = "sqlite+aiosqlite:///var/shop.sqlite3"
