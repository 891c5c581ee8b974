"""The mended places give what Rasa's own give, without the work that grew with every turn."""

import gc
import warnings
from typing import Any, List

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.core.actions.forms import FormAction
    from rasa.engine.graph import GraphSchema, SchemaNode
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.shared.core import events
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.slots import AnySlot
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.extensions.quick_rasa import (
        KEPT,
        LOOKED_BACK,
        copy_of_state,
        event_lookup,
        hash_of_line,
        merge_lines,
        recent_events,
        run_planned,
        spare_the_collector,
        tracker_to_validate,
    )

RasasCopy = DialogueStateTracker.copy
RasasRun = DaskGraphRunner.run
RasasTemporary = FormAction._temporary_tracker


def _tracker(turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker("s", [AnySlot("orders", [{}]), AnySlot("number", [{}])])
    for turn in range(turns):
        tracker.update(events.UserUttered(f"第{turn}句", {"name": "inform", "confidence": 1.0}))
        tracker.update(events.SlotSet("orders", [turn]))
        tracker.update(events.ActiveLoop("order_form" if turn % 2 else None))
        tracker.update(events.ActionExecuted("action_listen"))
    return tracker


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
def test_a_copy_has_the_state_rasas_replay_gives(turns: int) -> None:
    tracker = _tracker(turns)

    assert copy_of_state(tracker).current_state(_all()) == RasasCopy(tracker).current_state(_all())


def _all() -> Any:
    from rasa.shared.core.trackers import EventVerbosity

    return EventVerbosity.ALL


def test_what_happens_to_a_copy_does_not_happen_to_the_tracker() -> None:
    tracker = _tracker(2)
    before = tracker.current_state(_all())

    twin = copy_of_state(tracker)
    twin.update(events.SlotSet("number", "1"))
    twin.slots["orders"].value.append("other")
    twin.update(events.ActiveLoop("another_form"))
    twin.latest_action["action_name"] = "another"  # type: ignore[index]

    assert tracker.current_state(_all()) == before


def test_a_copy_replays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker, applied = _tracker(50), []  # type: ignore[var-annotated]
    monkeypatch.setattr(DialogueStateTracker, "update", lambda self, event: applied.append(event))

    RasasCopy(tracker)
    replayed = len(applied)
    copy_of_state(tracker)

    assert (replayed, len(applied) - replayed) == (200, 0)


@pytest.mark.parametrize("name", ["user", "slot", "action", "active_loop", "session_started", "bot"])
def test_events_are_found_by_name(name: str) -> None:
    assert event_lookup()(name, None) is events.Event.resolve_by_type(name)


def test_an_unknown_event_is_still_an_error() -> None:
    with pytest.raises(ValueError, match="Unknown event"):
        event_lookup()("no_such_event", None)


def test_an_event_class_that_came_later_is_found() -> None:
    lookup = event_lookup()

    class Younger(events.SlotSet):
        type_name = "younger"

    assert lookup("younger", None) is Younger


def _talk(turns: int, *, within_form: bool = False) -> DialogueStateTracker:
    tracker = DialogueStateTracker("s", [AnySlot("orders", [{}])])
    tracker.update(events.ActionExecuted("action_session_start"))
    tracker.update(events.SessionStarted())
    tracker.update(events.ActionExecuted("action_listen"))
    for turn in range(turns):
        tracker.update(events.UserUttered(f"第{turn}句", {"name": "inform", "confidence": 1.0}))
        if within_form and turn == 0:
            tracker.update(events.ActionExecuted("order_form"))
            tracker.update(events.ActiveLoop("order_form"))
        tracker.update(events.ActionExecuted("utter_hello"))
        tracker.update(events.ActionExecuted("action_listen"))
    return tracker


def test_policies_see_the_same_last_turns_however_long_the_conversation() -> None:
    tracker = _talk(500)

    seen, all_seen = recent_events(tracker), DialogueStateTracker.applied_events(tracker)

    assert KEPT <= len(seen) <= 2 * KEPT
    assert seen == all_seen[-len(seen) :]
    assert seen[0] == events.ActionExecuted("action_listen")


@pytest.mark.parametrize("turns", [0, 1, 10, 25])
def test_a_short_conversation_is_seen_whole(turns: int) -> None:
    tracker = _talk(turns)

    assert recent_events(tracker) == DialogueStateTracker.applied_events(tracker)


def test_a_form_under_way_is_never_cut() -> None:
    tracker = _talk(300, within_form=True)

    assert recent_events(tracker) == DialogueStateTracker.applied_events(tracker)


def test_the_cut_comes_after_the_end_of_a_form() -> None:
    tracker = _talk(300, within_form=True)
    tracker.update(events.ActiveLoop(None))
    for event in list(_talk(20).events)[2:]:
        tracker.update(event)

    seen = recent_events(tracker)

    assert seen[0] == events.ActionExecuted("action_listen")
    assert not any(isinstance(event, events.ActiveLoop) for event in seen)
    assert len(seen) >= KEPT


@pytest.mark.parametrize("turns_since", range(0, 60, 7))
def test_forms_that_follow_one_another_do_not_bring_the_whole_conversation_back(turns_since: int) -> None:
    tracker = DialogueStateTracker("s", [])
    for _ in range(40):
        for event in [*_talk(8, within_form=True).events, events.ActiveLoop(None)]:
            tracker.update(event)
        for event in list(_talk(4).events)[2:]:
            tracker.update(event)
    for event in list(_talk(turns_since).events)[2:]:
        tracker.update(event)

    seen = recent_events(tracker)

    assert KEPT <= len(seen) <= LOOKED_BACK
    assert seen == DialogueStateTracker.applied_events(tracker)[-len(seen) :]


def test_a_slot_that_steers_rules_keeps_the_whole_conversation_in_view() -> None:
    from rasa.shared.core.slots import BooleanSlot

    tracker = _talk(500)
    tracker.slots["is_signed_in"] = BooleanSlot("is_signed_in", [{}])

    assert recent_events(tracker) == DialogueStateTracker.applied_events(tracker)


@pytest.mark.parametrize("turns", [1, 2, 5])
def test_a_form_validates_what_rasas_replay_gives(turns: int) -> None:
    domain = Domain.empty()
    domain.slots = [AnySlot(name, [{}]) for name in ("orders", "number", "requested_slot")]
    tracker, form = DialogueStateTracker("s", domain.slots), FormAction("order_form", None)
    for event in [*_tracker(turns).events, events.SlotSet("requested_slot", "number")]:
        tracker.update(event)
    filled: List[events.Event] = [events.SlotSet("number", "1")]

    ours = tracker_to_validate(form, tracker, filled, domain).current_state(_all())
    rasas = RasasTemporary(form, tracker, filled, domain).current_state(_all())

    for state in (ours, rasas):
        for event in state["events"]:
            event.pop("timestamp")
    ours.pop("latest_event_time"), rasas.pop("latest_event_time")
    assert ours == rasas
    assert tracker.get_slot("number") is None


def _lines(*texts: str) -> TrainingData:
    return TrainingData([Message.build(text, intent="greet") for text in texts], {"旗袍": "旗袍裙"})


def test_merged_lines_are_those_rasa_merges() -> None:
    parts = (
        _lines("你好", "在吗"),
        _lines("在吗", "早"),
        None,
        TrainingData(regex_features=[{"name": "a", "pattern": "b"}]),
    )

    merged, rasas = merge_lines(*parts), TrainingData.merge(*parts)

    assert [line.as_dict() for line in merged.training_examples] == [line.as_dict() for line in rasas.training_examples]
    assert merged.fingerprint() == rasas.fingerprint()


def test_what_a_component_adds_to_a_merged_line_stays_there() -> None:
    part = _lines("你好")

    merge_lines(part, _lines("早")).training_examples[0].set("words", ["你好"])

    assert part.training_examples[0].get("words") is None


def test_equal_lines_have_one_hash_and_unequal_ones_stay_apart() -> None:
    first, same, other = (Message.build(text, intent="greet") for text in ("你好", "你好", "早"))

    assert hash_of_line(first) == hash_of_line(same)
    assert first != other


# --- the graph --------------------------------------------------------------------------------------------------------
def _runner() -> DaskGraphRunner:
    """input → double → sum ← triple ← input, and a node nobody needs."""
    parts = {"double": ["input"], "triple": ["input"], "sum": ["double", "triple"], "unneeded": ["input"]}
    nodes = {
        name: SchemaNode({need: need for need in needs}, object, "", "", {}, is_target=name == "sum")  # type: ignore[arg-type]
        for name, needs in parts.items()
    }
    runner = DaskGraphRunner.__new__(DaskGraphRunner)
    runner._graph_schema, runner._execution_context = GraphSchema(nodes), None  # type: ignore[assignment]
    runner._instantiated_nodes = {
        "double": lambda value: ("double", value[1] * 2),
        "triple": lambda value: ("triple", value[1] * 3),
        "sum": lambda left, right: ("sum", left[1] + right[1]),
        "unneeded": lambda value: pytest.fail("it was run"),
    }  # type: ignore[dict-item]
    return runner


@pytest.mark.parametrize("targets", [None, ["sum"], ["double"], ["double", "sum"]])
def test_a_planned_run_gives_what_dask_gives(targets: "list[str] | None") -> None:
    runner = _runner()

    planned = [run_planned(runner, {"input": number}, targets) for number in (1, 2)]

    assert planned == [RasasRun(runner, {"input": number}, targets) for number in (1, 2)]


# --- the collector ----------------------------------------------------------------------------------------------------
def test_what_is_loaded_is_not_looked_through_again() -> None:
    model, before = [{}], gc.get_threshold()
    assert any(found is model for found in gc.get_objects())

    try:
        spare_the_collector()
        made_by_a_turn = [{}]
        looked_through = gc.get_objects()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)

    assert not any(found is model for found in looked_through)
    assert any(found is made_by_a_turn for found in looked_through)
