"""The bridge's way into the bot: one turn at a time, answered with what was said and what was remembered.

Routes, all with `Authorization: Bearer <token>`:
- `POST turn`  a shopper's turn → messages, new tracker events, slots, reading
- `POST parse` `texts` → their `readings`, without a conversation; or a `text` with `"explain": true` → its reading and
  what spoke for it
- `GET  ` ready?

A turn is known by its `turn_id`: asked again, the first answer is given again. The caller says how many turns it has
on record (`history_turns`); where that is not what this process remembers it gets 409 `history_needed` and sends
the events along. Errors have the one shape of all our services.
"""

import asyncio
import hmac
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.constants import SESSION_START_METADATA_SLOT
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.components import EXPLANATION, is_explained
from bot.extensions.quick_rasa import spare_the_collector
from bot.extensions.strict_processor import StrictProcessor
from bot.extensions.tracker_memory import TrackerMemory
from bot.language.reading import reading_of

logger = logging.getLogger(__name__)

MAX_TEXT = 4000
MOST_TEXTS = 64  # read in one call
LARGEST_BODY = 16 * 1024 * 1024  # a year of one shopper's turns; Sanic would read 100 MB
REMEMBERED = 5000  # conversations whose last answer is kept; as many as TrackerMemory holds


class Refused(Exception):
    """A request that cannot be served as it is: status, code and a sentence for the caller's log."""

    def __init__(self, status: int, code: Text, message: Text) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "reference": None}}


class Doors(Blueprint):
    """The channel's routes, and a house without other doors: whatever else Rasa's server answers (`GET /` says hello
    and its version) is 404, and Sanic's own refusals have our shape."""

    def register(self, app: Sanic, options: Dict[Text, Any]) -> None:
        super().register(app, options)
        app.config.REQUEST_MAX_SIZE = LARGEST_BODY
        app.error_handler.add(SanicException, _of_sanic)
        under = str(options.get("url_prefix") or "/")

        async def only_ours(request: Request) -> Optional[HTTPResponse]:
            is_ours = request.path.startswith(under)
            return None if is_ours else _of_sanic(request, SanicException("", status_code=404))

        app.register_middleware(only_ours, "request")
        app.register_listener(_loaded, "after_server_start")


async def _loaded(app: Sanic, loop: Any) -> None:
    """Rasa loads the model before the server starts."""
    spare_the_collector()


OF_SANIC = {
    404: ("not_found", "There is no such address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("body_too_large", "The body is too large."),
}


def _of_sanic(request: Request, error: SanicException) -> HTTPResponse:
    status = getattr(error, "status_code", 500)
    code, message = OF_SANIC.get(status, ("http_error", "The request could not be understood."))
    return response.json(Refused(status, code, message).body, status=status)


class Answer(OutputChannel):
    """Collects what the bot says, one entry per response: the text and its `custom` stay together."""

    def __init__(self) -> None:
        self.messages: List[Dict[Text, Any]] = []

    @classmethod
    def name(cls) -> Text:
        return "bridge"

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        text, custom = message.get("text") or "", message.get("custom") or {}
        if text or custom:
            self.messages.append({"text": text, "custom": custom})


@dataclass
class Memory:
    """What this process knows of a conversation beside its tracker."""

    turns: int = 0
    last_turn_id: Text = ""
    last_answer: Dict[Text, Any] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


def neutral(text: Text) -> Text:
    """`text` as Rasa may see it: a leading slash would be a command, so it becomes a full-width one."""
    text = text[:MAX_TEXT].strip()
    return "／" + text[1:] if text.startswith("/") else text


def as_parse_data(reading: Dict[Text, Any]) -> Dict[Text, Any]:
    """The reading a pressed button stands for, in the form of Rasa's own parse."""
    intent = {"name": reading["intent"], "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "choice", "confidence_entity": 1.0}
        for name, value in (reading.get("entities") or {}).items()
    ]
    text = neutral(reading.get("title") or reading["intent"])
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}


class BridgeInput(InputChannel):
    """Rasa's input channel for the bridge; configured in `bot/credentials.yml` with `token`."""

    def __init__(self, token: Text) -> None:
        if len(token) < 16:
            raise ValueError("BOT_TOKEN must have at least 16 characters (see .env or `make run`)")
        self._token = token.encode()
        self._memories: "OrderedDict[Text, Memory]" = OrderedDict()

    @classmethod
    def name(cls) -> Text:
        return "bridge"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "BridgeInput":
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Doors("bridge")
        routes.add_route(self._guarded(self._ready), "/", methods=["GET"], name="ready")
        routes.add_route(self._guarded(self._turn), "/turn", methods=["POST"], name="turn")
        routes.add_route(self._guarded(self._parse), "/parse", methods=["POST"], name="parse")
        return routes

    def _guarded(
        self, serve: Callable[[Request], Awaitable[Dict[Text, Any]]]
    ) -> Callable[[Request], Awaitable[HTTPResponse]]:
        async def guarded(request: Request) -> HTTPResponse:
            try:
                self._authorise(request)
                return response.json(await serve(request))
            except Refused as refusal:
                return response.json(refusal.body, status=refusal.status)
            except Exception:  # the process edge: whatever went wrong inside is one answer outside
                logger.exception("bot.request_failed")
                refusal = Refused(503, "bot_failed", "The bot could not serve this; its log says why.")
                return response.json(refusal.body, status=refusal.status)

        return guarded

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, b"Bearer " + self._token):
            raise Refused(401, "token_refused", "The bot's token is missing or wrong.")

    @staticmethod
    def _processor(request: Request) -> StrictProcessor:
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            raise Refused(503, "bot_not_ready", "No model is loaded yet.")
        return StrictProcessor(agent.processor)

    async def _ready(self, request: Request) -> Dict[Text, Any]:
        """A store Rasa could not find (it takes its own instead and says so in the log only) is no way to start."""
        processor = self._processor(request)
        _store(processor)
        return {"ready": True, "model": processor.model_metadata.model_id}

    async def _parse(self, request: Request) -> Dict[Text, Any]:
        if "texts" not in _body(request):
            return await self._read(request, _field(request, "text", str))
        texts = _field(request, "texts", list)
        _require(len(texts) <= MOST_TEXTS and all(isinstance(text, str) for text in texts), "texts")
        readings = []
        for text in texts:
            readings.append(await self._read(request, text))
            await asyncio.sleep(0)  # a turn may go in between
        return {"readings": readings}

    async def _read(self, request: Request, text: Text) -> Dict[Text, Any]:
        before = is_explained.set(_body(request).get("explain") is True)
        try:
            message = UserMessage(neutral(text))
            parsed = await self._processor(request).parse_message(message, only_output_properties=True)
        finally:
            is_explained.reset(before)
        return {**reading_of(parsed), **(parsed.get(EXPLANATION) or {})}

    async def _turn(self, request: Request) -> Dict[Text, Any]:
        processor = self._processor(request)
        sender_id, turn_id = _field(request, "sender_id", str), _field(request, "turn_id", str)
        if not sender_id or not turn_id:
            raise Refused(400, "field_missing", "sender_id and turn_id must not be empty.")
        memory = self._memory(sender_id)
        async with memory.lock:
            if memory.last_turn_id == turn_id:
                return memory.last_answer
            await self._recall(request, processor, sender_id, memory)
            answer = await self._answer(request, processor, sender_id, memory)
            memory.turns += 1
            memory.last_turn_id, memory.last_answer = turn_id, answer
            return answer

    def _memory(self, sender_id: Text) -> Memory:
        memory = self._memories.setdefault(sender_id, Memory())
        self._memories.move_to_end(sender_id)
        while len(self._memories) > REMEMBERED:
            self._memories.popitem(last=False)
        return memory

    @staticmethod
    async def _recall(request: Request, processor: StrictProcessor, sender_id: Text, memory: Memory) -> None:
        """Make this process remember exactly the turns the bridge has on record, or ask for them."""
        store, wanted, history = _store(processor), _field(request, "history_turns", int), _body(request).get("history")
        if history is not None:
            _require(isinstance(history, list) and all(map(_is_event, history)), "history")
            store.forget(sender_id)
            memory.turns = -1
            await _refill(store, sender_id, history)
            memory.turns = wanted
            return
        if memory.turns != wanted or (wanted and await store.retrieve(sender_id) is None):
            raise Refused(409, "history_needed", "Send the events of the turns on record along.")

    async def _answer(
        self, request: Request, processor: StrictProcessor, sender_id: Text, memory: Memory
    ) -> Dict[Text, Any]:
        store, output = _store(processor), Answer()
        message = self._message(request, sender_id, output)
        before = len(_events(await store.retrieve(sender_id)))
        try:
            await processor.handle_message(message)
        except Exception:
            # Half a turn must not stay: the bridge will send the whole history with its next try.
            store.forget(sender_id)
            memory.turns = -1
            raise
        tracker = await store.retrieve(sender_id)
        events = _events(tracker)[before:]
        parsed = tracker.latest_message.parse_data if tracker and tracker.latest_message else {}
        slots = {
            name: value
            for name, value in tracker.current_slot_values().items()
            if value not in (None, []) and name != SESSION_START_METADATA_SLOT
        }
        return {
            "messages": output.messages,
            "events": [_for_the_record(event.as_dict()) for event in events],
            "slots": slots,
            "reading": reading_of(parsed),
        }

    def _message(self, request: Request, sender_id: Text, output: Answer) -> UserMessage:
        reading, metadata = _body(request).get("reading"), _body(request).get("metadata") or {}
        _require(isinstance(metadata, dict), "metadata")
        _require(reading is None or _is_reading(reading), "reading")
        if reading:
            parsed = as_parse_data(reading)
            text = parsed["text"]
        else:
            parsed, text = None, neutral(_field(request, "text", str))
        return UserMessage(text, output, sender_id, parse_data=parsed, input_channel=self.name(), metadata=metadata)


def _store(processor: StrictProcessor) -> TrackerMemory:
    # Rasa wraps the configured store into a fail-safe one that would hide its failures.
    store = getattr(processor.tracker_store, "_tracker_store", processor.tracker_store)
    if not isinstance(store, TrackerMemory):
        raise TypeError(f"tracker_store in bot/endpoints.yml must be TrackerMemory, not {type(store).__name__}")
    return store


def _for_the_record(event: Dict[Text, Any]) -> Dict[Text, Any]:
    """A tracker event without the turn's token, which must not outlive the turn."""
    for holder in (event.get("metadata"), event.get("value")):
        if isinstance(holder, dict):
            holder.pop("turn_token", None)
    return event


def _events(tracker: Optional[DialogueStateTracker]) -> List[Any]:
    return list(tracker.events) if tracker else []


async def _refill(store: TrackerMemory, sender_id: Text, history: List[Dict[Text, Any]]) -> None:
    if not history:
        return
    try:
        await store.refill(sender_id, history)
    except (RasaException, LookupError, TypeError, ValueError, AttributeError) as error:
        raise Refused(400, "field_invalid", "`history` holds an event that is none.") from error


def _is_event(event: Any) -> bool:
    return isinstance(event, dict) and isinstance(event.get("event"), str)


def _is_reading(reading: Any) -> bool:
    return (
        isinstance(reading, dict)
        and isinstance(reading.get("intent"), str)
        and isinstance(reading.get("entities") or {}, dict)
        and isinstance(reading.get("title") or "", str)
    )


def _require(is_right: bool, name: Text) -> None:
    if not is_right:
        raise Refused(400, "field_invalid", f"`{name}` does not have the form it must have.")


def _body(request: Request) -> Dict[Text, Any]:
    try:
        body = request.json
    except SanicException:
        raise Refused(400, "body_invalid", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "body_invalid", "The body is not a JSON object.")
    return body


def _field(request: Request, name: Text, kind: type) -> Any:
    value = _body(request).get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused(400, "field_missing", f"`{name}` is missing or not of type {kind.__name__}.")
    return value
