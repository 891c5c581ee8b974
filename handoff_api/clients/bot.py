"""The bot's own channel over HTTP. Several Rasa servers may share the work; a service session stays with one."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import aiohttp
from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel, ValidationError

from contracts.bot_output import BotMessage
from contracts.events import ExplainedReading, Reading
from handoff_api.errors import BotUnavailable
from handoff_api.gatherer import Gatherer


def _known_to(model: type[BaseModel]) -> BeforeValidator:
    """The bot may know more about a message than we have words for."""

    def known(reading: Any) -> Any:
        if not isinstance(reading, dict):
            return reading
        return {name: value for name, value in reading.items() if name in model.model_fields}

    return BeforeValidator(known)


LenientReading = Annotated[Reading, _known_to(Reading)]
MOST_TEXTS, APART_S = 16, 0.03
"""Read in one call: more would keep the bot from answering somebody meanwhile. Where many come the calls are that far
apart: most readings are waited for by nobody."""


class BotAnswer(BaseModel):
    """What the bot made of a turn. `events` are the tracker's, kept to rebuild it elsewhere."""

    model_config = ConfigDict(extra="ignore")

    messages: list[BotMessage]
    events: list[dict[str, Any]] = []
    slots: dict[str, Any] = {}
    reading: LenientReading | None = None


class _Explained(RootModel[Annotated[ExplainedReading, _known_to(ExplainedReading)]]):
    pass


class _Readings(BaseModel):
    readings: list[LenientReading]


class HistoryNeeded(Exception):
    """The bot knows fewer turns of this session than the record: send them along."""


class BotClient:
    """On aiohttp, as a call of httpx takes three times the processor, and every message makes one."""

    def __init__(self, urls: list[str], token: str, *, timeout: timedelta, parse_timeout: timedelta) -> None:
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())
        self._parse_timeout = aiohttp.ClientTimeout(total=parse_timeout.total_seconds())
        self._kept: aiohttp.ClientSession | None = None
        self._readers = {url: self._reader(url) for url in urls}

    @property
    def _session(self) -> aiohttp.ClientSession:
        """Made when it is first needed: it belongs to the loop that runs then."""
        if self._kept is None:
            connector = aiohttp.TCPConnector(limit=0)  # who waits for a connection would lose the bot's time
            self._kept = aiohttp.ClientSession(headers=self._headers, connector=connector)
        return self._kept

    def _url_for(self, session_id: str) -> str:
        """Rendezvous hashing: a server that comes or goes moves only its own sessions."""
        return max(self._urls, key=lambda url: hashlib.sha256(f"{url}|{session_id}".encode()).digest())

    async def turn(self, request: dict[str, Any]) -> BotAnswer:
        """Raises HistoryNeeded (send again with it) or BotUnavailable. The same turn_id gives the same answer."""
        url = f"{self._url_for(request['sender_id'])}/webhooks/bridge/turn"
        status, body = await self._ask("POST", url, self._timeout, json=request, accepted=(200, 409))
        if status == 409:
            raise HistoryNeeded
        try:
            return BotAnswer.model_validate_json(body)
        except ValidationError as error:
            raise BotUnavailable from error

    def _reader(self, url: str) -> Gatherer[str, Reading]:
        """What is to be read at the same moment goes in one call."""

        async def read(texts: Sequence[str]) -> Sequence[Reading]:
            found = (await self._read(url, {"texts": list(texts)}, _Readings)).readings
            if len(found) != len(texts):
                raise BotUnavailable
            return found

        return Gatherer(read, largest=MOST_TEXTS, apart_s=APART_S)

    async def parse(self, session_id: str, text: str) -> Reading:
        return await self._readers[self._url_for(session_id)].do(text)

    async def explain(self, session_id: str, text: str) -> ExplainedReading:
        """Read anew, by the model of now, with the reasons."""
        wish = {"text": text, "explain": True}
        return (await self._read(self._url_for(session_id), wish, _Explained)).root

    async def _read[T: BaseModel](self, url: str, wish: dict[str, Any], form: type[T]) -> T:
        _, body = await self._ask("POST", f"{url}/webhooks/bridge/parse", self._parse_timeout, json=wish)
        try:
            return form.model_validate_json(body)
        except ValidationError as error:
            raise BotUnavailable from error

    async def is_up(self) -> bool:
        try:
            for url in self._urls:
                await self._ask("GET", f"{url}/webhooks/bridge/", aiohttp.ClientTimeout(total=2))
        except BotUnavailable:
            return False
        return True

    async def _ask(
        self,
        method: str,
        url: str,
        timeout: aiohttp.ClientTimeout,
        *,
        json: Any = None,
        accepted: tuple[int, ...] = (200,),
    ) -> tuple[int, bytes]:
        """Status and body; any failure, a timeout included, is BotUnavailable."""
        try:
            async with self._session.request(method, url, json=json, timeout=timeout) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BotUnavailable from error
        if response.status not in accepted:
            raise BotUnavailable
        return response.status, body

    async def close(self) -> None:
        if self._kept:
            await self._kept.close()
