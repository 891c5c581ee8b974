"""Rasa's REST channel with the metadata our actions read; for `bench.turns` alone, in stock Rasa."""

from typing import Any

from rasa.core.channels.rest import RestInput
from sanic.request import Request


class RestWithMetadata(RestInput):
    """POST /webhooks/rest/webhook {"sender", "message", "metadata"}."""

    def get_metadata(self, request: Request) -> dict[str, Any] | None:
        return (request.json or {}).get("metadata")
