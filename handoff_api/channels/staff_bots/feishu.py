"""A Feishu app's bot: event callback, version 2, always encrypted.

Rule 1. The signature is checked before the body is opened. Only the check of the address is unsigned: its token counts.
Rule 2. Feishu repeats an event for hours until it is answered with 200: an event id counts once.
Rule 3. The answer is sent after the callback was acknowledged, under the event's id: twice is once.
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import structlog
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from starlette.responses import JSONResponse, Response

from handoff_api.channels.accounts import FeishuBot
from handoff_api.channels.errors import NotDelivered, TryLater
from handoff_api.channels.receiving import Accept, Call
from handoff_api.channels.staff_bots.standing import Desk
from handoff_api.channels.tencent_api import ask
from handoff_api.channels.tokens import TokenKeeper
from handoff_api.channels.webhook.signing import is_about_now
from handoff_api.domain.clock import Clock
from handoff_api.errors import RequestInvalid, SignatureRefused
from handoff_api.services.background import Background
from handoff_api.store.connection import Connection
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

BLOCK = 16
REPEATED_FOR = timedelta(hours=8)
"""The last repetition comes about seven hours after the first call."""
MESSAGE = "im.message.receive_v1"
DONE = {"msg": "success"}


class FeishuStaffBot:
    def __init__(
        self,
        bot: FeishuBot,
        desk: Desk,
        nonces: Nonces,
        redis: Connection,
        background: Background,
        clock: Clock,
        *,
        shop_id: str,
    ) -> None:
        self.channel = f"feishu:{bot.name}"
        self._bot = bot
        self._key = bot.encrypt_key.get_secret_value()
        self._desk = desk
        self._nonces = nonces
        self._background = background
        self._clock = clock
        self._http = httpx.AsyncClient(base_url=bot.api_base, timeout=bot.timeout_s, trust_env=False)
        self._tokens = TokenKeeper(redis, shop_id, self.channel, self._fetch_token, clock)

    # --- in ---------------------------------------------------------------------------------------------------------
    async def receive(self, call: Call, accept: Accept) -> Response:
        is_genuine = self._is_signed(call)
        if not is_genuine and "x-lark-signature" in call.headers:
            raise SignatureRefused
        said = self._opened(call.body)
        token = said.get("header", said).get("token", "")
        if not hmac.compare_digest(str(token).encode(), self._bot.verification_token.get_secret_value().encode()):
            raise SignatureRefused
        if said.get("type") == "url_verification":
            return JSONResponse({"challenge": said.get("challenge", "")})
        if not is_genuine:
            raise SignatureRefused
        header = said.get("header", {})
        event_id = str(header.get("event_id", ""))
        now = self._clock()
        if await self._nonces.is_new(self.channel, event_id, lifetime=REPEATED_FOR, now=now):
            self._obey(header, said.get("event", {}), event_id)
        return JSONResponse(DONE)

    def _is_signed(self, call: Call) -> bool:
        """hex SHA-256 of time, nonce, key and the body as it came."""
        timestamp = call.headers.get("x-lark-request-timestamp", "")
        made = f"{timestamp}{call.headers.get('x-lark-request-nonce', '')}{self._key}".encode() + call.body
        given = call.headers.get("x-lark-signature", "")
        tolerance = timedelta(seconds=self._bot.tolerance_s)
        is_same = given.isascii() and hmac.compare_digest(given, hashlib.sha256(made).hexdigest())
        return is_same and is_about_now(timestamp, tolerance=tolerance, now=self._clock())

    def _opened(self, body: bytes) -> dict[str, Any]:
        """The check of the address comes in the open when the app has no encrypt key yet; nothing else does."""
        said = _object(body)
        if "encrypt" not in said:
            if said.get("type") != "url_verification":
                raise SignatureRefused
            return said
        return _object(decrypt(str(said["encrypt"]), self._key))

    def _obey(self, header: dict[str, Any], event: dict[str, Any], event_id: str) -> None:
        message, sender = event.get("message", {}), event.get("sender", {})
        who = (sender.get("sender_id", {}).get("open_id", ""), message.get("chat_id", ""))
        is_asked = header.get("event_type") == MESSAGE and sender.get("sender_type") == "user"
        if is_asked and (not self._bot.allowed or set(who) & set(self._bot.allowed)):
            self._background.start(self._answer(str(message.get("message_id", "")), event_id), "staff_bot")

    # --- out --------------------------------------------------------------------------------------------------------
    async def _answer(self, message_id: str, event_id: str) -> None:
        text = json.dumps({"text": await self._desk.in_words()}, ensure_ascii=False)
        body = {"msg_type": "text", "content": text, "uuid": event_id[:50]}
        try:
            said = await self._reply(message_id, body)
        except NotDelivered as error:
            log.warning("staff_bot.not_answered", channel=self.channel, code=error.detail)
            return
        if said.get("code") != 0:
            log.warning("staff_bot.not_answered", channel=self.channel, code=said.get("code"))

    async def _reply(self, message_id: str, body: dict[str, Any]) -> dict[str, Any]:
        token = await self._tokens.get()
        said = await self._post(message_id, body, token)
        if said.get("code") in self._bot.token_codes:
            said = await self._post(message_id, body, await self._tokens.renew(token))
        return said

    async def _post(self, message_id: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        path = f"/open-apis/im/v1/messages/{message_id}/reply"
        return await ask(self._http, "POST", path, json=body, headers={"Authorization": f"Bearer {token}"})

    async def _fetch_token(self, is_forced: bool) -> tuple[str, float]:
        """Feishu gives a new token by itself when the old one has less than half an hour; nothing forces it."""
        asked = {"app_id": self._bot.app_id, "app_secret": self._bot.app_secret.get_secret_value()}
        said = await ask(self._http, "POST", "/open-apis/auth/v3/tenant_access_token/internal", json=asked)
        if said.get("code") != 0:
            raise TryLater(f"token {said.get('code')}")
        return str(said["tenant_access_token"]), float(said.get("expire", 7200))

    async def close(self) -> None:
        await self._http.aclose()


def decrypt(encrypted: str, key: str) -> bytes:
    """AES-256-CBC under the key's SHA-256, the first block is the IV. SignatureRefused for anything else."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = Cipher(AES(hashlib.sha256(key.encode()).digest()), CBC(sealed[:BLOCK])).decryptor()
        padded = decryptor.update(sealed[BLOCK:]) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise SignatureRefused from None
    fill = padded[-1] if padded else 0
    if not 1 <= fill <= BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise SignatureRefused
    return padded[:-fill]


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise RequestInvalid from None
    if not isinstance(said, dict) or not isinstance(said.get("header", {}), dict):
        raise RequestInvalid
    return said
