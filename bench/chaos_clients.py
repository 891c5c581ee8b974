"""The clients of the chaos run, and what they hold against the bridge.

They behave as the web clients do: every message has a client id and is sent again until it is acknowledged; after a
reconnect they resume by seq; a connection that answers nothing is given up.
"""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from handoff_api.endpoints.access import COOKIE

WINDOW = 5
QUIET_S = 3.0
COOKIE_OF_AGENT = "cookie-of-the-agent"
STORE = "https://store.example"
Frame = dict[str, Any]


@dataclass
class Ledger:
    """What was said and what arrived, per conversation and side; and what a cursor should never see."""

    sent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    arrived: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    gaps: int = 0
    repeats: int = 0
    refused: list[str] = field(default_factory=list)
    first_accepted_at: float | None = None
    told_to_come_back: int = 0

    def say(self, conversation_id: str, side: str, text: str) -> None:
        self.sent.setdefault((conversation_id, side), []).append(text)

    def hear(self, conversation_id: str, side: str, text: str) -> None:
        self.arrived.setdefault((conversation_id, side), []).append(text)

    @property
    def missing(self) -> int:
        """How many have not arrived yet."""
        return sum(max(0, len(texts) - len(self.arrived.get(key, []))) for key, texts in self.sent.items())

    def verdict(self) -> tuple[int, int, int]:
        """How many were lost, doubled, out of order."""
        lost = doubled = moved = 0
        for key, texts in self.sent.items():
            arrived = self.arrived.get(key, [])
            lost += len(set(texts) - set(arrived))
            doubled += len(arrived) - len(set(arrived))
            known = [text for text in texts if text in set(arrived)]
            moved += sum(one != other for one, other in zip(known, dict.fromkeys(arrived), strict=False))
        return lost, doubled, moved


class Client:
    """Sends until acknowledged, resumes by seq, comes back after every loss."""

    def __init__(self, port: int, ledger: Ledger) -> None:
        self.port = port
        self.ledger = ledger
        self.repeats_itself = False
        self.outbox: list[Frame] = []
        self.cursors: dict[str, int] = {}
        self.socket: ClientConnection | None = None
        self.may_read = asyncio.Event()
        self.may_read.set()
        self._next = 0
        self._count = 0
        self._news = asyncio.Event()
        self._past: list[Frame] = []

    def put(self, frame: Frame) -> None:
        self._count += 1
        self.outbox.append({**frame, "client_message_id": f"chaos-{id(self):x}-{self._count:06}"})
        self._news.set()

    def cut(self) -> None:
        """As when the network goes away: no close frame, nothing."""
        if self.socket:
            self.socket.transport.abort()

    async def live(self) -> None:
        while True:
            try:
                await self._connected()
            except (WebSocketException, InvalidHandshake, OSError, httpx.HTTPError, TimeoutError, KeyError):
                self.socket = None
                await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _connected(self) -> None:
        async with await self.dial() as socket:
            await self.greet(socket)
            self.socket, self._next = socket, 0
            writing = asyncio.create_task(self._write(socket))
            try:
                await self._read(socket)
            finally:
                writing.cancel()

    async def dial(self) -> connect:
        raise NotImplementedError

    async def greet(self, socket: ClientConnection) -> None:
        raise NotImplementedError

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            while self._next < min(len(self.outbox), WINDOW):
                self._next += 1
                for frame in self._as_sent(self.outbox[self._next - 1]):
                    await socket.send(json.dumps(frame))
            self._news.clear()
            await self._news.wait()

    def _as_sent(self, frame: Frame) -> list[Frame]:
        """Once; or twice, with an old one that was obeyed long ago in between."""
        self._past = [*self._past[-20:], frame]
        return [frame, random.choice(self._past), frame] if self.repeats_itself else [frame]

    async def _read(self, socket: ClientConnection) -> None:
        """What still says nothing after a heartbeat is half-open: another connection is made."""
        is_asked = False
        while True:
            await self.may_read.wait()
            try:
                text = await asyncio.wait_for(socket.recv(), QUIET_S)
            except TimeoutError:
                if self.outbox or is_asked:
                    raise
                await socket.send('{"type":"ping"}')
                is_asked = True
            else:
                is_asked = False
                self.take(json.loads(text))

    def take(self, frame: Frame) -> None:
        match frame["type"]:
            case "accepted":
                self._accepted(frame["client_message_id"])
            case "event":
                self.event(frame["event"])
            case "reconnect":
                self.ledger.told_to_come_back += 1
            case "error":
                self.ledger.refused.append(frame["error"]["code"])

    def _accepted(self, client_id: str) -> None:
        before = len(self.outbox)
        self.outbox = [frame for frame in self.outbox if frame["client_message_id"] != client_id]
        self._next = max(0, self._next - (before - len(self.outbox)))
        self.ledger.first_accepted_at = self.ledger.first_accepted_at or time.monotonic()
        self._news.set()

    def event(self, event: Frame) -> None:
        if event["audience"] != "everyone":
            return
        conversation_id, seq = event["conversation_id"], event["seq"]
        last = self.cursors.get(conversation_id, 0)
        self.ledger.gaps += seq > last + 1
        self.ledger.repeats += seq <= last
        self.cursors[conversation_id] = max(last, seq)
        side = event["author"]["kind"]
        if side in ("shopper", "agent") and side != self.side and event["body"]["kind"] == "message":
            self.ledger.hear(conversation_id, side, event["body"]["text"])

    side = ""


class ShopperClient(Client):
    side = "shopper"

    def __init__(self, port: int, ledger: Ledger, token: str, conversation_id: str) -> None:
        super().__init__(port, ledger)
        self._token = token
        self.conversation_id = conversation_id

    def say(self, text: str) -> None:
        self.ledger.say(self.conversation_id, self.side, text)
        self.put({"type": "message.send", "text": text})

    async def dial(self) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}/v1/shopper/socket", origin=STORE, open_timeout=3)  # type: ignore[arg-type]

    async def greet(self, socket: ClientConnection) -> None:
        last_seq = self.cursors.get(self.conversation_id, 0)
        await socket.send(json.dumps({"type": "hello", "token": self._token, "last_seq": last_seq}))
        welcome = json.loads(await asyncio.wait_for(socket.recv(), 5))
        for event in welcome["events"]:
            self.event(event)


class BotTalker(ShopperClient):
    """Speaks with the bot, and hears that everything said is in the conversation: what they said comes back."""

    def event(self, event: Frame) -> None:
        super().event(event)
        if event["author"]["kind"] == self.side and event["body"]["kind"] == "message":
            self.ledger.hear(self.conversation_id, self.side, event["body"]["text"])


class AgentClient(Client):
    side = "agent"

    def __init__(self, port: int, ledger: Ledger, epochs: dict[str, int]) -> None:
        super().__init__(port, ledger)
        self._epochs = epochs

    def say(self, conversation_id: str, text: str) -> None:
        self.ledger.say(conversation_id, self.side, text)
        where = {"conversation_id": conversation_id, "epoch": self._epochs[conversation_id]}
        self.put({"type": "message.send", "text": text, **where})

    async def dial(self) -> connect:
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": f"{COOKIE}={COOKIE_OF_AGENT}", "Origin": origin}
        async with httpx.AsyncClient(base_url=origin, headers=headers, trust_env=False, timeout=3) as http:
            self._ticket = (await http.post("/v1/agent/socket-tickets")).json()["ticket"]
        address = f"ws://127.0.0.1:{self.port}/v1/agent/socket"
        return connect(address, origin=origin, open_timeout=3, max_size=None)  # type: ignore[arg-type]

    async def greet(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "hello", "ticket": self._ticket}))
        for conversation_id in self._epochs:
            last_seq = self.cursors.get(conversation_id, 0)
            opened = {"type": "conversation.open", "conversation_id": conversation_id, "last_seq": last_seq}
            await socket.send(json.dumps(opened))

    def take(self, frame: Frame) -> None:
        if frame["type"] == "snapshot":
            for event in frame["events"]:
                self.event(event)
        else:
            super().take(frame)
