"""One WeCom company's 微信客服.

Rule 1. The callback is only a doorbell; what it announces is fetched (`fetching.py`).
Rule 2. The bot and our own agents answer in state 1 (the platform's "assistant"); a service that ends is state 4, and
        the code that comes with that step carries the question how it was, beyond the quota.
Rule 3. Every message has an id of ours: sent again, the platform shows it once.
Rule 4. While a colleague serves in WeCom itself (states 2 and 3), nothing is sent: it is held, and agents see why.
"""

from datetime import timedelta
from typing import Any

import httpx
import structlog
from starlette.responses import Response

from handoff_api.channels import tencent
from handoff_api.channels.accounts import WecomAccount
from handoff_api.channels.errors import MayNotSend, Refused
from handoff_api.channels.messages import Capabilities, Delivery, MediaRef, Outgoing, OutgoingFile, Sent, Shown
from handoff_api.channels.outgoing_files import OutgoingFiles
from handoff_api.channels.receiving import Accept, Call
from handoff_api.channels.tencent_api import TencentApi, ask, fetched
from handoff_api.channels.tokens import TokenKeeper
from handoff_api.channels.webhook.signing import is_about_now
from handoff_api.channels.wecom.fetching import Fetching
from handoff_api.channels.wecom.reading import BOT_STATE, ENDED_STATE, POOL_STATE, SERVICER_STATE
from handoff_api.domain.clock import Clock
from handoff_api.errors import SignatureRefused
from handoff_api.record.database import Record
from handoff_api.services.background import Background
from handoff_api.store.connection import Connection

log = structlog.get_logger()

TEXT_BYTES = 2048
MENU_ITEMS = 10
ITEM_BYTES = 128
SUCCESS = "success"
KINDS = {"picture": "image", "voice": "voice", "file": "file"}
SERVED_ELSEWHERE = "会话正由企业微信里的同事接待，结束后顾客再来消息时会自动补发。"


class WecomChannel:
    is_passive = False

    def __init__(
        self,
        account: WecomAccount,
        redis: Connection,
        record: Record,
        files: OutgoingFiles,
        background: Background,
        clock: Clock,
        *,
        shop_id: str,
    ) -> None:
        self.channel = f"wecom:{account.name}"
        self.capabilities = Capabilities(
            text_bytes=TEXT_BYTES,
            menu_items=MENU_ITEMS,
            item_bytes=ITEM_BYTES,
            merges=True,
            has_quota=True,
            page_url=account.page_url,
            files=_files(account),
        )
        self._account = account
        self._token = account.token.get_secret_value()
        self._envelope = tencent.Envelope(account.encoding_aes_key.get_secret_value(), account.corp_id)
        self._files = files
        self._clock = clock
        self._http = httpx.AsyncClient(base_url=account.api_base, timeout=account.timeout_s, trust_env=False)
        self._api = TencentApi(self._http, TokenKeeper(redis, shop_id, self.channel, self._fetch_token, clock), account)
        self.fetching = Fetching(account, self.channel, self._api, record, background, clock)

    async def _fetch_token(self, is_forced: bool) -> tuple[str, float]:
        """WeCom gives the same token while it is valid; there is nothing to force."""
        asked = {"corpid": self._account.corp_id, "corpsecret": self._account.secret.get_secret_value()}
        return fetched(await ask(self._http, "GET", "/cgi-bin/gettoken", params=asked))

    # --- in ---------------------------------------------------------------------------------------------------------
    async def receive(self, call: Call, accept: Accept) -> Response:
        timestamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        tolerance = timedelta(seconds=self._account.tolerance_s)
        if not is_about_now(timestamp, tolerance=tolerance, now=self._clock()):
            raise SignatureRefused
        is_check = call.method == "GET"
        sealed = call.query.get("echostr", "") if is_check else tencent.parse(call.body).get("Encrypt", "")
        if not tencent.is_signed(call.query.get("msg_signature", ""), self._token, timestamp, nonce, sealed):
            raise SignatureRefused
        opened = self._envelope.decrypt(sealed)
        if is_check:
            return Response(opened, media_type="text/plain")
        said = tencent.parse(opened)
        if said.get("Event") == "kf_msg_or_event" and said.get("OpenKfId") in self._account.open_kfids:
            await self.fetching.ring(said["OpenKfId"], said.get("Token", ""))
        return Response(SUCCESS, media_type="text/plain")

    async def fetch(self, media: MediaRef) -> bytes:
        return await self._api.download(media.reference, largest=self._account.largest_in)

    # --- out --------------------------------------------------------------------------------------------------------
    async def send(self, delivery: Delivery) -> Sent:
        if delivery.message.file:
            return await self._send_file(delivery, delivery.message.file)
        code = str(delivery.context.get("welcome_code", ""))
        if code and self._clock().timestamp() < float(delivery.context.get("welcome_until", 0)):
            return await self._send_on_event(delivery, code, {"welcome_code": ""})
        if delivery.message.ends_service:
            return await self._end(delivery)
        return await self._send(delivery, _content(delivery.message))

    async def _send_file(self, delivery: Delivery, file: OutgoingFile) -> Sent:
        """The codes that go beyond the quota carry words and menus only."""
        kind = KINDS[delivery.message.kind]
        return await self._files.send(
            self.channel,
            file,
            upload=lambda content: self._api.upload(kind, content),
            send=lambda media_id: self._send(delivery, {"msgtype": kind, kind: {"media_id": media_id}}),
        )

    async def _send(self, delivery: Delivery, content: dict[str, object]) -> Sent:
        if delivery.context.get("kf_state") != BOT_STATE:
            await self._move(delivery, BOT_STATE)
        body = {**_whom(delivery), "msgid": delivery.delivery_id, **content}
        fine = (*self._account.state_codes, *self._account.duplicate_codes)
        said = await self._api.post("/cgi-bin/kf/send_msg", body, fine=fine)
        if said.get("errcode", 0) in self._account.state_codes:
            await self._require_ours(delivery)
            said = await self._api.post("/cgi-bin/kf/send_msg", body, fine=self._account.duplicate_codes)
        return Sent(platform_id=str(said.get("msgid", "")), context={"kf_state": BOT_STATE})

    async def _require_ours(self, delivery: Delivery) -> None:
        """Take the session back from "new" or "ended"; leave it with a colleague."""
        said = await self._api.post("/cgi-bin/kf/service_state/get", _session(delivery))
        if said.get("service_state") in (POOL_STATE, SERVICER_STATE):
            raise MayNotSend("served elsewhere", reason=SERVED_ELSEWHERE)
        await self._move(delivery, BOT_STATE)

    async def _end(self, delivery: Delivery) -> Sent:
        """Closed at the platform, too; its code carries the last message."""
        said = await self._move(delivery, ENDED_STATE)
        code = str(said.get("msg_code", ""))
        if not code:
            raise Refused("no code", reason="会话已在平台结束，评价邀请没有送达。")
        return await self._send_on_event(delivery, code, {"kf_state": ENDED_STATE})

    async def _move(self, delivery: Delivery, state: int) -> dict[str, Any]:
        """A step the platform does not allow now is no failure: sending says what is wrong."""
        body = {**_session(delivery), "service_state": state}
        return await self._api.post("/cgi-bin/kf/service_state/trans", body, fine=self._account.state_codes)

    async def _send_on_event(self, delivery: Delivery, code: str, context: dict[str, Any]) -> Sent:
        body = {"code": code, "msgid": delivery.delivery_id, **_content(delivery.message)}
        said = await self._api.post("/cgi-bin/kf/send_msg_on_event", body)
        return Sent(platform_id=str(said.get("msgid", "")), context=context, costs_nothing=True)

    async def typing(self, user_id: str) -> None:
        return  # the platform shows none

    async def sweep(self) -> None:
        await self.fetching.sweep()

    async def close(self) -> None:
        await self._http.aclose()


def _files(account: WecomAccount) -> dict[str, Shown]:
    picture, file = Shown("picture", account.picture_bytes), Shown("file", account.file_bytes)
    voice = Shown("voice", account.voice_bytes)
    return {
        "image/jpeg": picture,
        "image/png": picture,
        "audio/amr": voice,
        "audio/mpeg": file,
        "video/mp4": file,
        "application/pdf": file,
    }


def _whom(delivery: Delivery) -> dict[str, str]:
    return {"touser": delivery.user_id, "open_kfid": str(delivery.context.get("open_kfid", ""))}


def _session(delivery: Delivery) -> dict[str, Any]:
    return {"open_kfid": delivery.context.get("open_kfid", ""), "external_userid": delivery.user_id}


def _content(message: Outgoing) -> dict[str, object]:
    if message.kind == "menu":
        entries = [{"type": "click", "click": {"id": item.id, "content": item.title}} for item in message.items]
        return {"msgtype": "msgmenu", "msgmenu": {"head_content": message.text, "list": entries}}
    return {"msgtype": "text", "text": {"content": message.text}}
