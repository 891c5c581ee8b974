"""What the bridge reads from its environment: parsed once, every mistake reported together."""

import ipaddress
import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

import yaml
from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff_api import lines
from handoff_api.domain.hours import in_words
from handoff_api.domain.rules import Rules

HERE = Path(__file__).parent
SAYS_AI = re.compile(r"智能客服|机器人|(?<![A-Za-z])AI(?![A-Za-z])")


def load_rules(path: Path) -> Rules:
    """The rules of the handoff with the legal holidays beside them; a mistake in either is refused at the start."""
    calendar = yaml.safe_load((HERE / "holidays.yml").read_text(encoding="utf-8"))
    return Rules.model_validate({**yaml.safe_load(path.read_text(encoding="utf-8")), "calendar": calendar})


def _commas(text: str) -> list[str]:
    return [part.strip().rstrip("/") for part in text.split(",") if part.strip()]


class Settings(BaseSettings):
    """Times are `timedelta`s or end in their unit; lists are separated by commas."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    bridge_host: str = "127.0.0.1"
    bridge_port: int = 8600
    public_url: str = ""
    """Where browsers see the bridge, if not at its own host and port (behind a reverse proxy)."""
    store_origins: str = "http://127.0.0.1:8601,http://localhost:8601"
    """The origins whose pages may embed the chat."""
    trusted_proxy: bool = False
    """Read the caller's address from X-Forwarded-For; only behind a proxy that sets it."""

    shop_id: str = "demo"
    shop_name: str = "拾光优选"
    greeting: str = ""
    """The first line of the chat in the shop's own words; it must say that an AI answers. Ours where it is empty."""
    service_hours: str = ""
    """How the shop's hours are said; made of the rules' own hours where it is empty."""
    handoff_rules: Path = HERE / "handoff.yml"
    """When a conversation goes to a person, to whom, in what order."""

    database_url: str = "sqlite+aiosqlite:///var/bridge.sqlite3"
    redis_url: str = "redis://127.0.0.1:6379/0"
    redis_timeout: timedelta = timedelta(seconds=1)
    """An answer that takes longer counts as none, and the record does without Redis for a moment."""
    shop_api_url: str = "http://127.0.0.1:8601"
    bot_url: str = "http://127.0.0.1:8603"

    bridge_secret: SecretStr
    identity_secret: SecretStr
    turn_secret: SecretStr
    notice_secret: SecretStr
    shop_api_token: SecretStr
    bot_token: SecretStr

    metrics_token: SecretStr = SecretStr("")
    """The bearer of `/metrics` from another machine; without one it answers this machine only."""

    channels_file: Path | None = None
    """YAML with the accounts of IM channels and alert robots (docs/channels/); without it there are none."""

    files_dir: Path = Path("var/files")
    """Where pictures and documents beside messages are kept."""
    file_lifetime: timedelta = timedelta(days=180)
    """How long they are kept; the messages stay."""

    demo: bool = False
    web_dir: Path = Path("web")

    turn_join: timedelta = timedelta(seconds=0.8)
    """Messages this close together are one turn: people write one thought in two or three messages."""
    bot_timeout: timedelta = timedelta(seconds=20)
    parse_timeout: timedelta = timedelta(seconds=5)
    shop_timeout: timedelta = timedelta(seconds=6)
    offer_lifetime: timedelta = timedelta(seconds=20)
    decline_pause: timedelta = timedelta(seconds=30)
    """How long a conversation is not offered again to an agent who declined or missed it."""
    presence_grace: timedelta = timedelta(seconds=60)
    presence_lifetime: timedelta = timedelta(seconds=45)
    answer_limit: timedelta = timedelta(minutes=3)
    """The platforms' three minutes: then the agent is reminded."""
    answer_patience: timedelta = timedelta(minutes=2)
    """How long after the reminder the conversation is taken back."""
    wrap_up_lifetime: timedelta = timedelta(minutes=2)
    session_idle: timedelta = timedelta(days=3)
    """How long the bot remembers what it was talking about: who comes back the next day goes on."""
    left_message_deadline: timedelta = timedelta(hours=24)
    sign_in_lifetime: timedelta = timedelta(hours=12)
    anonymous_token_lifetime: timedelta = timedelta(days=30)
    shopper_token_lifetime: timedelta = timedelta(hours=12)
    worker_tick: timedelta = timedelta(seconds=1)
    run_worker: bool = True
    """The clocks run inside the bridge; at scale they run on their own and this is false."""

    messages_per_s: float = 1.0
    message_burst: int = 10
    frames_per_s: float = 20.0
    """Of one connection; heartbeats, read marks and typing count."""
    frame_burst: int = 200
    visitors_per_minute: int = 120
    sign_ins_per_minute: int = 5
    """Of one login from one address; an address alone may try ten times as often."""

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and self.bridge_host != "localhost" and not _is_loopback(self.bridge_host):
            raise ValueError("DEMO=1 has well-known passwords: it refuses a BRIDGE_HOST that is not loopback")
        return self

    @model_validator(mode="after")
    def _greeting_says_who_answers(self) -> Self:
        """A shopper must know from the first line that a machine answers (GB/T 47746-2026)."""
        if self.greeting and not SAYS_AI.search(self.greeting):
            raise ValueError("GREETING must say that an AI answers: use 智能客服, 机器人 or AI in it")
        return self

    @property
    def said_greeting(self) -> str:
        return self.greeting or lines.GREETING.format(shop_name=self.shop_name)

    @cached_property
    def rules(self) -> Rules:
        return load_rules(self.handoff_rules)

    @property
    def said_hours(self) -> str:
        return self.service_hours or in_words(self.rules.hours)

    @property
    def bot_urls(self) -> list[str]:
        return _commas(self.bot_url)

    @property
    def own_origins(self) -> list[str]:
        """Written out, never taken from the Host header: a name that resolves to us is not yet our origin."""
        if self.public_url:
            return _commas(self.public_url)
        hosts = dict.fromkeys([self.bridge_host, "127.0.0.1", "localhost"])
        return [f"http://{host}:{self.bridge_port}" for host in hosts]

    @property
    def embedding_origins(self) -> list[str]:
        return _commas(self.store_origins)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
