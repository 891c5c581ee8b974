"""Where stock Rasa's policies look through the whole conversation for every prediction, what is new since the last one.

- `Domain.states_for_tracker_history` replays the conversation, event by event, for every policy at every action. The
  mended one keeps on the tracker what it has seen, and goes on from there.
- `RulePolicy._get_possible_keys` holds every rule against every state. The mended one looks only at rules that come
  after the bot's last action.
- `MessageProcessor._check_for_unseen_features` writes the whole domain down to see whether it is empty.
- Policies and processor copy deeply what they would write to the log at level debug, even if nothing is written.
"""

import copy
from itertools import islice
from types import SimpleNamespace
from typing import Any, Dict, List, NamedTuple, Optional, Set, Text, cast

from rasa.core import processor
from rasa.core.policies import memoization, rule_policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import Domain, State, SubState
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME


class _Moment(NamedTuple):
    """What Rasa asks of the conversation as it was before one action."""

    state: State
    previous: SubState
    is_hidden: bool
    goes_on: bool  # a follow-up, or the form itself: whether the turn is hidden was decided before


class _Seen:
    """The conversation replayed so far: `events` are what `tracker` was given, `moments` what it was before actions."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self.tracker = tracker.init_copy()
        self.events: List[Event] = []
        self.moments: List[_Moment] = []

    def is_beginning_of(self, events: List[Event]) -> bool:
        return len(self.events) <= len(events) and all(map(_is_same, self.events, events))

    def moment(self, domain: Domain, *, omit_unset_slots: bool, is_hidden: bool) -> _Moment:
        was = self.tracker
        return _Moment(
            domain.get_active_state(was, omit_unset_slots=omit_unset_slots),
            domain._get_prev_action_sub_state(was),
            is_hidden,
            bool(was.followup_action) or was.latest_action_name == was.active_loop_name,
        )


def _is_same(one: Event, other: Event) -> bool:
    return one is other


def _moments(tracker: DialogueStateTracker, domain: Domain, *, omit_unset_slots: bool) -> List[_Moment]:
    """Before every action so far, and now."""
    applied = tracker.applied_events()
    known = tracker.__dict__.setdefault("_seen", {})
    seen = known.get(omit_unset_slots)
    if seen is None or not seen.is_beginning_of(applied):
        seen = known[omit_unset_slots] = _Seen(tracker)
    for event in islice(applied, len(seen.events), None):
        if isinstance(event, ActionExecuted):
            hidden = event.hide_rule_turn
            seen.moments.append(seen.moment(domain, omit_unset_slots=omit_unset_slots, is_hidden=hidden))
        seen.tracker.update(event)
        seen.events.append(event)
    return [*seen.moments, seen.moment(domain, omit_unset_slots=omit_unset_slots, is_hidden=False)]


def forget_seen(tracker: DialogueStateTracker) -> None:
    """A copy must not go on with what its original has seen: both would write into it."""
    tracker.__dict__.pop("_seen", None)


def states_from_moments(
    domain: Domain,
    tracker: DialogueStateTracker,
    omit_unset_slots: bool = False,
    ignore_rule_only_turns: bool = False,
    rule_only_data: Optional[Dict[Text, Any]] = None,
) -> List[State]:
    """The states Rasa's own would give; each may be changed by who asked for it, as policies do."""
    moments = _moments(tracker, domain, omit_unset_slots=omit_unset_slots)
    if not ignore_rule_only_turns:
        return [_own(moment.state) for moment in moments]
    return _without_rule_only_turns(domain, moments, rule_only_data)


def _own(state: State) -> State:
    return {kind: dict(part) for kind, part in state.items()}


def _without_rule_only_turns(
    domain: Domain, moments: List[_Moment], rule_only_data: Optional[Dict[Text, Any]]
) -> List[State]:
    """As a policy that learns from stories sees it: turns that only rules make never were."""
    states: List[State] = []
    previous: Optional[SubState] = None
    is_hidden = False
    for moment in moments:
        if not is_hidden:
            previous = moment.previous
        if not moment.goes_on:
            is_hidden = moment.is_hidden
        if is_hidden:
            continue
        state = _own(moment.state)
        domain._remove_rule_only_features(state, rule_only_data)
        if states:
            domain._substitute_rule_only_user_input(state, states[-1])
        if previous:
            state[PREVIOUS_ACTION] = cast(SubState, dict(previous))
        states.append(domain._clean_state(state))
    return states


class _Rule(NamedTuple):
    key: Text
    states: List[State]  # the latest first


def possible_keys(policy: RulePolicy, lookup: Dict[Text, Text], states: List[State]) -> Set[Text]:
    """The rules that fit the end of the conversation."""
    if not states:
        return set(lookup)
    rules = _rules_after(policy, lookup)
    latest = _previous_action(states[-1])
    candidates = rules.get(latest, []) if latest is None else [*rules.get(latest, []), *rules.get("", [])]
    return {rule.key for rule in candidates if _fits(rule, states)}


def _rules_after(policy: RulePolicy, lookup: Dict[Text, Text]) -> Dict[Optional[Text], List[_Rule]]:
    """By the action they come after; None for the beginning of a conversation, "" where it has no name."""
    known = policy.__dict__.setdefault("_rules_after", {})
    if id(lookup) not in known:
        rules: Dict[Optional[Text], List[_Rule]] = {}
        for key in lookup:
            rule = _Rule(key, policy._rule_key_to_state(key)[::-1])
            rules.setdefault(_previous_action(rule.states[0]), []).append(rule)
        known[id(lookup)] = (lookup, rules)  # kept with its rules, so that no other gets its id
    found: Dict[Optional[Text], List[_Rule]] = known[id(lookup)][1]
    return found


def _previous_action(state: State) -> Optional[Text]:
    previous = state.get(PREVIOUS_ACTION)
    return str(previous.get(ACTION_NAME) or "") if previous else None


def _fits(rule: _Rule, states: List[State]) -> bool:
    return all(map(_fits_state, rule.states, reversed(states)))


def _fits_state(wanted: State, state: State) -> bool:
    """Beginnings fit beginnings; what a beginning holds is in every conversation's."""
    is_beginning, begins = not wanted.get(PREVIOUS_ACTION), not state.get(PREVIOUS_ACTION)
    if is_beginning or begins:
        return is_beginning and begins
    return RulePolicy._does_rule_match_state(wanted, state)


_warn_of_unseen_features = MessageProcessor._check_for_unseen_features


def check_for_unseen_features(bot: MessageProcessor, parse_data: Dict[Text, Any]) -> None:
    """Rasa's own warning, if there is something to warn of."""
    known = bot.__dict__.get("_known_names")
    if known is None or known[0] is not bot.domain:
        known = bot.__dict__["_known_names"] = (bot.domain, {*bot.domain.intents, None, ""}, {*bot.domain.entities})
    _, intents, entities = known
    if parse_data["intent"]["name"] in intents and all(e["entity"] in entities for e in parse_data["entities"] or []):
        return
    _warn_of_unseen_features(bot, parse_data)


def _as_it_is(value: Any) -> Any:
    return value


def mend_policies() -> None:
    """For a server: training asks once, and of conversations that it makes up."""
    Domain.states_for_tracker_history = states_from_moments  # type: ignore[method-assign]
    RulePolicy._get_possible_keys = possible_keys  # type: ignore[method-assign]
    MessageProcessor._check_for_unseen_features = check_for_unseen_features  # type: ignore[method-assign]
    for module in (rule_policy, memoization, processor):
        # The only copies these make are of what they log.
        module.copy = SimpleNamespace(copy=copy.copy, deepcopy=_as_it_is)  # type: ignore[attr-defined]
