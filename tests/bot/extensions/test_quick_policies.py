"""Policies see the states Rasa's own replay gives, and find the rules it finds, without the replay."""

import json
import random
import warnings
from types import SimpleNamespace
from typing import Any, Dict, List

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core import events
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.extensions import quick_policies
    from bot.extensions.quick_policies import check_for_unseen_features, possible_keys, states_from_moments
    from bot.extensions.quick_rasa import copy_of_state

RasasStates = Domain.states_for_tracker_history
RasasKeys = RulePolicy._get_possible_keys

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells of a change between Rasa 2 and 3
    DOMAIN = Domain.from_dict(
        {
            "intents": ["greet", "inform", "stop"],
            "entities": ["number"],
            "slots": {
                "number": {"type": "text", "mappings": [{"type": "from_entity", "entity": "number"}]},
                "is_known": {"type": "bool", "initial_value": False, "mappings": [{"type": "custom"}]},
            },
            "forms": {"order_form": {"required_slots": ["number"]}},
            "responses": {"utter_hello": [{"text": "a"}], "utter_bye": [{"text": "b"}]},
        }
    )
ONLY_IN_RULES = {"rule_only_slots": ["is_known"], "rule_only_loops": ["order_form"]}
SIGHTS: List[Dict[str, Any]] = [
    {},
    {"omit_unset_slots": True},
    {"ignore_rule_only_turns": True, "rule_only_data": ONLY_IN_RULES},
    {"ignore_rule_only_turns": True, "rule_only_data": None},
]


def _happenings(chance: random.Random) -> List[events.Event]:
    """A conversation in which anything may follow anything."""
    said = {"name": chance.choice(["greet", "inform", "stop"]), "confidence": 1.0}
    entities = [{"entity": "number", "value": "1"}] if chance.random() < 0.3 else []
    action = chance.choice(["utter_hello", "utter_bye", "order_form", "action_listen"])
    return [
        events.UserUttered("说", said, entities),
        events.ActionExecuted(action, hide_rule_turn=chance.random() < 0.5),
        events.ActionExecuted("action_listen"),
        events.SlotSet("number", chance.choice(["1", None])),
        events.SlotSet("is_known", chance.choice([True, False])),
        events.ActiveLoop(chance.choice(["order_form", None])),
        events.LoopInterrupted(chance.random() < 0.5),
        events.ActionExecutionRejected("order_form"),
        events.FollowupAction("utter_bye"),
        events.UserUtteranceReverted(),
        events.ActionReverted(),
        events.Restarted(),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_policies_see_the_states_rasas_replay_gives(seed: int) -> None:
    chance = random.Random(seed)
    tracker = DialogueStateTracker("s", DOMAIN.slots)
    for _ in range(30):
        kinds = _happenings(chance)
        tracker.update(chance.choices(kinds, weights=[6, 6, 6, 3, 3, 3, 1, 1, 1, 1, 1, 0.3])[0], DOMAIN)

        for sight in SIGHTS:
            states = states_from_moments(DOMAIN, tracker, **sight)
            assert states == RasasStates(DOMAIN, tracker, **sight)
            states[-1].clear()  # whoever asked may do with them what policies do


def test_a_prediction_looks_only_at_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker, replayed = DialogueStateTracker("s", DOMAIN.slots), []
    for _ in range(10):
        tracker.update(events.UserUttered("说", {"name": "greet"}))
        tracker.update(events.ActionExecuted("utter_hello"))
        tracker.update(events.ActionExecuted("action_listen"))
    states_from_moments(DOMAIN, tracker)
    tracker.update(events.UserUttered("说", {"name": "greet"}))
    update = DialogueStateTracker.update
    monkeypatch.setattr(
        DialogueStateTracker, "update", lambda self, event, domain=None: (replayed.append(event), update(self, event))
    )

    for sight in (SIGHTS[0], SIGHTS[2], SIGHTS[3]):
        states_from_moments(DOMAIN, tracker, **sight)

    assert replayed == [tracker.events[-1]]


def test_a_copy_of_the_conversation_goes_its_own_way() -> None:
    tracker = DialogueStateTracker("s", DOMAIN.slots)
    tracker.update(events.UserUttered("说", {"name": "greet"}))
    states_from_moments(DOMAIN, tracker)

    twin = copy_of_state(tracker)
    twin.update(events.ActionExecuted("utter_hello"))
    tracker.update(events.ActionExecuted("utter_bye"))

    for each in (twin, tracker):
        assert states_from_moments(DOMAIN, each) == RasasStates(DOMAIN, each)


# --- rules ------------------------------------------------------------------------------------------------------------
def _state(chance: random.Random, *, of_rule: bool) -> Dict[str, Any]:
    state: Dict[str, Any] = {}
    if chance.random() < 0.85:
        state["prev_action"] = {"action_name": chance.choice(["action_listen", "utter_hello", "utter_bye"])}
        if chance.random() < 0.05:
            state["prev_action"] = {"action_text": "gesagt"}
    if chance.random() < 0.5:
        state["user"] = {"intent": chance.choice(["greet", "inform"])}
    if chance.random() < 0.4:
        unset = "should_not_be_set" if of_rule else None
        state["slots"] = {"number": chance.choice([[1.0] if of_rule else (1.0,), unset])}
    return state


@pytest.mark.parametrize("seed", range(60))
def test_the_rules_that_fit_are_those_rasa_finds(seed: int) -> None:
    chance = random.Random(seed)
    policy = RulePolicy.__new__(RulePolicy)
    lookup = {
        json.dumps([_state(chance, of_rule=True) for _ in range(chance.randint(1, 4))], sort_keys=True): "utter_hello"
        for _ in range(60)
    }
    found = 0
    for _ in range(30):
        states = [_state(chance, of_rule=False) for _ in range(chance.randint(0, 6))]
        keys = possible_keys(policy, lookup, states)
        assert keys == RasasKeys(policy, lookup, states)
        found += len(keys)
    assert found > 0
    assert possible_keys(policy, {}, [{}]) == set()


# --- what is warned of ------------------------------------------------------------------------------------------------
def _bot() -> Any:
    return SimpleNamespace(domain=DOMAIN)


@pytest.mark.parametrize(
    ("intent", "entity", "is_warned"),
    [("greet", "number", 0), (None, "number", 0), ("nothing", "number", 1), ("greet", "nothing", 1)],
)
def test_what_the_domain_does_not_know_is_warned_of_as_before(
    intent: "str | None", entity: str, is_warned: int
) -> None:
    parsed = {"intent": {"name": intent}, "entities": [{"entity": entity, "value": "1"}]}
    for check in (check_for_unseen_features, quick_policies._warn_of_unseen_features):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check(_bot(), parsed)
        assert len(caught) == is_warned, check
    assert MessageProcessor._check_for_unseen_features is quick_policies._warn_of_unseen_features
