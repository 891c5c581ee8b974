"""The agent's socket against the whole bridge, with a shopper at the other end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from contracts.frames import agent_frame
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD
from tests.handoff_api.sockets.test_shopper import new_visitor, tab

Frame = dict[str, Any]


class Workspace:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    def send(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def until(self, kind: str, **fits: Any) -> Frame:
        while True:
            text = self.socket.recv(timeout=10)
            agent_frame.validate_json(text)
            frame: Frame = json.loads(text)
            self.frames.append(frame)
            if frame["type"] == kind and all(_inner(frame).get(name) == value for name, value in fits.items()):
                return frame

    def closing(self) -> int:
        try:
            while True:
                self.until("never")
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def _inner(frame: Frame) -> Frame:
    return frame.get("row") or frame.get("agent") or frame


@contextmanager
def workspace(server: str, agent: SignedIn) -> Iterator[Workspace]:
    address = server.replace("http", "ws") + "/v1/agent/socket"
    with connect(address, origin=server) as socket:  # type: ignore[arg-type]
        opened = Workspace(socket)
        opened.send("hello", ticket=agent.ticket())
        yield opened


def test_from_the_handoff_to_the_rating(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        desk.until("welcome")
        shopper.until("welcome")
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "订单有问题，转人工"})

        offer = desk.until("offer")
        row = offer["row"]
        assert row["handoff"]["reason"] == "human_request"
        assert row["handoff"]["slots"] == {"order_number": "202611210001"}
        desk.send("offer.accept", conversation_id=row["conversation_id"], epoch=row["epoch"])
        active = desk.until("row", status="active")["row"]
        desk.send("conversation.open", conversation_id=row["conversation_id"])
        snapshot = desk.until("snapshot")
        texts = [event["body"].get("text", "") for event in snapshot["events"]]
        assert "订单有问题，转人工" in texts
        assert list(snapshot["readings"].values())[0]["intent"] == "human_request"
        shopper.hears("人工客服小林已接入")

        where = {"conversation_id": row["conversation_id"], "epoch": active["epoch"]}
        desk.send("message.send", client_message_id="agent-0001", text="您好，我来处理", **where)
        desk.until("accepted")
        shopper.hears("您好，我来处理")
        shopper.send({"type": "typing", "is_typing": True, "draft": "想换"})
        assert desk.until("typing", author="shopper")["draft"] == "想换"
        shopper.send({"type": "message.send", "client_message_id": "client-02", "text": "想换货"})
        desk.until("reading")

        desk.send("conversation.close", client_message_id="agent-0002", disposition="已解决", **where)
        asks = (shopper.until("event")["event"]["body"] for _ in range(10))
        session_id = next(body["session_id"] for body in asks if body["kind"] == "csat_ask")
        shopper.send({"type": "csat.rate", "client_message_id": "client-03", "session_id": session_id, "score": 5})
        shopper.send({"type": "message.send", "client_message_id": "client-04", "text": "再问一句"})
        shopper.hears("收到：再问一句")


def test_a_note_reaches_the_agents_view_and_not_the_shopper(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        desk.until("welcome")
        desk.send("conversation.open", conversation_id=conversation_id)
        desk.until("snapshot")
        desk.send("note.add", client_message_id="agent-0001", conversation_id=conversation_id, text="内部备注")

        assert desk.until("event")["event"]["audience"] == "agents"
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        shopper.hears("收到")

    assert "内部备注" not in json.dumps(shopper.frames, ensure_ascii=False)


def test_a_stale_epoch_is_answered_by_its_error(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        desk.until("welcome")
        desk.send("message.send", client_message_id="agent-0001", conversation_id=conversation_id, epoch=0, text="嗨")

        error = desk.until("error")["error"]

    assert (error["code"], error["reference"]) == ("stale_epoch", "agent-0001")


def test_an_agent_who_was_away_finds_who_waits(server: str, agent: SignedIn) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.send({"type": "person.request", "client_message_id": "client-01"})
        shopper.until("accepted")
        with workspace(server, agent) as desk:
            [row] = desk.until("welcome")["rows"]
            offer = desk.until("offer")

    assert row["status"] == "queued"
    assert offer["row"]["conversation_id"] == row["conversation_id"]


def test_an_offer_withdrawn_by_the_shopper_ends_at_the_agent(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        desk.until("welcome")
        shopper.until("welcome")
        shopper.send({"type": "person.request", "client_message_id": "client-01"})
        desk.until("offer")
        shopper.send({"type": "queue.leave", "client_message_id": "client-02"})

        assert desk.until("offer.ended")["reason"] == "withdrawn"


def test_a_ticket_opens_one_socket(server: str, agent: SignedIn) -> None:
    ticket = agent.ticket()
    address = server.replace("http", "ws") + "/v1/agent/socket"
    codes = []
    for _ in range(2):
        with connect(address, origin=server) as socket:  # type: ignore[arg-type]
            socket.send(json.dumps({"type": "hello", "ticket": ticket}))
            codes.append(json.loads(socket.recv(timeout=10))["type"])

    assert codes == ["welcome", "error"]


def test_signing_out_closes_the_socket(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk:
        desk.until("welcome")
        agent.post("/v1/agent/sign-out")

        assert desk.closing() == 4401


@pytest.mark.parametrize("origin", ["https://store.example", "https://evil.test", "null"])
def test_only_the_workspaces_own_pages_may_connect(server: str, origin: str) -> None:
    address = server.replace("http", "ws") + "/v1/agent/socket"
    socket = connect(address, origin=origin)  # type: ignore[arg-type]
    desk = Workspace(socket)

    assert desk.until("error")["error"]["code"] == "origin_refused"
    assert desk.closing() == 1008


@pytest.mark.parametrize("kind", ["message.send", "drop.tables", "hello"])
def test_an_unknown_or_broken_command_keeps_the_connection(server: str, agent: SignedIn, kind: str) -> None:
    with workspace(server, agent) as desk:
        desk.until("welcome")
        desk.send(kind)
        assert desk.until("error")["error"]["code"] in ("frame_invalid", "frame_unknown")
        desk.send("ping")

        assert desk.until("pong")


@pytest.fixture
def agent(server: str, database_url: str) -> Iterator[SignedIn]:
    with sign_in(server, database_url, "小林", PASSWORD) as signed_in:
        yield signed_in


def test_presence_is_told_to_the_team(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk:
        desk.until("welcome")
        desk.send("presence.set", status="busy")

        assert desk.until("agent", presence="busy")
        assert agent.get("/v1/agent/me").json()["agent"]["presence"] == "busy"


def test_the_socket_needs_no_cookie_but_the_ticket(server: str) -> None:
    refused = httpx.post(f"{server}/v1/agent/socket-tickets", trust_env=False)

    assert refused.json()["error"]["code"] == "not_signed_in"


def test_a_tab_that_opens_later_is_told_the_offer_that_is_running(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as first, tab(server, new_visitor(server)) as shopper:
        first.until("welcome")
        shopper.send({"type": "person.request", "client_message_id": "client-01"})
        offered = first.until("offer")

        with workspace(server, agent) as second:
            second.until("welcome")
            again = second.until("offer")

    assert (again["row"]["conversation_id"], again["expires_at"]) == (
        offered["row"]["conversation_id"],
        offered["expires_at"],
    )


def test_a_snapshot_is_followed_by_how_far_the_shopper_has_read(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        shopper.send({"type": "read.mark", "seq": 1})
        shopper.send({"type": "ping"})
        shopper.until("pong")
        desk.until("welcome")

        desk.send("conversation.open", conversation_id=conversation_id)
        desk.until("snapshot")

        assert desk.until("read")["seq"] == 1


def test_a_command_without_a_client_id_is_refused_under_its_conversation(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        desk.until("welcome")

        desk.send("offer.accept", conversation_id=conversation_id, epoch=7)

        error = desk.until("error")["error"]
        assert (error["code"], error["reference"]) == ("stale_epoch", conversation_id)


def test_every_list_says_how_many_it_has(server: str, agent: SignedIn) -> None:
    new_visitor(server)

    assert agent.get("/v1/agent/counts").json() == {
        "mine": 0,
        "waiting": 0,
        "served": 0,
        "all": 1,
        "closed": 0,
        "bot": 1,
    }


def test_nothing_that_follows_a_snapshot_comes_before_it(server: str, agent: SignedIn) -> None:
    with workspace(server, agent) as desk, tab(server, new_visitor(server)) as shopper:
        conversation_id = shopper.until("welcome")["conversation"]["conversation_id"]
        desk.until("welcome")
        desk.send("conversation.open", conversation_id=conversation_id)
        desk.until("snapshot")
        for number in range(10):
            shopper.send({"type": "message.send", "client_message_id": f"client-{number:02}", "text": f"第{number}条"})
            desk.send("conversation.open", conversation_id=conversation_id)
        shopper.hears("第9条")
        desk.send("note.add", client_message_id="agent-0001", conversation_id=conversation_id, text="完")
        desk.until("accepted")

    has = 0
    for frame in desk.frames:
        if frame["type"] == "snapshot":
            has = max(has, frame["row"]["last_seq"], *(event["seq"] for event in frame["events"]))
        elif frame["type"] == "event" and frame["event"]["audience"] == "everyone":
            assert frame["event"]["seq"] <= has + 1
            has = max(has, frame["event"]["seq"])
