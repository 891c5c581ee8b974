"""What passes between an adapter and the rest: one envelope inwards, one message outwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from contracts.wire import WireModel

MediaKind = Literal["picture", "voice", "video", "file"]


class MediaRef(WireModel):
    """A file that lies at the platform. `reference` is what the adapter fetches it by: a media id, or an address."""

    kind: MediaKind
    reference: str
    name: str = ""


class Inbound(WireModel):
    """One thing a shopper did on a platform.

    kind: text; press (`item_id` of a menu); enter (opened the chat or followed the account); leave (unfollowed);
    person (asked for a person by a menu entry); note (only `context` is new); failed (the platform reports that
    delivery `item_id` did not arrive, `text` says why).
    message_id: the platform's, or made of what identifies an event. at: the platform's time.
    identity: a signed identity of the shop (`contracts/identity.py`); entry: a signed entry token
    (`contracts/entry.py`). grant_left, grant_s: how many messages this allows us, and for how long; by_event: it was an
    event of the platform, not a message.
    media: a file that came with it and is still to be fetched; `text` is what stands in its place if it cannot be.
    attachments: what was fetched. bot_line: what is said in the bot's place to something the bot cannot read.
    """

    user_id: str
    message_id: str
    at: datetime
    kind: Literal["text", "press", "enter", "leave", "person", "note", "failed"] = "text"
    text: str = ""
    item_id: str = ""
    identity: str = ""
    entry: str = ""
    grant_left: int | None = None
    grant_s: float | None = None
    by_event: bool = False
    context: dict[str, Any] = {}
    media: MediaRef | None = None
    attachments: list[str] = []
    bot_line: str = ""


class MenuItem(WireModel):
    """Something to choose. `id` is a button's one-time id, or `rate:<session>:<score>`, `leave_queue`."""

    id: str
    title: str


class OutgoingFile(WireModel):
    """A file of the store; `url` shows it to whoever holds the link, for some days."""

    attachment_id: str
    name: str
    media_type: str
    size: int
    url: str


class Outgoing(WireModel):
    """One message of the platform. A menu has `items`; `text` stands above them. A picture, a voice message or a file
    has `file` and no words. `may_use_reserve`: it may be the last one the platform allows. `ends_service`: the question
    how it was, after which nothing more follows."""

    kind: Literal["text", "menu", "picture", "voice", "file"] = "text"
    text: str
    items: list[MenuItem] = []
    file: OutgoingFile | None = None
    author: Literal["bot", "agent", "system"] = "bot"
    agent_name: str = ""
    may_use_reserve: bool = False
    ends_service: bool = False


@dataclass(frozen=True)
class Shown:
    """As what a channel shows a file, and how large it may be."""

    kind: Literal["picture", "voice", "file"]
    largest: int


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show. `menu_items`: largest menu it knows (0: none, numbers are used); `merges`: several
    bubbles become one message, because each one counts; `has_quota`: the platform counts what we send. `files`: by
    media type; what is not there, or too large, becomes a link."""

    text_bytes: int = 2048
    menu_items: int = 0
    item_bytes: int = 128
    merges: bool = False
    has_quota: bool = False
    page_url: str = ""
    files: Mapping[str, Shown] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """A message on its way. `delivery_id` is the same at every try; `context` is the link's."""

    delivery_id: str
    user_id: str
    conversation_id: str
    message: Outgoing
    created_at: datetime
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """The platform has it. `context` replaces what the link's had under the same names."""

    platform_id: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    costs_nothing: bool = False


class Adapter(Protocol):
    """One account of one platform. `channel` is its address: kind and name (`wechat:main`)."""

    channel: str
    capabilities: Capabilities
    is_passive: bool

    async def send(self, delivery: Delivery) -> Sent:
        """Raises `NotDelivered`."""
        ...

    async def fetch(self, media: MediaRef) -> bytes:
        """Raises `TryLater` or `NotFetched`."""
        ...

    async def typing(self, user_id: str) -> None:
        """Somebody on the shop's side is writing. Never fails, may do nothing."""
        ...

    async def sweep(self) -> None:
        """What this platform needs from the clock; about every second."""
        ...

    async def close(self) -> None: ...
