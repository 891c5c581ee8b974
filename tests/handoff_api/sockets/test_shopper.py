"""The shopper's socket against the whole bridge."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from contracts.frames import shopper_frame
from tests.handoff_api.stand_in_bot import StandInBot

Frame = dict[str, Any]


def new_visitor(server: str) -> str:
    answer = httpx.post(f"{server}/v1/visitors", json={"shop_id": "demo"}, trust_env=False)
    token: str = answer.json()["visitor_token"]
    return token


class Tab:
    """One connection; `frames` is all it received."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []

    def send(self, frame: Frame) -> None:
        self.socket.send(json.dumps(frame))

    def receive(self) -> Frame:
        text = self.socket.recv(timeout=10)
        shopper_frame.validate_json(text)
        frame: Frame = json.loads(text)
        self.frames.append(frame)
        return frame

    def until(self, kind: str, **fits: Any) -> Frame:
        while True:
            frame = self.receive()
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fits.items()):
                return frame

    def hears(self, text: str) -> Frame:
        while True:
            frame = self.until("event")
            if text in frame["event"]["body"].get("text", "") + frame["event"]["body"].get("line", ""):
                return frame

    def closing(self) -> int:
        try:
            while True:
                self.receive()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


@contextmanager
def tab(server: str, token: str | None = None, *, last_seq: int = 0, origin: str | None = None) -> Iterator[Tab]:
    """Connected and welcomed, unless no token is given."""
    address = server.replace("http", "ws") + "/v1/shopper/socket"
    with connect(address, origin=origin or server) as socket:  # type: ignore[arg-type]
        opened = Tab(socket)
        if token is not None:
            opened.send({"type": "hello", "token": token, "last_seq": last_seq})
        yield opened


def test_a_message_is_accepted_and_answered(server: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        welcome = shopper.until("welcome")
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        answer = shopper.hears("收到：你好")

    assert welcome["shop_name"] == "拾光优选"
    assert [event["seq"] for event in welcome["events"]] == [1]
    accepted = next(frame for frame in shopper.frames if frame["type"] == "accepted")
    assert (accepted["client_message_id"], accepted["seq"]) == ("client-01", 2)
    assert answer["event"]["seq"] == 3


def test_a_reload_in_the_middle_of_a_turn_loses_nothing_and_repeats_nothing(server: str, bot: StandInBot) -> None:
    bot.gate = threading.Event()
    token = new_visitor(server)
    with tab(server, token) as before:
        before.until("welcome")
        before.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        before.until("accepted")
        assert bot.is_asked.wait(10)

    with tab(server, token, last_seq=1) as after:
        welcome = after.until("welcome")
        after.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        again = after.until("accepted")
        bot.gate.set()
        answer = after.hears("收到：你好")

    assert [event["body"]["text"] for event in welcome["events"]] == ["你好"]
    assert (again["seq"], answer["event"]["seq"]) == (2, 3)


def test_two_tabs_see_the_same(server: str) -> None:
    token = new_visitor(server)
    with tab(server, token) as one, tab(server, token) as two:
        one.until("welcome")
        two.until("welcome")
        one.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})

        seen = [[t.until("event")["event"]["seq"] for _ in range(2)] for t in (one, two)]

    assert seen == [[2, 3], [2, 3]]


def test_resume_sends_exactly_what_is_missing(server: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        shopper.hears("收到")

        shopper.send({"type": "resume", "last_seq": 1})

        assert [shopper.until("event")["event"]["seq"] for _ in range(2)] == [2, 3]


def test_old_snapshot_and_events_are_the_new_snapshot(server: str) -> None:
    token = new_visitor(server)
    with tab(server, token) as shopper:
        known = shopper.until("welcome")["events"]
        for number in range(3):
            shopper.send({"type": "message.send", "client_message_id": f"client-{number:02}", "text": f"第{number}条"})
            known += [shopper.until("event")["event"]]
        shopper.send({"type": "person.request", "client_message_id": "client-99"})
        shopper.until("conversation")
    with tab(server, token) as fresh:
        snapshot = fresh.until("welcome")["events"]

    known += [frame["event"] for frame in shopper.frames if frame["type"] == "event"]
    by_seq = {event["seq"]: event for event in known}
    assert [by_seq[seq] for seq in sorted(by_seq)] == snapshot[: len(by_seq)]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "frame_invalid"),
        ("[]", "frame_invalid"),
        ('"text"', "frame_invalid"),
        ("null", "frame_invalid"),
        ("{}", "frame_unknown"),
        ('{"type": "admin.delete"}', "frame_unknown"),
        ('{"type": "message.send", "text": "x"}', "frame_invalid"),
        ('{"type": "message.send", "client_message_id": "short", "text": "x"}', "frame_invalid"),
        ('{"type": "message.send", "client_message_id": "client-01", "text": 5}', "frame_invalid"),
        ('{"type": "message.send", "client_message_id": "client-01", "text": "x", "more": 1}', "frame_invalid"),
        ('{"type": "message.send", "client_message_id": "client-01", "text": ""}', "text_empty"),
        ('{"type": "message.send", "client_message_id": "client-01", "text": "\\u3000\\n"}', "text_empty"),
        ('{"type": "message.send", "client_message_id": "client-01", "text": "' + "好" * 2001 + '"}', "text_too_long"),
        ('{"type": "choice.press", "client_message_id": "client-01", "choice_id": "b_none"}', "choice_unknown"),
        ('{"type": "queue.leave", "client_message_id": "client-01"}', "illegal_step"),
        ('{"type": "csat.rate", "client_message_id": "client-01", "session_id": "s", "score": 9}', "frame_invalid"),
        ('{"type": "csat.rate", "client_message_id": "client-01", "session_id": "s", "score": 5}', "rating_refused"),
        ('{"type": "hello", "token": "x"}', "frame_invalid"),
        ('{"type": "choice.press", "client_message_id": "client-01", "choice_id": "b\\u0000"}', "frame_invalid"),
        (
            '{"type": "csat.rate", "client_message_id": "client-01", "session_id": "\\u0000", "score": 5}',
            "frame_invalid",
        ),
        ("[" * 5000, "frame_invalid"),
    ],
)
def test_a_bad_frame_is_answered_by_its_error_and_the_connection_lives(server: str, frame: str, code: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.socket.send(frame)
        error = shopper.until("error")["error"]
        shopper.send({"type": "message.send", "client_message_id": "client-02", "text": "还在"})
        shopper.until("accepted")

    assert error["code"] == code
    assert error["message"]
    assert error["reference"] == next((client_id for client_id in ("client-01", "short") if client_id in frame), None)
    assert "Traceback" not in json.dumps(shopper.frames)


@pytest.mark.parametrize(
    "text", ["😡😡😡", "<img src=x onerror=alert(1)>", "\x07退\x00货", " /restart", "\u3000/return_apply{}"]
)
def test_strange_texts_are_taken_as_texts(server: str, bot: StandInBot, text: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": text})
        shopper.hears("收到")

    assert not bot.turns[0]["text"].strip().startswith("/")
    assert "\x00" not in bot.turns[0]["text"]


def test_a_binary_frame_is_an_error_too(server: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.socket.send(b"\x00\x01")

        assert shopper.until("error")["error"]["code"] == "frame_invalid"


def test_a_forged_token_is_refused(server: str) -> None:
    with tab(server, new_visitor(server)[:-4] + "AAAA") as shopper:
        assert shopper.until("error")["error"]["code"] == "token_refused"
        assert shopper.closing() == 4401


def test_anything_before_the_hello_is_refused(server: str) -> None:
    with tab(server) as shopper:
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})

        assert shopper.until("error")["error"]["code"] == "frame_invalid"
        assert shopper.closing() == 4400


@pytest.mark.parametrize(
    "origin",
    [
        "https://store.example.evil.test",
        "null",
        "http://store.example",
        "https://store.example:8443",
        "http://127.0.0.1:1",
    ],
)
def test_a_page_of_another_origin_gets_nothing(server: str, origin: str) -> None:
    with tab(server, origin=origin) as shopper:
        assert shopper.until("error")["error"]["code"] == "origin_refused"
        assert shopper.closing() == 1008


def test_the_stores_own_pages_may_connect(server: str) -> None:
    with tab(server, new_visitor(server), origin="https://store.example") as shopper:
        assert shopper.until("welcome")


def test_a_heartbeat_is_answered(server: str) -> None:
    with tab(server, new_visitor(server)) as shopper:
        shopper.until("welcome")
        shopper.send({"type": "ping"})

        assert shopper.until("pong")
