"""The accounts of the channels file. Secrets are never in it: `env:NAME` is read from the environment.

Every mistake of the file is reported at the start, by its place; nothing of it is guessed.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from handoff_api.services.files import LARGEST

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
AesKey = Annotated[SecretStr, Field(min_length=43, max_length=43)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
MEGABYTE = 1024 * 1024
LargestIn = Annotated[int, Field(ge=1, le=LARGEST)]
"""Bytes of a file that a shopper sends."""


class ChannelsFileInvalid(Exception):
    """Says where in the file, and never what stands there."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebhookAccount(Part):
    """Any IM or app of your own. `keys`: key id → secret; two may be active while one is replaced. Shoppers' files are
    fetched from addresses under `media_base` only."""

    kind: Literal["webhook"]
    name: Name
    keys: Annotated[dict[str, SecretStr], Field(min_length=1, max_length=2)]
    sign_with: str = ""
    deliver_url: Url
    tolerance_s: Annotated[int, Field(ge=10, le=3600)] = 300
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 10
    menu_items: Annotated[int, Field(ge=0, le=50)] = 10
    text_bytes: Annotated[int, Field(ge=64, le=65_536)] = 8000
    page_url: str = ""
    media_base: str = ""
    largest_in: LargestIn = 10 * MEGABYTE

    @field_validator("media_base")
    @classmethod
    def _is_a_folder(cls, base: str) -> str:
        """Whatever begins like it is asked for, so it has to say where its host ends."""
        if base and not re.fullmatch(r"https?://[^\s/?#@\\]+/(?:[^\s?#]*/)?", base):
            raise ValueError("an address that ends in /")
        return base

    @field_validator("keys")
    @classmethod
    def _are_long(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if any(len(key.get_secret_value()) < 16 for key in keys.values()):
            raise ValueError("a key has at least 16 characters")
        return keys


class Quotas(Part):
    """How many messages the platform allows after what, and for how long; not all of it is published, so it can be
    changed."""

    after_message: int = 5
    message_window_h: float = 48
    after_event: int = 3
    event_window_s: float = 60
    after_entering: int = 2


class WechatAccount(Part):
    """公众号 (`mini_program: false`) or 小程序. `reply: passive` for accounts without the customer-service API: they
    may not ask for media either, and a shopper's picture is taken from its address at one of `picture_hosts`."""

    kind: Literal["wechat"]
    name: Name
    app_id: str
    app_secret: SecretStr = SecretStr("")
    token: SecretStr
    encoding_aes_key: AesKey | None = None
    mode: Literal["plain", "compatible", "safe"] = "safe"
    mini_program: bool = False
    reply: Literal["service", "passive"] = "service"
    api_base: Url = "https://api.weixin.qq.com"
    tolerance_s: Annotated[int, Field(ge=10, le=3600)] = 300
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 8
    passive_wait_s: Annotated[float, Field(gt=0, lt=5)] = 4.3
    quotas: Quotas = Quotas()
    menu: dict[str, str] = {}
    page_url: str = ""
    window_codes: list[int] = [45015]
    quota_codes: list[int] = [45047]
    token_codes: list[int] = [40001, 40014, 42001]
    busy_codes: list[int] = [-1, 45009, 45011]
    media_codes: list[int] = [40007]
    largest_in: LargestIn = 10 * MEGABYTE
    picture_bytes: Annotated[int, Field(ge=0)] = 10 * MEGABYTE
    voice_bytes: Annotated[int, Field(ge=0)] = 2 * MEGABYTE
    picture_hosts: list[str] = ["mmbiz.qpic.cn"]

    def model_post_init(self, context: Any) -> None:
        if self.mode != "plain" and self.encoding_aes_key is None:
            raise ValueError("encoding_aes_key is missing (or mode: plain)")
        if self.reply == "service" and not self.app_secret.get_secret_value():
            raise ValueError("app_secret is missing (or reply: passive)")


class WecomAccount(Part):
    """微信客服. `secret` is the one of 微信客服, not of an app; `open_kfids` the accounts to answer for."""

    kind: Literal["wecom"]
    name: Name
    corp_id: str
    secret: SecretStr
    token: SecretStr
    encoding_aes_key: AesKey
    open_kfids: Annotated[list[str], Field(min_length=1)]
    api_base: Url = "https://qyapi.weixin.qq.com"
    tolerance_s: Annotated[int, Field(ge=10, le=3600)] = 300
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 8
    poll_s: Annotated[float, Field(ge=1)] = 120
    quotas: Quotas = Quotas()
    page_url: str = ""
    window_codes: list[int] = [95001, 95013]
    quota_codes: list[int] = [95002]
    token_codes: list[int] = [40001, 40014, 42001]
    busy_codes: list[int] = [-1, 45009, 95007]
    media_codes: list[int] = [40007]
    largest_in: LargestIn = 10 * MEGABYTE
    picture_bytes: Annotated[int, Field(ge=0)] = 10 * MEGABYTE
    voice_bytes: Annotated[int, Field(ge=0)] = 2 * MEGABYTE
    file_bytes: Annotated[int, Field(ge=0)] = 20 * MEGABYTE
    state_codes: list[int] = [95016, 95018]
    duplicate_codes: list[int] = []


class Robot(Part):
    """A group robot for alerts to staff. `secret` signs (DingTalk, Feishu); WeCom's robot has none."""

    kind: Literal["dingtalk", "feishu", "wecom"]
    name: Name
    url: SecretStr
    secret: SecretStr = SecretStr("")
    alerts: list[Literal["waiting", "overdue", "rating", "failure"]] = ["waiting", "overdue", "rating", "failure"]
    per_minute: Annotated[int, Field(ge=1, le=60)] = 10


class FeishuBot(Part):
    """An app's bot that staff can ask how the desk stands. `allowed`: open ids or chat ids, empty for whoever can reach
    the bot."""

    kind: Literal["feishu"]
    name: Name
    app_id: str
    app_secret: SecretStr
    verification_token: SecretStr
    encrypt_key: Annotated[SecretStr, Field(min_length=8)]
    allowed: list[str] = []
    api_base: Url = "https://open.feishu.cn"
    tolerance_s: Annotated[int, Field(ge=10, le=3600)] = 300
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 8
    token_codes: list[int] = [99991661, 99991663, 99991668]


class DingtalkBot(Part):
    """The same in DingTalk. `allowed`: staff ids or conversation ids; answers go to addresses
    under `reply_base` only."""

    kind: Literal["dingtalk"]
    name: Name
    app_secret: SecretStr
    allowed: list[str] = []
    reply_base: Url = "https://oapi.dingtalk.com/"
    tolerance_s: Annotated[int, Field(ge=10, le=3600)] = 3600
    timeout_s: Annotated[float, Field(gt=0, le=30)] = 8


StaffBot = Annotated[FeishuBot | DingtalkBot, Field(discriminator="kind")]


class AlertRules(Part):
    """When staff is told. `workspace_url` is where the link in an alert leads."""

    workspace_url: str = ""
    waiting_s: Annotated[int, Field(ge=5)] = 60
    low_score: Annotated[int, Field(ge=1, le=5)] = 2
    group_s: Annotated[float, Field(ge=1)] = 20
    robots: list[Robot] = []
    bots: list[StaffBot] = []


Account = Annotated[WebhookAccount | WechatAccount | WecomAccount, Field(discriminator="kind")]


class ChannelsFile(Part):
    accounts: list[Account] = []
    alerts: AlertRules = AlertRules()

    def model_post_init(self, context: Any) -> None:
        names = [(account.kind, account.name) for account in self.accounts]
        if len(set(names)) < len(names):
            raise ValueError("two accounts of one kind have the same name")
        robots = [robot.name for robot in self.alerts.robots]
        if len(set(robots)) < len(robots):
            raise ValueError("two robots have the same name")
        bots = [(bot.kind, bot.name) for bot in self.alerts.bots]
        if len(set(bots)) < len(bots):
            raise ValueError("two bots of one kind have the same name")


def load(path: Path | None) -> ChannelsFile:
    """Raises ChannelsFileInvalid with every mistake; no file is no channels."""
    if path is None:
        return ChannelsFile()
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ChannelsFileInvalid(f"{path}: {type(error).__name__}") from None
    missing: list[str] = []
    resolved = _resolved(said, missing)
    if missing:
        raise ChannelsFileInvalid(f"{path}: not in the environment: {', '.join(sorted(missing))}")
    try:
        return ChannelsFile.model_validate(resolved)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors(include_input=False)]
        raise ChannelsFileInvalid(f"{path}: " + "; ".join(wrong)) from None


def _resolved(value: Any, missing: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(part, missing) for key, part in value.items()}
    if isinstance(value, list):
        return [_resolved(part, missing) for part in value]
    if isinstance(value, str) and value.startswith("env:"):
        name = value.removeprefix("env:").strip()
        if name not in os.environ:
            missing.append(name)
        return os.environ.get(name, "")
    return value
