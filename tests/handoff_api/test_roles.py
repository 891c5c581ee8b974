"""Which role may call and send what: every guarded route and every frame of the agents' socket stands in a table here,
so a new one without a rule fails."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from contracts.frames import AgentCommand
from handoff_api.domain.roles import Right, may
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD
from tests.handoff_api.endpoints.test_access import AGENT, WHO_MAY
from tests.handoff_api.sockets.test_agent import Workspace, workspace

EVERYBODY = {"agent", "supervisor", "admin", "auditor"}
WORKERS = {"agent", "supervisor", "admin"}
LEADS = {"supervisor", "admin"}
MANAGERS = {"admin"}
AUDITORS = {"admin", "auditor"}

ROUTES = {
    ("GET", "/v1/agent/me"): EVERYBODY,
    ("GET", "/v1/agent/colleagues"): EVERYBODY,
    ("POST", "/v1/agent/socket-tickets"): EVERYBODY,
    ("GET", "/v1/agent/conversations"): EVERYBODY,
    ("GET", "/v1/agent/counts"): EVERYBODY,
    ("GET", "/v1/agent/conversations/{conversation_id}"): EVERYBODY,
    ("GET", "/v1/agent/conversations/{conversation_id}/customer"): EVERYBODY,
    ("POST", "/v1/agent/conversations/{conversation_id}/files"): WORKERS,
    ("GET", "/v1/agent/canned-replies"): EVERYBODY,
    ("POST", "/v1/agent/canned-replies"): LEADS,  # the shop's; a personal one is WORKERS'
    ("POST", "/v1/agent/canned-replies/{reply_id}"): EVERYBODY,  # what is there to be changed decides
    ("POST", "/v1/agent/canned-replies/{reply_id}/remove"): EVERYBODY,
    ("GET", "/v1/agent/search"): EVERYBODY,
    ("GET", "/v1/agent/mentions"): EVERYBODY,
    ("GET", "/v1/agent/conversations/{conversation_id}/events"): EVERYBODY,
    ("GET", "/v1/agent/presets"): EVERYBODY,
    ("POST", "/v1/agent/presets"): WORKERS,
    ("POST", "/v1/agent/presets/{preset_id}"): WORKERS,
    ("POST", "/v1/agent/presets/{preset_id}/remove"): WORKERS,
    ("GET", "/v1/agent/conversations/{conversation_id}/services"): EVERYBODY,
    ("GET", "/v1/agent/conversations/{conversation_id}/customer-note"): EVERYBODY,
    ("POST", "/v1/agent/conversations/{conversation_id}/customer-note"): WORKERS,
    ("GET", "/v1/agent/conversations/{conversation_id}/similar-answers/{event_id}"): EVERYBODY,
    ("GET", "/v1/agent/tags"): EVERYBODY,
    ("GET", "/v1/agent/conversations/{conversation_id}/tags"): EVERYBODY,
    ("POST", "/v1/agent/conversations/{conversation_id}/tags"): WORKERS,
    ("GET", "/v1/agent/conversations/{conversation_id}/corrections"): EVERYBODY,
    ("POST", "/v1/agent/conversations/{conversation_id}/corrections/{event_id}"): WORKERS,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/verdict"): WORKERS,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases"): WORKERS,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/{case_id}/steps"): WORKERS,
    ("POST", "/v1/agent/conversations/{conversation_id}/tickets"): WORKERS,
    ("GET", "/v1/agent/corrections.yml"): LEADS,
    ("GET", "/v1/agent/own-day"): EVERYBODY,
    ("GET", "/v1/agent/statistics"): LEADS | {"auditor"},
    ("GET", "/v1/agent/statistics.csv"): LEADS | {"auditor"},
    ("GET", "/v1/agent/statistics.xlsx"): LEADS | {"auditor"},
    ("GET", "/v1/agent/board"): LEADS,
    ("GET", "/v1/agent/rules"): LEADS,
    ("POST", "/v1/agent/rules"): LEADS,
    ("GET", "/v1/agent/rules/dry-run"): LEADS,
    ("GET", "/v1/conversations/{conversation_id}/readings/{event_id}"): EVERYBODY,
    ("GET", "/v1/conversations/{conversation_id}/readings/{event_id}/explanation"): EVERYBODY,
    ("GET", "/v1/admin/agents"): MANAGERS,
    ("POST", "/v1/admin/agents"): MANAGERS,
    ("POST", "/v1/admin/agents/{agent_id}"): MANAGERS,
    ("GET", "/v1/admin/audit"): AUDITORS,
    ("POST", "/v1/agent/password"): EVERYBODY,
    ("POST", "/v1/agent/sign-out"): EVERYBODY,
}
NEW_CASE = {"type": "return_refund", "order_number": "DD1", "line_id": "L1", "reason": "size"}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/agent/canned-replies"): {"title": "问候", "text": "您好"},
    ("POST", "/v1/agent/canned-replies/{reply_id}"): {"title": "问候", "text": "您好"},
    ("POST", "/v1/agent/conversations/{conversation_id}/tags"): {"tags": ["回访"]},
    ("POST", "/v1/agent/presets"): {"name": "急", "body": {"kind": "view", "mood": "angry"}},
    ("POST", "/v1/agent/presets/{preset_id}"): {"name": "急", "body": {"kind": "view", "mood": "angry"}},
    ("POST", "/v1/agent/conversations/{conversation_id}/customer-note"): {"text": "老客户"},
    ("POST", "/v1/agent/conversations/{conversation_id}/corrections/{event_id}"): {"intent": "return_apply"},
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/verdict"): NEW_CASE,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases"): NEW_CASE,
    ("POST", "/v1/agent/conversations/{conversation_id}/cases/{case_id}/steps"): {"step": "approve", "version": 1},
    ("POST", "/v1/agent/conversations/{conversation_id}/tickets"): {"kind": "complaint", "subject": "服务"},
    ("POST", "/v1/agent/rules"): {"version": 0, "sections": {}},
    ("POST", "/v1/admin/agents"): {"username": "new-one", "password": "a long password", "name": "新人"},
    ("POST", "/v1/admin/agents/{agent_id}"): {"capacity": 3},
    ("POST", "/v1/agent/password"): {"current": "wrong", "new": "another password"},
}
FRAMES = {
    "hello": EVERYBODY,
    "ping": EVERYBODY,
    "conversation.open": EVERYBODY,
    "conversation.leave": EVERYBODY,
    "presence.set": WORKERS,
    "offer.accept": WORKERS,
    "offer.decline": WORKERS,
    "conversation.claim": WORKERS,
    "message.send": WORKERS,
    "message.recall": WORKERS,
    "note.add": WORKERS,
    "conversation.transfer": WORKERS,
    "conversation.close": WORKERS,
    "guest.invite": WORKERS,
    "guest.remove": WORKERS,
    "conversation.take_over": LEADS,
    "whisper": LEADS,
    "agent.set_up": LEADS,
    "read.mark": WORKERS,
    "typing": WORKERS,
}
COMMANDS: dict[str, type[BaseModel]] = {
    model.model_fields["type"].default: model for model in get_args(get_args(AgentCommand)[0])
}


def test_every_guarded_route_and_every_frame_has_its_rule() -> None:
    assert set(ROUTES) == {route for route, who in WHO_MAY.items() if who == AGENT}
    assert set(FRAMES) == set(COMMANDS)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_may_call_exactly_its_routes(server: str, database_url: str, role: str) -> None:
    with sign_in(server, database_url, "小林", PASSWORD, role=role) as somebody:
        refused = {route for route in ROUTES if _is_forbidden(somebody, *route)}

    assert refused == {route for route, roles in ROUTES.items() if role not in roles}


def _is_forbidden(somebody: SignedIn, method: str, path: str) -> bool:
    """Sign-out is the last in the table."""
    filled = path.replace("{conversation_id}", "c_none").replace("{event_id}", "e_none")
    filled = filled.replace("{reply_id}", "reply_none").replace("{agent_id}", "agent_none")
    filled = filled.replace("{case_id}", "case_none")
    response = somebody.request(method, filled, BODIES.get((method, path)))
    assert response.status_code not in (401, 422) or response.json()["error"]["code"] == "password_refused", path
    return response.status_code == 403 and response.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_may_send_exactly_its_frames(server: str, database_url: str, role: str) -> None:
    with sign_in(server, database_url, "小林", PASSWORD, role=role) as somebody, workspace(server, somebody) as desk:
        refused = {kind for kind in FRAMES if _is_refused(desk, kind)}

    assert refused == {kind for kind, roles in FRAMES.items() if role not in roles}


def _is_refused(desk: Workspace, kind: str) -> bool:
    desk.send(kind, **sample(COMMANDS[kind]))
    desk.send("ping")
    begun = len(desk.frames)
    desk.until("pong")
    if kind == "ping":
        desk.until("pong")
    errors = [frame["error"]["code"] for frame in desk.frames[begun:] if frame["type"] == "error"]
    return "forbidden" in errors


def sample(model: type[BaseModel]) -> dict[str, Any]:
    """The least that the frame must have."""
    schema = model.model_json_schema()
    return {name: _value(schema["properties"][name]) for name in schema.get("required", [])}


def _value(field: dict[str, Any]) -> Any:
    if "enum" in field:
        return field["enum"][0]
    return {"integer": 0, "boolean": True, "array": []}.get(field.get("type", ""), "client-0001")


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may("owner", right) for right in Right)
