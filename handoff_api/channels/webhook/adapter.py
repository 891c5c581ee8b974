"""One account of the webhook channel: signed calls in, signed deliveries out."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
import structlog
from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

from handoff_api import lines
from handoff_api.channels.accounts import WebhookAccount
from handoff_api.channels.downloading import GONE, download
from handoff_api.channels.errors import NotFetched, Refused, TryLater
from handoff_api.channels.messages import Capabilities, Delivery, Inbound, MediaRef, OutgoingFile, Sent, Shown
from handoff_api.channels.receiving import Accept, Call
from handoff_api.channels.webhook import signing
from handoff_api.channels.webhook.wire import (
    WebhookAccepted,
    WebhookDelivery,
    WebhookFile,
    WebhookItem,
    WebhookMessage,
    WebhookTyping,
)
from handoff_api.domain.clock import Clock
from handoff_api.errors import Ours, RequestInvalid, SignatureRefused
from handoff_api.services.files import LARGEST
from handoff_api.store.nonces import Nonces

log = structlog.get_logger()

TYPING_TIMEOUT_S = 2.0
FILES = {
    "image/jpeg": Shown("picture", LARGEST),
    "image/png": Shown("picture", LARGEST),
    "audio/amr": Shown("voice", LARGEST),
    "audio/mpeg": Shown("voice", LARGEST),
    "video/mp4": Shown("file", LARGEST),
    "application/pdf": Shown("file", LARGEST),
}
TRY_AGAIN = (408, 425, 429)
LONGEST_WAIT_S = 3600.0


class WebhookChannel:
    is_passive = False

    def __init__(self, account: WebhookAccount, nonces: Nonces, clock: Clock) -> None:
        self.channel = f"webhook:{account.name}"
        self.capabilities = Capabilities(
            text_bytes=account.text_bytes, menu_items=account.menu_items, page_url=account.page_url, files=FILES
        )
        self._account = account
        self._keys = {key_id: key.get_secret_value() for key_id, key in account.keys.items()}
        self._sign_with = account.sign_with or next(iter(self._keys))
        self._nonces = nonces
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=account.timeout_s, trust_env=False, follow_redirects=False)

    # --- in ---------------------------------------------------------------------------------------------------------
    async def receive(self, call: Call, accept: Accept) -> Response:
        now = self._clock()
        tolerance = timedelta(seconds=self._account.tolerance_s)
        if call.method != "POST" or not signing.is_signed(
            call.body, call.headers, self._keys, tolerance=tolerance, now=now
        ):
            raise SignatureRefused
        nonce = call.headers[signing.NONCE.lower()]
        if not await self._nonces.is_new(self.channel, nonce, lifetime=2 * tolerance, now=now):
            raise SignatureRefused
        inbound = self._inbound(call.body, now)
        try:
            [is_new] = await accept([inbound])
        except Ours:
            await self._nonces.forget(self.channel, nonce)
            raise
        return JSONResponse(WebhookAccepted(is_new=is_new).model_dump(), 202)

    def _inbound(self, body: bytes, now: datetime) -> Inbound:
        try:
            said = WebhookMessage.model_validate_json(body)
        except ValidationError:
            raise RequestInvalid from None
        media = self._media(said)
        at = said.sent_at or now
        return Inbound(
            user_id=said.user_id,
            message_id=said.message_id,
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
            kind="text" if media else said.type,
            text=lines.MEDIA[media.kind] if media else said.text,
            media=media,
            item_id=said.item_id,
            identity=said.identity_token,
            entry=said.entry_token,
        )

    def _media(self, said: WebhookMessage) -> MediaRef | None:
        """Only from where the account's file says: the address comes from outside."""
        if said.type not in ("picture", "voice", "video"):
            return None
        base = self._account.media_base
        if not base or not said.media_url.startswith(base) or ".." in unquote(said.media_url):
            raise RequestInvalid
        return MediaRef(kind=said.type, reference=said.media_url, name=said.media_name)

    async def fetch(self, media: MediaRef) -> bytes:
        headers = signing.sign(b"", self._sign_with, self._keys[self._sign_with], now=self._clock())
        response = await download(self._http, media.reference, largest=self._account.largest_in, headers=headers)
        if not response.is_success:
            raise NotFetched(str(response.status_code), reason=GONE)
        return response.content

    # --- out --------------------------------------------------------------------------------------------------------
    async def send(self, delivery: Delivery) -> Sent:
        body = WebhookDelivery(
            delivery_id=delivery.delivery_id,
            user_id=delivery.user_id,
            conversation_id=delivery.conversation_id,
            type=delivery.message.kind,
            text=delivery.message.text,
            items=[WebhookItem(id=item.id, title=item.title) for item in delivery.message.items],
            file=_file(delivery.message.file),
            author=delivery.message.author,
            agent_name=delivery.message.agent_name,
            created_at=delivery.created_at,
        )
        try:
            response = await self._post(body.model_dump_json().encode())
        except httpx.HTTPError as error:
            raise TryLater(type(error).__name__, is_accepted_perhaps=True) from None
        if response.is_success:
            return Sent()
        if response.status_code >= 500 or response.status_code in TRY_AGAIN:
            raise TryLater(str(response.status_code), after_s=_asked_wait(response))
        raise Refused(str(response.status_code))

    async def typing(self, user_id: str) -> None:
        try:
            await self._post(WebhookTyping(user_id=user_id).model_dump_json().encode(), timeout=TYPING_TIMEOUT_S)
        except httpx.HTTPError:
            return

    async def _post(self, body: bytes, timeout: float | None = None) -> httpx.Response:
        headers = signing.sign(body, self._sign_with, self._keys[self._sign_with], now=self._clock())
        return await self._http.post(
            self._account.deliver_url,
            content=body,
            headers={**headers, "Content-Type": "application/json"},
            timeout=timeout or self._account.timeout_s,
        )

    async def sweep(self) -> None:
        return

    async def close(self) -> None:
        await self._http.aclose()


def _file(file: OutgoingFile | None) -> WebhookFile | None:
    return WebhookFile(name=file.name, media_type=file.media_type, size=file.size, url=file.url) if file else None


def _asked_wait(response: httpx.Response) -> float | None:
    said = response.headers.get("retry-after", "")
    return min(float(said), LONGEST_WAIT_S) if said.isascii() and said.isdigit() else None
