"""Where stock Rasa spends time on actions that the action need not wait for.

- `RemoteAction._action_call_format` sends the whole conversation at every action, written anew; the mended one sends
  its latest events, which is all our actions look at, each written once.
- `RemoteAction._validate_action_result` checks the *schema* of action replies against the schema of schemas before
  every reply (15 ms and more); the mended one compiles the schema once.
- `EndpointConfig.session` makes a connection for every call; the mended one keeps one open.
- `ActionExtractSlots.run` goes through every mapping of every slot at every message, forms' entities included; the
  mended one does so only if a slot may be filled by it. Ours are filled by actions alone.
"""

import asyncio
import itertools
import json
from typing import Any, Callable, Dict, List, Optional, Text

import aiohttp
import rasa
from jsonschema.validators import validator_for
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

SENT = 80  # events an action is sent, some twelve turns


class Written(str):
    """A call as the JSON that goes out: nothing of it is written twice."""


def call_with_latest_events(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> Written:
    """What the action server is asked, in Rasa's own form. Earlier messages come without the intents they might have
    been; the latest one comes whole, as `latest_message`."""
    state = tracker.current_state(EventVerbosity.NONE)
    del state["events"]
    call: Dict[Text, Any] = {"next_action": action.name(), "sender_id": tracker.sender_id, "version": rasa.__version__}
    if not action._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(action.name()):
        call["domain"] = domain.as_dict()
    start = max(0, len(tracker.events) - SENT)
    events = ",".join(map(_written, itertools.islice(tracker.events, start, None)))
    return Written(f'{json.dumps(call)[:-1]},"tracker":{json.dumps(state)[:-1]},"events":[{events}]}}}}')


def _written(event: Event) -> Text:
    """An event never changes, so that it is written once."""
    known: Optional[Text] = event.__dict__.get("_written")
    if known is None:
        fields = event.as_dict()
        if "intent_ranking" in fields.get("parse_data", ()):
            fields["parse_data"] = {
                name: value for name, value in fields["parse_data"].items() if name != "intent_ranking"
            }
        known = event.__dict__["_written"] = json.dumps(fields)
    return known


def write(value: Any) -> Text:
    return value if isinstance(value, Written) else json.dumps(value)


def compiled_check() -> Callable[[RemoteAction, Dict[Text, Any]], bool]:
    """The check of an action's reply, with the schema prepared once. Raises jsonschema's ValidationError."""
    schema = RemoteAction.action_response_format_spec()
    checker = validator_for(schema)
    checker.check_schema(schema)
    validator = checker(schema)

    def validate(action: RemoteAction, result: Dict[Text, Any]) -> bool:
        if not _is_plain(result):
            validator.validate(result)
        return True

    return validate


def _is_plain(result: Any) -> bool:
    """Is it what nearly every reply is: slots, a form's name, responses? Anything else is left to the schema."""
    if not isinstance(result, dict) or not isinstance(result.get("events"), list):
        return False
    responses = result.get("responses")
    return (
        isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
        and all(_is_plain_event(event) for event in result["events"])
    )


def _is_plain_event(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("name"), (str, type(None))):
        return False
    if event.get("timestamp") is not None or event.get("metadata") is not None:
        return False
    kind = event.get("event")
    return kind == "active_loop" or (kind == "slot" and bool(event["name"]) and "value" in event)


class _KeptOpen:
    """A client session for `async with` that outlives the block."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_: Any) -> None:
        """It stays open for the next call."""


def kept_session(endpoint: EndpointConfig) -> _KeptOpen:
    """One session per endpoint and event loop, made when it is first needed."""
    loop = asyncio.get_running_loop()
    known = endpoint.__dict__.get("_kept")
    if known is None or known[0] is not loop or known[1].closed:
        known = endpoint.__dict__["_kept"] = (loop, _new_session(endpoint))
        known[1]._json_serialize = write
    return _KeptOpen(known[1])


_new_session = EndpointConfig.session


_extract_slots = ActionExtractSlots.run


async def extract_slots_if_any(
    action: ActionExtractSlots, channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain
) -> List[Event]:
    if not _has_slots_to_extract(domain):
        return []
    return await _extract_slots(action, channel, nlg, tracker, domain)


def _has_slots_to_extract(domain: Domain) -> bool:
    """May a mapping fill a slot? One of type `custom` that names no action never does. Found out once."""
    known: Optional[bool] = domain.__dict__.get("_has_slots_to_extract")
    if known is None:
        mappings = [mapping for slot in domain.slots for mapping in slot.mappings]
        may_fill = any(mapping.get("type") != "custom" or mapping.get("action") for mapping in mappings)
        known = may_fill or ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions
        domain.__dict__["_has_slots_to_extract"] = known
    return known


def mend_actions() -> None:
    ActionExtractSlots.run = extract_slots_if_any  # type: ignore[method-assign]
    RemoteAction._validate_action_result = compiled_check()  # type: ignore[method-assign]
    RemoteAction._action_call_format = call_with_latest_events  # type: ignore[method-assign,assignment]
    EndpointConfig.session = kept_session  # type: ignore[method-assign,assignment]
