"""Where stock Rasa does at every action, or for every line of data, what it need do once. `mend` puts quick ways in.

- `RemoteAction._validate_action_result` checks the *schema* of action replies against the schema of schemas before
  every reply (15 ms and more); the mended one compiles the schema once.
- `Event.resolve_by_type` walks all subclasses for every event it reads; the mended one looks the class up by name.
- `DialogueStateTracker.copy`, taken before every action, replays the whole conversation; the mended one copies its
  state, so the five hundredth turn costs what the tenth did.
- `DialogueStateTracker.applied_events`, asked for by every policy at every action, goes through the whole conversation,
  and the policies replay what it gives. The mended one begins at a quiet point not too long ago: rules and memoised
  stories look at the last turns only.
- `TrainingData.merge`, called for every file, copies all lines so far to their last atom, and `Message.__hash__` writes
  each as JSON to compare it: half a minute with 28,000 lines. The mended ones copy what can change, and hash the text.
"""

import copy
import itertools
from collections import deque
from typing import Any, Callable, Dict, List, Optional, Text, Type

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import all_subclasses

KEPT = 40  # events that are looked at in any case: some eight turns, more than any rule or story is long


def compiled_check() -> Callable[[RemoteAction, Dict[Text, Any]], bool]:
    """The check of an action's reply, with the schema prepared once. Raises jsonschema's ValidationError."""
    schema = RemoteAction.action_response_format_spec()
    checker = validator_for(schema)
    checker.check_schema(schema)
    validator = checker(schema)

    def validate(action: RemoteAction, result: Dict[Text, Any]) -> bool:
        validator.validate(result)
        return True

    return validate


def event_lookup() -> Callable[[Text, Optional[Type[Event]]], Optional[Type[Event]]]:
    """Name → class of events. A name not known yet is left to Rasa's own search: a class may be younger than this."""
    slow = Event.resolve_by_type
    known: Dict[Text, Type[Event]] = {}
    for event in all_subclasses(Event):
        known.setdefault(event.type_name, event)

    def resolve_by_type(type_name: Text, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
        return known.get(type_name) or slow(type_name, default)

    return resolve_by_type


def copy_of_state(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A tracker of its own with the same events and state; the events themselves are shared, as nobody changes them."""
    twin: DialogueStateTracker = copy.copy(tracker)
    twin.events = copy.copy(tracker.events)
    twin.slots = type(tracker.slots)()
    twin.slots.update({name: _own(slot) for name, slot in tracker.slots.items()})
    twin.latest_action = copy.copy(tracker.latest_action)
    twin.active_loop = copy.copy(tracker.active_loop)
    # Rasa's own copy leaves these two out: an action never sees them.
    twin.model_id = twin.assistant_id = None
    return twin


def _own(slot: Any) -> Any:
    twin = copy.copy(slot)
    twin._value = copy.copy(slot.value)
    return twin


def recent_events(tracker: DialogueStateTracker) -> List[Event]:
    """The applied events since a quiet point some turns ago; all of them where there is none, or slots steer rules."""
    start = _quiet_point(tracker)
    if start is None:
        return _all_applied_events(tracker)
    recent = copy.copy(tracker)
    recent.events = deque(itertools.islice(tracker.events, start, None))
    return _all_applied_events(recent)


_all_applied_events = DialogueStateTracker.applied_events


def _quiet_point(tracker: DialogueStateTracker) -> Optional[int]:
    """Where the bot began to listen, with no form under way and between KEPT and twice KEPT events ago."""
    size = len(tracker.events)
    if size < 2 * KEPT or any(slot.has_features() for slot in tracker.slots.values()):
        return None
    tail = list(itertools.islice(reversed(tracker.events), 2 * KEPT))[::-1]
    is_quiet = not tracker.active_loop_name and not any(isinstance(event, ActiveLoop) for event in tail)
    for place, event in enumerate(tail[:KEPT]):
        if isinstance(event, ActiveLoop):
            is_quiet = not event.name
        elif is_quiet and isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return size - len(tail) + place
    return None


def own_line(message: Message) -> Message:
    """A training line that components can fill without filling the one it was made from."""
    twin: Message = copy.copy(message)
    twin.data = dict(message.data)
    twin.features = list(message.features)
    twin.output_properties = set(message.output_properties)
    return twin


def merge_lines(data: TrainingData, *others: Optional[TrainingData]) -> TrainingData:
    """All of them as one; the examples of each are left as they are."""
    parts = [data, *(other for other in others if other)]
    without_lines = [
        TrainingData([], part.entity_synonyms, part.regex_features, part.lookup_tables, part.responses)
        for part in parts
    ]
    merged = _merge(*without_lines)  # the small things, as Rasa does it
    lines = [own_line(example) for part in parts for example in part.training_examples]
    return TrainingData(lines, merged.entity_synonyms, merged.regex_features, merged.lookup_tables, merged.responses)


_merge = TrainingData.merge


def hash_of_line(message: Message) -> int:
    """Equal lines have equal text and intent; whether others are equal too, `Message.__eq__` decides."""
    return hash((message.data.get("text"), message.data.get("intent"), message.data.get("action_name")))


def mend() -> None:
    """Put the quick ways in place, in this process. Once is enough; a second time changes nothing."""
    if DialogueStateTracker.copy is copy_of_state:
        return
    RemoteAction._validate_action_result = compiled_check()  # type: ignore[method-assign]
    Event.resolve_by_type = staticmethod(event_lookup())  # type: ignore[method-assign]
    DialogueStateTracker.copy = copy_of_state  # type: ignore[method-assign]
    DialogueStateTracker.applied_events = recent_events  # type: ignore[method-assign]
    TrainingData.merge = merge_lines  # type: ignore[method-assign]
    Message.__hash__ = hash_of_line  # type: ignore[method-assign,assignment]
