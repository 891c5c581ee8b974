"""The bot's own channel over HTTP. Several Rasa servers may share the work; a service session stays with one."""

import hashlib
from datetime import timedelta
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from contracts.bot_output import BotMessage
from contracts.events import ExplainedReading, Reading
from handoff_api.clients.http import ask
from handoff_api.errors import BotUnavailable


def _known_to(model: type[BaseModel]) -> BeforeValidator:
    """The bot may know more about a message than we have words for."""

    def known(reading: Any) -> Any:
        if not isinstance(reading, dict):
            return reading
        return {name: value for name, value in reading.items() if name in model.model_fields}

    return BeforeValidator(known)


LenientReading = Annotated[Reading, _known_to(Reading)]
_reading: TypeAdapter[Reading] = TypeAdapter(LenientReading)
_explained: TypeAdapter[ExplainedReading] = TypeAdapter(Annotated[ExplainedReading, _known_to(ExplainedReading)])


class BotAnswer(BaseModel):
    """What the bot made of a turn. `events` are the tracker's, kept to rebuild it elsewhere."""

    model_config = ConfigDict(extra="ignore")

    messages: list[BotMessage]
    events: list[dict[str, Any]] = []
    slots: dict[str, Any] = {}
    reading: LenientReading | None = None


class HistoryNeeded(Exception):
    """The bot knows fewer turns of this session than the record: send them along."""


class BotClient:
    def __init__(self, urls: list[str], token: str, *, timeout: timedelta, parse_timeout: timedelta) -> None:
        self._urls = urls
        self._parse_timeout_s = parse_timeout.total_seconds()
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=timeout.total_seconds(), trust_env=False
        )

    def _url_for(self, session_id: str) -> str:
        """Rendezvous hashing: a server that comes or goes moves only its own sessions."""
        return max(self._urls, key=lambda url: hashlib.sha256(f"{url}|{session_id}".encode()).digest())

    async def turn(self, request: dict[str, Any]) -> BotAnswer:
        """Raises HistoryNeeded (send again with it) or BotUnavailable. The same turn_id gives the same answer."""
        url = f"{self._url_for(request['sender_id'])}/webhooks/bridge/turn"
        response = await ask(self._http, "POST", url, json=request, down=BotUnavailable, accepted=(200, 409))
        if response.status_code == 409:
            raise HistoryNeeded
        try:
            return BotAnswer.model_validate_json(response.content)
        except ValidationError as error:
            raise BotUnavailable from error

    async def parse(self, session_id: str, text: str) -> Reading:
        return await self._read(session_id, {"text": text}, _reading)

    async def explain(self, session_id: str, text: str) -> ExplainedReading:
        """Read anew, by the model of now, with the reasons."""
        return await self._read(session_id, {"text": text, "explain": True}, _explained)

    async def _read[T](self, session_id: str, wish: dict[str, Any], form: TypeAdapter[T]) -> T:
        url = f"{self._url_for(session_id)}/webhooks/bridge/parse"
        response = await ask(self._http, "POST", url, json=wish, down=BotUnavailable, timeout=self._parse_timeout_s)
        try:
            return form.validate_json(response.content)
        except ValidationError as error:
            raise BotUnavailable from error

    async def is_up(self) -> bool:
        try:
            for url in self._urls:
                await ask(self._http, "GET", f"{url}/webhooks/bridge/", down=BotUnavailable, timeout=2)
        except BotUnavailable:
            return False
        return True

    async def close(self) -> None:
        await self._http.aclose()
