"""The webhook channel as an OpenAPI document: the call your app makes, and the one it gets."""

from typing import Any

from fastapi import FastAPI, Header

from contracts.wire import ErrorBody
from handoff_api.channels.webhook.wire import WebhookAccepted, WebhookDelivery, WebhookMessage, WebhookTyping

DESCRIPTION = """Every call, in both directions, the fetching of a shopper's file among them, carries four headers:
`X-Shouhou-Timestamp` (Unix seconds, at most five minutes off), `X-Shouhou-Nonce` (8 to 64 characters, once),
`X-Shouhou-Key` (the key's id) and `X-Shouhou-Signature` = hex HMAC-SHA256 under that key over
`<timestamp>.<nonce>.<body>`."""
REFUSED: dict[int | str, dict[str, Any]] = {
    403: {"model": ErrorBody, "description": "Signature, time, key or nonce: `signature_refused`."},
    404: {"model": ErrorBody, "description": "No such account: `channel_unknown`."},
    413: {"model": ErrorBody, "description": "More than 64 KiB: `body_too_large`."},
    422: {"model": ErrorBody, "description": "The body has another shape: `request_invalid`. Do not repeat it."},
    503: {"model": ErrorBody, "description": "Not kept: sign it anew and send it again."},
}


def document() -> dict[str, Any]:
    app = FastAPI(title="Shouhou webhook channel", version="1", description=DESCRIPTION)

    @app.post("/channels/webhook/{name}", status_code=202, responses=REFUSED, summary="What a shopper did in your app")
    def receive(
        name: str,
        message: WebhookMessage,
        x_shouhou_timestamp: str = Header(),
        x_shouhou_nonce: str = Header(),
        x_shouhou_key: str = Header(),
        x_shouhou_signature: str = Header(),
    ) -> WebhookAccepted:
        """Kept when this is answered. The same `message_id` again is answered the same and changes nothing."""
        raise NotImplementedError

    @app.webhooks.post("deliver", summary="What your app shows")
    def deliver(
        delivery: WebhookDelivery | WebhookTyping,
        x_shouhou_timestamp: str = Header(),
        x_shouhou_nonce: str = Header(),
        x_shouhou_key: str = Header(),
        x_shouhou_signature: str = Header(),
    ) -> None:
        """Sent to `deliver_url`. 2xx: it is shown. 5xx, 408, 425, 429 or no answer: the same `delivery_id` again,
        later and later, for some hours. Anything else: never again, and an agent sees that it failed."""
        raise NotImplementedError

    return app.openapi()
