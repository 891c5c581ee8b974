"""A DingTalk app's bot in HTTP mode.

Rule 1. The headers are signed, the body is not: only a message's own fields decide what is answered, and the answer
        goes to DingTalk's address alone, whatever address the body names.
Rule 2. A message id counts once.
"""

import hmac
from datetime import timedelta
from typing import Any

import httpx
import structlog
from starlette.responses import JSONResponse, Response

from handoff_api.channels import tencent
from handoff_api.channels.accounts import DingtalkBot
from handoff_api.channels.alerts.robots import dingtalk_sign, is_taken
from handoff_api.channels.receiving import Accept, Call
from handoff_api.channels.staff_bots.standing import Desk
from handoff_api.domain.clock import Clock
from handoff_api.errors import RequestInvalid, SignatureRefused
from handoff_api.services.background import Background
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

MOST_DIGITS = 15


class DingtalkStaffBot:
    def __init__(self, bot: DingtalkBot, desk: Desk, nonces: Nonces, background: Background, clock: Clock) -> None:
        self.channel = f"dingtalk:{bot.name}"
        self._bot = bot
        self._desk = desk
        self._nonces = nonces
        self._background = background
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=bot.timeout_s, trust_env=False, follow_redirects=False)

    async def receive(self, call: Call, accept: Accept) -> Response:
        if not self._is_signed(call):
            raise SignatureRefused
        said = tencent.parse(call.body)
        address = said.get("sessionWebhook", "")
        if not said.get("msgId") or not address.startswith(self._bot.reply_base):
            raise RequestInvalid
        lifetime = 2 * timedelta(seconds=self._bot.tolerance_s)
        is_new = await self._nonces.is_new(self.channel, said["msgId"], lifetime=lifetime, now=self._clock())
        who = {said.get("senderStaffId", ""), said.get("conversationId", "")}
        if is_new and (not self._bot.allowed or who & set(self._bot.allowed)):
            self._background.start(self._answer(address), "staff_bot")
        return JSONResponse({})

    def _is_signed(self, call: Call) -> bool:
        """base64 HMAC-SHA256 of the time in milliseconds, at most an hour off."""
        timestamp = call.headers.get("timestamp", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= MOST_DIGITS):
            return False
        if abs(self._clock().timestamp() - int(timestamp) / 1000) > self._bot.tolerance_s:
            return False
        wanted = dingtalk_sign(timestamp, self._bot.app_secret.get_secret_value())
        return hmac.compare_digest(call.headers.get("sign", "").encode(), wanted.encode())

    async def _answer(self, address: str) -> None:
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": await self._desk.in_words()}}
        try:
            said: Any = (await self._http.post(address, json=body)).json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("staff_bot.not_answered", channel=self.channel, error=type(error).__name__)
            return
        if not is_taken(said):
            log.warning("staff_bot.not_answered", channel=self.channel)

    async def close(self) -> None:
        await self._http.aclose()
