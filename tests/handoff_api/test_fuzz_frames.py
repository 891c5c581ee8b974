"""A grammar fuzz over the frames of both sockets: whatever is sent, the answer is a frame of the protocol, the
connection lives on, nothing is called a failure of ours, and the record is sound afterwards."""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from contracts.frames import agent_command, shopper_command
from handoff_api import fsck
from handoff_api.app import create_app
from handoff_api.settings import Settings
from tests.fuzzing import SEED, Schema, fuzz, texts, values
from tests.handoff_api.agents import sign_in
from tests.handoff_api.conftest import PASSWORD, SettingsFor, free_port, serving
from tests.handoff_api.sockets.test_agent import workspace
from tests.handoff_api.sockets.test_shopper import new_visitor, tab

OURS = {"internal", "unavailable", "record_unavailable"}
FRAMES_OF_ONE = 6


class Line(Protocol):
    frames: list[dict[str, Any]]
    socket: Any

    def until(self, kind: str, **fits: Any) -> dict[str, Any]: ...


def commands(schema: Schema, known: dict[str, list[Any]]) -> st.SearchStrategy[list[str]]:
    return st.lists(texts(values(schema, schema, known)), min_size=1, max_size=FRAMES_OF_ONE)


def hold(line: Line, sent: list[str]) -> None:
    """Say it, ask for a sign of life, and look at everything that came."""
    begun = len(line.frames)
    for text in sent:
        line.socket.send(text)
    line.socket.send(json.dumps({"type": "ping"}))
    line.until("pong")
    errors = [frame["error"] for frame in line.frames[begun:] if frame["type"] == "error"]
    assert not [error for error in errors if error["code"] in OURS], (errors, sent)
    assert all(error["message"] for error in errors)
    assert "Traceback" not in json.dumps(line.frames[begun:])
    del line.frames[:]


@pytest.fixture
def running(settings_for: SettingsFor) -> Settings:
    """Nobody waits for patience here; the offers of the fuzz expire at once."""
    return settings_for(message_burst=1_000_000, frames_per_s=1e6, frame_burst=1_000_000, sign_ins_per_minute=10_000)


@pytest.fixture
def url(running: Settings) -> Iterator[str]:
    port = free_port()
    with serving(create_app(running.model_copy(update={"bridge_port": port})), port) as address:
        yield address


@pytest.mark.timeout(180)
def test_the_shoppers_socket_survives_everything(url: str, running: Settings) -> None:
    sys.stdout.write(f"FUZZ_SEED={SEED}\n")
    with tab(url, new_visitor(url)) as shopper:
        shopper.until("welcome")

        @seed(SEED)
        @fuzz
        @given(sent=commands(shopper_command.json_schema(), {}))
        def everything(sent: list[str]) -> None:
            hold(shopper, sent)

        everything()
    assert asyncio.run(fsck.check(where(running))) == []


@pytest.mark.timeout(180)
@pytest.mark.parametrize("role", ["agent", "admin"])
def test_the_agents_socket_survives_everything(url: str, running: Settings, database_url: str, role: str) -> None:
    sys.stdout.write(f"FUZZ_SEED={SEED}\n")
    with (
        sign_in(url, database_url, "小林", PASSWORD, role=role) as agent,
        workspace(url, agent) as desk,
        tab(url, new_visitor(url)) as shopper,
    ):
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        agent_id = desk.until("welcome")["agent"]["agent_id"]
        known = {"conversation_id": [conversation_id], "agent_id": [agent_id], "epoch": [0, 1, 2, 3, 4]}
        shopper.send({"type": "person.request", "client_message_id": "fuzz-0001"})
        shopper.until("accepted")

        @seed(SEED)
        @fuzz
        @given(sent=commands(agent_command.json_schema(), known))
        def everything(sent: list[str]) -> None:
            hold(desk, sent)

        everything()
    assert asyncio.run(fsck.check(where(running))) == []


def where(running: Settings) -> fsck.Where:
    return fsck.Where(database_url=running.database_url, redis_url=running.redis_url)
