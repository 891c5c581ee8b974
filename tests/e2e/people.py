"""A shopper and an agent as programs: the real sockets, the real protocol, no short cuts."""

import http.cookiejar
import json
import time
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.e2e.system import System

PATIENCE_S = 30.0
Frame = dict[str, Any]


class Gone(AssertionError):
    """What was waited for did not come; the text shows what came instead."""


class Person:
    """One end of a socket; `frames` is everything received, in order."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.frames: list[Frame] = []
        self._socket: ClientConnection | None = None

    def _connect(self, path: str, hello: Frame) -> None:
        address = self.system.bridge.replace("http", "ws") + path
        self._socket = connect(address, origin=self.system.bridge, max_size=2**22)  # type: ignore[arg-type]
        self.send(hello)

    def send(self, frame: Frame) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps(frame))

    def wait(self, fits: Callable[[Frame], bool], *, since: int = 0, within_s: float = PATIENCE_S) -> Frame:
        """The first frame at or after place `since` that fits. Raises Gone."""
        assert self._socket is not None
        place, until = since, time.monotonic() + within_s
        while True:
            while place < len(self.frames):
                if fits(self.frames[place]):
                    return self.frames[place]
                place += 1
            try:
                self.frames.append(json.loads(self._socket.recv(timeout=max(0.01, until - time.monotonic()))))
            except TimeoutError:
                shown = json.dumps(self.frames[since:], ensure_ascii=False)[-3000:]
                raise Gone(f"it did not come within {within_s} s; what came: {shown}") from None

    def drain(self, quiet_s: float = 1.0) -> None:
        """Read until nothing has come for `quiet_s`."""
        assert self._socket is not None
        while True:
            try:
                self.frames.append(json.loads(self._socket.recv(timeout=quiet_s)))
            except TimeoutError:
                return

    def leave(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _new_id() -> str:
    return "c_" + uuid.uuid4().hex


class Shopper(Person):
    """A shopper on the store's page; with `shopper_id` signed in as one of the demo shop's people."""

    def __init__(self, system: System, shopper_id: str | None = None) -> None:
        super().__init__(system)
        wish: Frame = {"shop_id": "demo"}
        if shopper_id:
            signed = system.call("POST", f"{system.shop}/demo/sign-in", {"shopper_id": shopper_id})
            wish["identity_token"] = signed["identity_token"]
        given = system.call("POST", f"{system.bridge}/v1/visitors", wish)
        self.token: str = given["visitor_token"]
        self.conversation_id: str = given["conversation"]["conversation_id"]
        self.arrive()

    def arrive(self, last_seq: int = 0) -> Frame:
        """Connect (again), from `last_seq` on."""
        since = len(self.frames)
        self._connect("/v1/shopper/socket", {"type": "hello", "protocol": 1, "token": self.token, "last_seq": last_seq})
        return self.wait(lambda frame: frame["type"] == "welcome", since=since)

    def say(self, text: str, client_message_id: str | None = None) -> int:
        """Send a message and wait until it is accepted; the place in `frames` from which answers follow."""
        since, sent = len(self.frames), client_message_id or _new_id()
        self.send({"type": "message.send", "client_message_id": sent, "text": text})
        self.wait(lambda frame: _is_answer_to(frame, sent), since=since)
        return since

    def shows(self, picture: bytes) -> int:
        """Upload a picture and send it as a message of its own."""
        request = urllib.request.Request(
            f"{self.system.bridge}/v1/shopper/files",
            method="POST",
            data=picture,
            headers={"Authorization": f"Bearer {self.token}", "X-File-Name": "photo.png", "Content-Type": "image/png"},
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            attachment_id = json.load(reply)["attachment_id"]
        since, sent = len(self.frames), _new_id()
        self.send({"type": "message.send", "client_message_id": sent, "text": "", "attachments": [attachment_id]})
        self.wait(lambda frame: _is_answer_to(frame, sent), since=since)
        return since

    def press(self, title: str) -> int:
        """Press the newest button with this title (or the newest card whose title holds it)."""
        offered = [choice for event in reversed(self.events()) for choice in _choices(event)]
        wanted = next((choice for choice in offered if title in choice["title"] and not choice.get("used")), None)
        if wanted is None:
            raise Gone(f"no button {title!r} among {[choice['title'] for choice in offered]}")
        since, sent = len(self.frames), _new_id()
        self.send({"type": "choice.press", "client_message_id": sent, "choice_id": wanted["choice_id"]})
        self.wait(lambda frame: _is_answer_to(frame, sent), since=since)
        return since

    def ask_for_person(self) -> int:
        since, sent = len(self.frames), _new_id()
        self.send({"type": "person.request", "client_message_id": sent})
        self.wait(lambda frame: _is_answer_to(frame, sent), since=since)
        return since

    def hears(self, part: str, *, since: int = 0, by: str = "bot", within_s: float = PATIENCE_S) -> Frame:
        """The first message of `by` that holds `part` in its text."""
        frame = self.wait(
            lambda f: (
                _author(f) == by and part in f["event"]["body"].get("text", "") + f["event"]["body"].get("line", "")
            ),
            since=since,
            within_s=within_s,
        )
        event: Frame = frame["event"]
        return event

    def sees(self, card: str, *, since: int = 0, within_s: float = PATIENCE_S) -> Frame:
        """The first card of this type."""
        frame = self.wait(lambda f: any(c["card"]["type"] == card for c in _cards(f)), since=since, within_s=within_s)
        found: Frame = next(c["card"] for c in _cards(frame) if c["card"]["type"] == card)
        return found

    def status(self, wanted: str, *, since: int = 0, within_s: float = PATIENCE_S) -> Frame:
        """The conversation frame with this status."""
        frame = self.wait(
            lambda f: f["type"] == "conversation" and f["conversation"]["status"] == wanted,
            since=since,
            within_s=within_s,
        )
        found: Frame = frame["conversation"]
        return found

    def events(self) -> list[Frame]:
        """Every event seen, once each, by seq."""
        seen: dict[int, Frame] = {}
        for frame in self.frames:
            for event in frame.get("events", []) if frame["type"] == "welcome" else [frame.get("event")]:
                if event:
                    seen[event["seq"]] = event
        return [seen[seq] for seq in sorted(seen)]


class Agent(Person):
    """An agent at the workspace; online as soon as it is made."""

    def __init__(self, system: System, username: str = "xiaolin", password: str = "shouhou-demo") -> None:
        super().__init__(system)
        jar = http.cookiejar.CookieJar()
        self._web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self._post("/v1/agent/sign-in", {"username": username, "password": password})
        ticket = self._post("/v1/agent/socket-tickets", {})["ticket"]
        self._connect("/v1/agent/socket", {"type": "hello", "protocol": 1, "ticket": ticket})
        self.agent_id = self.wait(lambda frame: frame["type"] == "welcome")["agent"]["agent_id"]

    def _post(self, path: str, body: Frame) -> Frame:
        request = urllib.request.Request(
            self.system.bridge + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Origin": self.system.bridge},
        )
        with self._web.open(request, timeout=30) as reply:
            answer: Frame = json.loads(reply.read() or b"{}")
            return answer

    def get(self, path: str) -> Frame:
        with self._web.open(self.system.bridge + path, timeout=30) as reply:
            answer: Frame = json.load(reply)
            return answer

    def turn(self, presence: str) -> None:
        """Online or away, and seen to be so: a conversation that comes next is offered by it."""
        since, own = len(self.frames), {"agent_id": self.agent_id, "presence": presence}
        self.send({"type": "presence.set", "status": presence})
        self.wait(lambda f: f["type"] == "agent" and own.items() <= f["agent"].items(), since=since)

    def go_away(self) -> None:
        """Close what is open and leave, so that nothing is offered to a socket that is gone."""
        self.drain(0.2)
        newest = {row["conversation_id"]: row for f in self.frames for row in _rows(f)}
        for row in newest.values():
            if row["status"] == "active" and row["agent_id"] == self.agent_id:
                self.close(row["conversation_id"])
        self.turn("away")
        self.leave()

    def take(self, conversation_id: str, *, within_s: float = PATIENCE_S) -> Frame:
        """Accept the offer of this conversation; the snapshot one gets for it."""
        offer = self.wait(
            lambda f: f["type"] == "offer" and f["row"]["conversation_id"] == conversation_id, within_s=within_s
        )
        since = len(self.frames)
        self.send({"type": "offer.accept", "conversation_id": conversation_id, "epoch": offer["row"]["epoch"]})
        self.row(conversation_id, "active", since=since)
        return self.open(conversation_id)

    def open(self, conversation_id: str) -> Frame:
        since = len(self.frames)
        self.send({"type": "conversation.open", "conversation_id": conversation_id, "last_seq": 0})
        return self.wait(lambda f: f["type"] == "snapshot", since=since)

    def row(self, conversation_id: str, status: str, *, since: int = 0, within_s: float = PATIENCE_S) -> Frame:
        """The first row of this conversation with this status at or after frame `since`."""
        frame = self.wait(lambda f: _row(f, conversation_id, status) is not None, since=since, within_s=within_s)
        return _row(frame, conversation_id, status) or {}

    def epoch_of(self, conversation_id: str) -> int:
        return max(row["epoch"] for f in self.frames for row in _rows(f) if row["conversation_id"] == conversation_id)

    def say(self, conversation_id: str, text: str) -> None:
        self._act("message.send", conversation_id, text=text)

    def close(self, conversation_id: str) -> None:
        self._act("conversation.close", conversation_id, disposition="已解决", note="")

    def _act(self, kind: str, conversation_id: str, **fields: str) -> None:
        since, sent = len(self.frames), _new_id()
        self.send(
            {
                "type": kind,
                "client_message_id": sent,
                "conversation_id": conversation_id,
                "epoch": self.epoch_of(conversation_id),
                **fields,
            }
        )
        answer = self.wait(lambda frame: _is_answer_to(frame, sent), since=since)
        assert answer["type"] == "accepted", answer


def _is_answer_to(frame: Frame, client_message_id: str) -> bool:
    if frame["type"] == "accepted":
        return bool(frame["client_message_id"] == client_message_id)
    return frame["type"] == "error" and frame["error"].get("reference") == client_message_id


def _rows(frame: Frame) -> list[Frame]:
    return [frame["row"]] if "row" in frame else frame.get("rows", [])


def _row(frame: Frame, conversation_id: str, status: str) -> Frame | None:
    wanted = (row for row in _rows(frame) if row["conversation_id"] == conversation_id and row["status"] == status)
    return next(wanted, None)


def _author(frame: Frame) -> str:
    return str(frame["event"]["author"]["kind"]) if frame["type"] == "event" else ""


def _cards(frame: Frame) -> list[Frame]:
    return frame["event"]["body"].get("cards", []) if frame["type"] == "event" else []


def _choices(event: Frame) -> list[Frame]:
    body = event["body"]
    return [*body.get("choices", []), *(card["choice"] for card in body.get("cards", []) if card.get("choice"))]
