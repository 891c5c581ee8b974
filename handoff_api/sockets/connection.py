"""What both sockets share: the Origin check, the hello, a writer with a bound, and reading frames that may be wrong."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from contracts.events import Event
from contracts.frames import EventFrame
from contracts.wire import WireModel
from handoff_api.errors import BridgeError, FrameInvalid, OriginRefused, RateLimited, error_frame
from handoff_api.fanout import Inbox, InboxClosed, InboxOverflow
from handoff_api.settings import Settings

log = structlog.get_logger()

HELLO_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 60.0
"""Three missed heartbeats: the connection is dead, whatever TCP thinks."""
SEND_TIMEOUT_S = 10.0

# Close codes. 4000 and above are ours; the browser may reconnect at once after 4008, after a sign-in at 4401.
POLICY = 1008
OVERFLOW = 4008
HELLO_REFUSED = 4400
UNAUTHORISED = 4401
SILENT = 4408


Expand = Callable[[WireModel], Awaitable[Sequence[WireModel]]]
"""The frames to send for one frame of the inbox: none, itself, or the missing ones first."""

Fetch = Callable[[int], Awaitable[list[Event]]]


async def accept(socket: WebSocket, origins: Collection[str]) -> bool:
    """Only from pages of exactly these origins; everything else is told so and closed."""
    await socket.accept()
    if socket.headers.get("origin") in origins:
        return True
    await refuse(socket, OriginRefused(), POLICY)
    return False


async def refuse(socket: WebSocket, error: BridgeError, code: int) -> None:
    """Say why, then close."""
    try:
        await socket.send_text(error_frame(error).model_dump_json())
        await socket.close(code)
    except (WebSocketDisconnect, RuntimeError):
        return  # it is gone already


async def texts(socket: WebSocket, timeout_s: float = SILENCE_TIMEOUT_S) -> AsyncIterator[str]:
    """Text frames until the client is gone or silent (TimeoutError). A binary frame comes out as an empty text, which
    no frame is."""
    async with asyncio.timeout(None) as limit:
        while True:
            message = await _within(limit, timeout_s, socket.receive())
            if message["type"] == "websocket.disconnect":
                return
            yield message.get("text") or ""


async def _within[T](limit: asyncio.Timeout, seconds: float, waiting: Awaitable[T]) -> T:
    """One timer for many waits of a task: `wait_for` would make one for each, at three times the cost."""
    limit.reschedule(asyncio.get_running_loop().time() + seconds)
    answer = await waiting
    limit.reschedule(None)
    return answer


async def first_text(socket: WebSocket) -> str | None:
    """The hello's text; None if none came in time."""
    try:
        async for text in texts(socket, HELLO_TIMEOUT_S):
            return text
    except TimeoutError:
        await refuse(socket, FrameInvalid("请先发送 hello。"), HELLO_REFUSED)
    return None


class Pace:
    """How fast one connection may send: `burst` frames at once, then `per_s`. Held here, so it costs nothing."""

    def __init__(self, *, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._at_s = 0.0

    def require(self, now_s: float) -> None:
        """`now_s` by a clock that never goes back."""
        passed_s = now_s - self._at_s if self._at_s else 0.0
        self._tokens = min(self._burst, self._tokens + passed_s * self._per_s)
        self._at_s = now_s
        if self._tokens < 1:
            raise RateLimited
        self._tokens -= 1


def pace_of(settings: Settings) -> Pace:
    return Pace(per_s=settings.frames_per_s, burst=settings.frame_burst)


class Cursor:
    """What a client has of one sequence. It lets through only what comes next and says when something is missing."""

    def __init__(self, seq: int) -> None:
        self.seq = seq

    def is_next(self, event: Event) -> bool:
        return event.seq == self.seq + 1

    def is_ahead(self, event: Event) -> bool:
        return event.seq > self.seq + 1

    def advance(self, event: Event) -> None:
        self.seq = event.seq

    def rewind(self, seq: int) -> None:
        """The client says it has less than it was sent."""
        self.seq = min(self.seq, max(seq, 0))


async def write(socket: WebSocket, inbox: Inbox, expand: Expand) -> None:
    """The writer: everything from the inbox, until it closes, overflows, or the client no longer takes anything."""
    code = OVERFLOW
    try:
        async with asyncio.timeout(None) as limit:
            async for frame in inbox.frames():
                for ready in await expand(frame):
                    await _within(limit, SEND_TIMEOUT_S, socket.send_text(ready.as_text))
    except InboxClosed as closed:
        code = closed.code
    except (InboxOverflow, TimeoutError):
        log.warning("socket.overflow")
    except (WebSocketDisconnect, RuntimeError):
        return
    if socket.application_state is WebSocketState.CONNECTED:
        try:
            await asyncio.wait_for(socket.close(code), SEND_TIMEOUT_S)
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return


async def in_order(frame: EventFrame, cursor: Cursor, fetch: Fetch) -> list[EventFrame]:
    """`frame` if it is next; the whole gap from the record if something is missing; nothing if it was sent."""
    if not cursor.is_ahead(frame.event):
        if not cursor.is_next(frame.event):
            return []
        cursor.advance(frame.event)
        return [frame]
    missing = await fetch(cursor.seq)
    for event in missing:
        cursor.advance(event)
    return [EventFrame(event=event) for event in missing]


async def either(reader: asyncio.Task[None], writer: asyncio.Task[None]) -> None:
    """Run both until one ends; end the other. A surprise in either is raised, the usual ends are not."""
    try:
        done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reader, writer):
            task.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)
    for task in done:
        error = task.exception()
        if error is not None and not isinstance(error, (TimeoutError, WebSocketDisconnect, RuntimeError)):
            raise error
