"""Where stock Rasa does at every action, or for every line of data, what it need do once. `mend` puts quick ways in.

Its policies and its calls of actions have files of their own: `quick_policies.py`, `quick_actions.py`.

- `Event.resolve_by_type` walks all subclasses for every event it reads; the mended one looks the class up by name.
- `DialogueStateTracker.copy`, taken before every action, replays the whole conversation; the mended one copies its
  state, so the five hundredth turn costs what the tenth did.
- `FormAction._temporary_tracker` replays it as well, to validate a slot; the mended one goes on from a copy.
- `DialogueStateTracker.applied_events`, asked for by every policy at every action, goes through the whole conversation,
  and the policies replay what it gives. The mended one begins at a quiet point not too long ago: rules and memoised
  stories look at the last turns only.
- `DaskGraphRunner.run` makes a plan of the graph at every message and every prediction; the mended one makes it once.
- `TrainingData.merge`, called for every file, copies all lines so far to their last atom, and `Message.__hash__` writes
  each as JSON to compare it: half a minute with 28,000 lines. The mended ones copy what can change, and hash the text.
- A full garbage collection looks through all of Rasa and the model; `spare_the_collector` takes them out of it.
"""

import copy
import gc
import itertools
from collections import deque
from typing import Any, Callable, Dict, List, Optional, Text, Tuple, Type

from rasa.core.actions.forms import FormAction
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import all_subclasses

from bot.extensions.quick_policies import forget_seen

LOOKED_BACK = 240  # so far the beginning of what policies see is looked for: forms may follow one another
YOUNG_OBJECTS = 10_000  # a turn makes thousands; Python's 700 would look through them while they are in use
CHANGEABLE = (list, dict, set)
KEPT = 40  # events that are looked at in any case: some eight turns, more than any rule or story is long


def run_planned(
    runner: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
) -> Dict[Text, Any]:
    """The graph's targets, by a plan that is made once; nodes run in the order of their needs."""
    wanted = tuple(targets or runner._graph_schema.target_names)
    plans = runner.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        plans[wanted] = _plan(runner._graph_schema.minimal_graph_schema(list(wanted)), wanted)
    done = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, needs in plans[wanted]:
        done[name] = runner._instantiated_nodes[name](*(done.get(need, need) for need in needs))
    return dict(done[name] for name in wanted)


def _plan(schema: GraphSchema, targets: Tuple[Text, ...]) -> List[Tuple[Text, List[Text]]]:
    """(node, the nodes it needs), each after all that it needs."""
    order: List[Tuple[Text, List[Text]]] = []
    seen = set()

    def visit(name: Text) -> None:
        if name in seen or name not in schema.nodes:
            return
        seen.add(name)
        needs = list(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        order.append((name, needs))

    for target in targets:
        visit(target)
    return order


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
    forget_seen(twin)
    twin.events = copy.copy(tracker.events)
    twin.slots = type(tracker.slots)()
    twin.slots.update({name: _own(slot) for name, slot in tracker.slots.items()})
    twin.latest_action = copy.copy(tracker.latest_action)
    twin.active_loop = copy.copy(tracker.active_loop)
    # Rasa's own copy leaves these two out: an action never sees them.
    twin.model_id = twin.assistant_id = None
    return twin


def _own(slot: Any) -> Any:
    """What `copy.copy` gives, by hand: dozens of slots are copied at every action."""
    twin = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    if type(slot.value) in CHANGEABLE:
        twin._value = copy.copy(slot.value)
    return twin


def tracker_to_validate(
    form: FormAction, tracker: DialogueStateTracker, additional_events: List[Event], domain: Domain
) -> DialogueStateTracker:
    """What a form's validation is shown: the conversation with the slots it would fill."""
    twin = copy_of_state(tracker)
    asked = SlotSet(REQUESTED_SLOT, form.get_slot_to_fill(tracker))
    for event in [asked, ActionExecuted(form.name()), *additional_events]:
        twin.update(event)
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
    """Where the bot last began to listen with no form under way, at least KEPT and at most LOOKED_BACK events ago."""
    size = len(tracker.events)
    if size < 2 * KEPT or any(slot.has_features() for slot in tracker.slots.values()):
        return None
    tail = list(itertools.islice(reversed(tracker.events), LOOKED_BACK))[::-1]
    is_quiet = not tracker.active_loop_name and not any(isinstance(event, ActiveLoop) for event in tail)
    found = None
    for place, event in enumerate(tail[:-KEPT]):
        if isinstance(event, ActiveLoop):
            is_quiet = not event.name
        elif is_quiet and isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            found = size - len(tail) + place
    return found


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


def spare_the_collector() -> None:
    """Rasa and its model, most of a million objects, live as long as the process: no collection need look through them
    again, which otherwise holds up whatever turns are under way. A turn's own objects are gone when it is answered."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def mend_serving() -> None:
    """What only a server profits from: in a training the runner must let go of what it is done with."""
    DaskGraphRunner.run = run_planned  # type: ignore[method-assign]


def mend() -> None:
    """Put the quick ways in place, in this process. Once is enough; a second time changes nothing."""
    if DialogueStateTracker.copy is copy_of_state:
        return
    Event.resolve_by_type = staticmethod(event_lookup())  # type: ignore[method-assign]
    DialogueStateTracker.copy = copy_of_state  # type: ignore[method-assign]
    DialogueStateTracker.applied_events = recent_events  # type: ignore[method-assign]
    FormAction._temporary_tracker = tracker_to_validate  # type: ignore[method-assign]
    TrainingData.merge = merge_lines  # type: ignore[method-assign]
    Message.__hash__ = hash_of_line  # type: ignore[method-assign,assignment]
