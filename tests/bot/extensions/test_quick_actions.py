"""The action server is asked what Rasa asks it, and its replies are held to Rasa's own schema."""

import asyncio
import copy
import json
import warnings
from typing import Any, Dict, List

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from aiohttp import web
    from aiohttp.test_utils import TestServer
    from jsonschema import ValidationError
    from rasa.core.actions.action import ActionExtractSlots, RemoteAction
    from rasa.shared.core import events
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.slots import AnySlot
    from rasa.shared.core.trackers import DialogueStateTracker
    from rasa.utils.endpoints import EndpointConfig

    from bot.extensions.quick_actions import (
        SENT,
        call_with_latest_events,
        compiled_check,
        extract_slots_if_any,
        kept_session,
    )

RasasExtraction = ActionExtractSlots.run


def _action() -> RemoteAction:
    return RemoteAction("action_a", EndpointConfig("http://shop.example", enable_selective_domain=True))


def _tracker(turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker("s", [AnySlot("orders", [{}])])
    for turn in range(turns):
        parse_data = {"intent": {"name": "inform"}, "entities": [], "intent_ranking": [{"name": "inform"}], "text": "a"}
        tracker.update(events.UserUttered(f"第{turn}句", {"name": "inform"}, parse_data=parse_data))
        tracker.update(events.SlotSet("orders", [turn]))
        tracker.update(events.ActiveLoop("order_form" if turn % 2 else None))
        tracker.update(events.ActionExecuted("action_listen"))
    return tracker


def _said(tracker: DialogueStateTracker) -> Any:
    return json.loads(call_with_latest_events(_action(), tracker, Domain.empty()))


def test_an_action_is_asked_as_rasa_asks_it() -> None:
    tracker, domain = _tracker(5), Domain.empty()
    rasas = copy.deepcopy(_action()._action_call_format(tracker, domain))
    for event in rasas["tracker"]["events"]:
        event.get("parse_data", {}).pop("intent_ranking", None)

    for _ in range(2):
        assert _said(tracker) == rasas
    assert tracker.latest_message.parse_data["intent_ranking"]  # type: ignore[union-attr]


def test_an_action_is_told_of_what_came_since_its_last_call() -> None:
    tracker = _tracker(2)
    before = _said(tracker)

    tracker.update(events.SlotSet("orders", ["新"]))

    after = _said(tracker)
    assert after["tracker"]["events"][:-1] == before["tracker"]["events"]
    assert after["tracker"]["events"][-1]["value"] == ["新"] == after["tracker"]["slots"]["orders"]


def test_a_long_conversation_is_not_sent_along() -> None:
    tracker = _tracker(200)

    sent = _said(tracker)["tracker"]["events"]

    assert len(sent) == SENT
    assert sent[-1] == tracker.events[-1].as_dict()


async def _received(call: Any) -> Any:
    """What a server hears of a call that goes through the endpoint's session."""

    async def hear(request: web.Request) -> web.Response:
        return web.json_response({"heard": await request.json(), "type": request.content_type})

    app = web.Application()
    app.router.add_post("/webhook", hear)
    async with TestServer(app) as server:
        endpoint = EndpointConfig(str(server.make_url("/webhook")))
        answers = [await endpoint.request(json=call), await endpoint.request(json={"plain": True})]
        await endpoint.__dict__["_kept"][1].close()
    return answers


def test_a_call_goes_out_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EndpointConfig, "session", kept_session)
    call = call_with_latest_events(_action(), _tracker(1), Domain.empty())

    written, plain = asyncio.run(_received(call))

    assert written == {"heard": json.loads(call), "type": "application/json"}
    assert plain["heard"] == {"plain": True}


async def _two_sessions(endpoint: EndpointConfig) -> "tuple[Any, Any]":
    async with kept_session(endpoint) as first:
        pass
    async with kept_session(endpoint) as second:
        pass
    is_open = not first.closed
    await first.close()
    async with kept_session(endpoint) as third:
        await third.close()
    return (first is second, is_open), third is first


def test_the_connection_to_the_action_server_stays_open() -> None:
    assert asyncio.run(_two_sessions(EndpointConfig("http://shop.example"))) == ((True, True), False)


@pytest.mark.parametrize(
    "reply",
    [
        {"events": [], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": None}], "responses": [{"text": "b"}]},
        {"events": [{"event": "active_loop", "name": None}], "responses": []},
        {"events": [{"event": "reset_slots"}], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1}]},
        {},
    ],
)
def test_a_sound_reply_of_an_action_passes(reply: Dict[str, Any]) -> None:
    assert compiled_check()(RemoteAction("a", None), reply) is True


@pytest.mark.parametrize(
    "reply",
    [
        [],
        {"events": {}},
        {"responses": ["text"]},
        {"events": [{"event": 3}]},
        {"events": [{"event": "slot", "name": 3, "value": 1}], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": "now"}], "responses": []},
        {"events": [{"event": "nothing of Rasa's"}], "responses": []},
    ],
)
def test_a_malformed_reply_is_refused_like_before(reply: Any) -> None:
    with pytest.raises(ValidationError):
        RemoteAction("a", None)._validate_action_result(reply)
    with pytest.raises(ValidationError):
        compiled_check()(RemoteAction("a", None), reply)


def test_the_schema_itself_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import jsonschema

    checked: List[Any] = []
    validator = jsonschema.validators.validator_for(RemoteAction.action_response_format_spec())
    sound = validator.check_schema
    monkeypatch.setattr(validator, "check_schema", lambda schema: (checked.append(schema), sound(schema)))

    check = compiled_check()
    for _ in range(5):
        check(RemoteAction("a", None), {"events": []})

    assert len(checked) == 1


# --- slots that a message fills ---------------------------------------------------------------------------------------
def _filled(mappings: List[Dict[str, Any]], *actions: str) -> "tuple[Any, Any]":
    """What Rasa and ours make of a message with a number in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of a change between Rasa 2 and 3
        slots = {"number": {"type": "any", "mappings": mappings}}
        domain = Domain.from_dict({"entities": ["number"], "slots": slots, "actions": list(actions)})
    tracker = DialogueStateTracker("s", domain.slots)
    tracker.update(events.UserUttered("12", {"name": "inform"}, [{"entity": "number", "value": "12"}]))

    async def extract(run: Any) -> Any:
        return await run(ActionExtractSlots(None), None, None, tracker, domain)

    return asyncio.run(extract(RasasExtraction)), asyncio.run(extract(extract_slots_if_any))


@pytest.mark.parametrize(
    ("mappings", "found"),
    [
        ([{"type": "custom"}], []),
        ([{"type": "from_entity", "entity": "number"}], [events.SlotSet("number", "12")]),
        ([{"type": "custom"}, {"type": "from_text"}], [events.SlotSet("number", "12")]),
    ],
)
def test_a_message_fills_the_slots_it_fills_in_rasa(mappings: List[Dict[str, Any]], found: List[events.Event]) -> None:
    assert _filled(mappings) == (found, found)


def test_where_nothing_can_be_filled_no_mapping_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: List[Any] = []
    monkeypatch.setattr(
        "bot.extensions.quick_actions._extract_slots", lambda *given: looked_at.append(given) or asyncio.sleep(0, [])
    )

    _filled([{"type": "custom"}])
    _filled([{"type": "custom", "action": "action_fill"}])
    _filled([{"type": "custom"}], "action_validate_slot_mappings")

    assert len(looked_at) == 2
