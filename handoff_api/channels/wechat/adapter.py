"""One 公众号 or 小程序.

Rule 1. The signature is checked before anything is read; `success` is said as soon as the message is in the record,
        and the answer goes by the customer-service API.
Rule 2. In safe and compatible mode what counts is the encrypted form.
Rule 3. A call seen before is `success` again and changes nothing: its body is not even read.
"""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import structlog
from starlette.responses import Response

from handoff_api.channels import tencent
from handoff_api.channels.accounts import WechatAccount
from handoff_api.channels.downloading import GONE, download
from handoff_api.channels.errors import NotDelivered, NotFetched
from handoff_api.channels.messages import Capabilities, Delivery, Inbound, MediaRef, Outgoing, Sent, Shown
from handoff_api.channels.outgoing_files import OutgoingFiles
from handoff_api.channels.receiving import Accept, Call
from handoff_api.channels.tencent_api import TencentApi, ask, fetched
from handoff_api.channels.tokens import TokenKeeper
from handoff_api.channels.webhook.signing import is_about_now
from handoff_api.channels.wechat.passive import PassiveReplies
from handoff_api.channels.wechat.reading import read
from handoff_api.domain.clock import Clock
from handoff_api.errors import SignatureRefused
from handoff_api.store.connection import Connection
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

TEXT_BYTES = 2048
MENU_ITEMS = 10
TYPING_PAUSE = timedelta(seconds=4)
SUCCESS = "success"
KINDS = {"picture": "image", "voice": "voice"}


class WechatChannel:
    def __init__(
        self,
        account: WechatAccount,
        nonces: Nonces,
        redis: Connection,
        passive: PassiveReplies,
        files: OutgoingFiles,
        clock: Clock,
        *,
        shop_id: str,
    ) -> None:
        self.channel = f"wechat:{account.name}"
        self.is_passive = account.reply == "passive"
        has_menu = not account.mini_program and not self.is_passive
        self.capabilities = Capabilities(
            text_bytes=TEXT_BYTES,
            menu_items=MENU_ITEMS if has_menu else 0,
            merges=True,
            has_quota=not self.is_passive,
            page_url=account.page_url,
            files=_files(account),
        )
        self._account = account
        self._token = account.token.get_secret_value()
        key = account.encoding_aes_key
        self._envelope = tencent.Envelope(key.get_secret_value(), account.app_id) if key else None
        self._nonces = nonces
        self._passive = passive
        self._files = files
        self._clock = clock
        self._http = httpx.AsyncClient(base_url=account.api_base, timeout=account.timeout_s, trust_env=False)
        self._api = TencentApi(self._http, TokenKeeper(redis, shop_id, self.channel, self._fetch_token, clock), account)
        self._typed: dict[str, float] = {}

    async def _fetch_token(self, is_forced: bool) -> tuple[str, float]:
        asked = {
            "grant_type": "client_credential",
            "appid": self._account.app_id,
            "secret": self._account.app_secret.get_secret_value(),
            "force_refresh": is_forced,
        }
        return fetched(await ask(self._http, "POST", "/cgi-bin/stable_token", json=asked))

    # --- in ---------------------------------------------------------------------------------------------------------
    async def receive(self, call: Call, accept: Accept) -> Response:
        now, tolerance = self._clock(), timedelta(seconds=self._account.tolerance_s)
        timestamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        if not tencent.is_signed(call.query.get("signature", ""), self._token, timestamp, nonce):
            raise SignatureRefused
        if not is_about_now(timestamp, tolerance=tolerance, now=now):
            raise SignatureRefused
        if call.method == "GET":
            return Response(call.query.get("echostr", ""), media_type="text/plain")
        seen = f"{timestamp}:{nonce}:{call.query.get('msg_signature', '')}"
        if not self.is_passive and await self._nonces.was_seen(self.channel, seen, now=now):
            return Response(SUCCESS, media_type="text/plain")
        said = tencent.parse(self._opened(call))
        inbound = read(said, self._account, now=now)
        if inbound:
            await accept([inbound])
        await self._nonces.is_new(self.channel, seen, lifetime=2 * tolerance, now=now)
        answer = await self._passive_answer(said, inbound) if self.is_passive and inbound else b""
        return Response(answer, media_type="text/xml") if answer else Response(SUCCESS, media_type="text/plain")

    def _opened(self, call: Call) -> bytes:
        """The message itself, decrypted and checked if this account encrypts."""
        if self._envelope is None or self._account.mode == "plain":
            return call.body
        if call.query.get("encrypt_type") != "aes":
            raise SignatureRefused
        sealed = tencent.parse(call.body).get("Encrypt", "")
        given = call.query.get("msg_signature", "")
        if not tencent.is_signed(given, self._token, call.query["timestamp"], call.query["nonce"], sealed):
            raise SignatureRefused
        return self._envelope.decrypt(sealed)

    async def _passive_answer(self, said: dict[str, str], inbound: Inbound) -> bytes:
        text = await self._passive.answer(self.channel, inbound, wait_s=self._account.passive_wait_s)
        if not text:
            return b""
        now = int(self._clock().timestamp())
        reply = tencent.to_xml(
            {
                "ToUserName": said.get("FromUserName", ""),
                "FromUserName": said.get("ToUserName", ""),
                "CreateTime": now,
                "MsgType": "text",
                "Content": text,
            }
        )
        return self._sealed(reply, now) if self._envelope and self._account.mode == "safe" else reply

    def _sealed(self, reply: bytes, now: int) -> bytes:
        assert self._envelope
        sealed, nonce = self._envelope.encrypt(reply), secrets.token_hex(8)
        signed = tencent.signature(self._token, str(now), nonce, sealed)
        return tencent.to_xml({"Encrypt": sealed, "MsgSignature": signed, "TimeStamp": now, "Nonce": nonce})

    async def fetch(self, media: MediaRef) -> bytes:
        if not self.is_passive:
            return await self._api.download(media.reference, largest=self._account.largest_in)
        address = urlsplit(media.reference)
        if address.scheme not in ("http", "https") or address.hostname not in self._account.picture_hosts:
            raise NotFetched("host", reason="图片地址不可用")
        response = await download(self._http, media.reference, largest=self._account.largest_in)
        if not response.is_success:
            raise NotFetched(str(response.status_code), reason=GONE)
        return response.content

    # --- out --------------------------------------------------------------------------------------------------------
    async def send(self, delivery: Delivery) -> Sent:
        message = delivery.message
        if message.file is None:
            return await self._send(delivery, _content(message))
        kind = KINDS[message.kind]
        return await self._files.send(
            self.channel,
            message.file,
            upload=lambda file: self._api.upload(kind, file),
            send=lambda media_id: self._send(delivery, {"msgtype": kind, kind: {"media_id": media_id}}),
        )

    async def _send(self, delivery: Delivery, content: dict[str, object]) -> Sent:
        said = await self._api.post("/cgi-bin/message/custom/send", {"touser": delivery.user_id, **content})
        return Sent(platform_id=str(said.get("msgid", "")))

    async def typing(self, user_id: str) -> None:
        now = self._clock().timestamp()
        if self.is_passive or now - self._typed.get(user_id, 0.0) < TYPING_PAUSE.total_seconds():
            return
        if len(self._typed) > 10_000:
            self._typed.clear()
        self._typed[user_id] = now
        try:
            await self._api.post("/cgi-bin/message/custom/typing", {"touser": user_id, "command": "Typing"})
        except NotDelivered:
            return

    async def sweep(self) -> None:
        return

    async def close(self) -> None:
        await self._http.aclose()


def _files(account: WechatAccount) -> dict[str, Shown]:
    """A mini-program shows pictures only; who may only reply passively may not upload."""
    if account.reply == "passive":
        return {}
    picture, voice = Shown("picture", account.picture_bytes), Shown("voice", account.voice_bytes)
    pictures = {"image/jpeg": picture, "image/png": picture}
    return pictures if account.mini_program else {**pictures, "audio/amr": voice, "audio/mpeg": voice}


def _content(message: Outgoing) -> dict[str, object]:
    if message.kind == "menu":
        entries = [{"id": item.id, "content": item.title} for item in message.items]
        return {"msgtype": "msgmenu", "msgmenu": {"head_content": message.text, "list": entries, "tail_content": ""}}
    return {"msgtype": "text", "text": {"content": message.text}}
