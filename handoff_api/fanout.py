"""Who in this process hears of what: topics, inboxes, frames. It knows no rule and keeps nothing.

Rule 1. An inbox is bounded. One that overflows is closed and its client resumes by seq: a slow browser never holds
        up a room.
Rule 2. Delivery may repeat and may skip; sockets put it right with `seq` against the record.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable

from contracts.wire import WireModel

INBOX_SIZE = 256


class InboxOverflow(Exception):
    """The client reads too slowly: close with 4008, it will resume."""


class InboxClosed(Exception):
    """The bridge ends this connection; `code` is the close code."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


class Inbox:
    """What one connection still has to be sent. Without `asyncio.Queue`, which is 2 KB for each of ten thousand."""

    def __init__(self, size: int = INBOX_SIZE) -> None:
        self._frames: deque[WireModel] = deque()
        self._size = size
        self._is_overflowing = False
        self._close_code: int | None = None
        self._wake = asyncio.Event()

    def put(self, frame: WireModel) -> None:
        if len(self._frames) >= self._size:
            self._is_overflowing = True
        else:
            self._frames.append(frame)
        self._wake.set()

    def close(self, code: int) -> None:
        """What is already in the inbox is still sent."""
        self._close_code = code
        self._wake.set()

    async def frames(self) -> AsyncIterator[WireModel]:
        """Until closed (`InboxClosed`) or overflowing (`InboxOverflow`)."""
        while True:
            while self._frames and not self._is_overflowing:
                yield self._frames.popleft()
            if self._is_overflowing:
                raise InboxOverflow
            if self._close_code is not None:
                raise InboxClosed(self._close_code)
            self._wake.clear()
            await self._wake.wait()

    def drain(self) -> list[WireModel]:
        """Everything that is there now."""
        frames = list(self._frames)
        self._frames.clear()
        return frames

    async def wait(self, timeout_s: float) -> bool:
        """True as soon as there is a frame; for the long poll."""
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return False
        return True


class Fanout:
    def __init__(self) -> None:
        self._topics: dict[str, set[Inbox]] = {}

    def subscribe(self, inbox: Inbox, *topics: str) -> None:
        for topic in topics:
            self._topics.setdefault(topic, set()).add(inbox)

    def unsubscribe(self, inbox: Inbox, topics: Iterable[str] | None = None) -> None:
        for topic in list(self._topics) if topics is None else topics:
            inboxes = self._topics.get(topic, set())
            inboxes.discard(inbox)
            if not inboxes:
                self._topics.pop(topic, None)

    def publish(self, topic: str, *frames: WireModel) -> None:
        for inbox in tuple(self._topics.get(topic, ())):
            for frame in frames:
                inbox.put(frame)

    def is_heard(self, topic: str) -> bool:
        return topic in self._topics

    def heard(self, prefix: str) -> list[str]:
        """What follows `prefix` in the topics somebody listens to."""
        return [topic.removeprefix(prefix) for topic in self._topics if topic.startswith(prefix)]

    def count(self, prefix: str) -> int:
        """How many inboxes listen to topics that begin so."""
        return sum(len(inboxes) for topic, inboxes in self._topics.items() if topic.startswith(prefix))

    def close(self, topic: str, code: int) -> None:
        for inbox in tuple(self._topics.get(topic, ())):
            inbox.close(code)

    def close_all(self, code: int, farewell: WireModel) -> None:
        for inbox in {inbox for inboxes in self._topics.values() for inbox in inboxes}:
            inbox.put(farewell)
            inbox.close(code)


def shopper_topic(conversation_id: str) -> str:
    """What the shopper of a conversation may see."""
    return f"shopper:{conversation_id}"


def desk_topic(conversation_id: str) -> str:
    """What an agent who has the conversation open may see: notes and readings too."""
    return f"desk:{conversation_id}"


def team_topic(shop_id: str) -> str:
    """Rows of the lists, for every agent of the shop."""
    return f"team:{shop_id}"


def lead_topic(shop_id: str) -> str:
    """What supervisors hear beside what every agent does: deadlines of anybody's conversations."""
    return f"lead:{shop_id}"


def agent_topic(agent_id: str) -> str:
    """What concerns one agent: offers, their own presence."""
    return f"agent:{agent_id}"


def sign_in_topic(token_hash: str) -> str:
    """The connections of one sign-in, to end them with it."""
    return f"sign-in:{token_hash}"
