"""What a conversation consists of: its status, its events, and who may see them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.bot_output import Card
from contracts.wire import WireModel

MAX_TEXT = 2000
MAX_ATTACHMENTS = 9
"""Of one message."""


class Status(StrEnum):
    """Who answers; the table of legal steps is `handoff_api/domain/conversation.py`."""

    BOT = "bot"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    MESSAGE_LEFT = "message_left"
    CLOSED = "closed"


class AuthorKind(StrEnum):
    SHOPPER = "shopper"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Author(WireModel):
    """`name` is what the shopper sees: the agent's public name, the shop's name for bot and system."""

    kind: AuthorKind
    id: str = ""
    name: str = ""


class OfferedChoice(WireModel):
    """A button as a browser gets it: a one-time id instead of what it stands for."""

    choice_id: str
    title: str
    style: Literal["default", "primary", "danger"] = "default"
    used: bool = False


class OfferedCard(WireModel):
    """A card as a browser gets it; `choice` is set where the whole card is a button."""

    card: Card
    choice: OfferedChoice | None = None


class Attachment(WireModel):
    """A picture or a file beside a message. Its bytes are at `/v1/files/{attachment_id}`, those of a small picture at
    `/v1/files/{attachment_id}/thumbnail`: for the conversation's own shopper, the shop's agents and its server."""

    kind: Literal["picture", "document"]
    attachment_id: str
    name: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None


class Quote(WireModel):
    """What a message answers to, as it stood when it was quoted; `text` is its beginning."""

    event_id: str
    author: AuthorKind
    name: str = ""
    text: str


class MessageBody(WireModel):
    """`is_recalled`: its agent took it back; its words are gone, its place stays."""

    kind: Literal["message"] = "message"
    text: str = ""
    cards: list[OfferedCard] = Field(default_factory=list)
    choices: list[OfferedChoice] = Field(default_factory=list)
    attachments: list[Attachment] = Field(default_factory=list)
    client_message_id: str | None = None
    quote: Quote | None = None
    is_recalled: bool = False


class RecallBody(WireModel):
    """An agent took a message back: who shows it shows it no longer."""

    kind: Literal["recall"] = "recall"
    event_id: str


class StatusBody(WireModel):
    """The owner changed. `line` is the sentence shown to the shopper, empty where nothing is shown."""

    kind: Literal["status"] = "status"
    status: Status
    epoch: int
    line: str = ""
    agent_name: str = ""


class CsatAskBody(WireModel):
    kind: Literal["csat_ask"] = "csat_ask"
    session_id: str


class CsatGivenBody(WireModel):
    kind: Literal["csat_given"] = "csat_given"
    session_id: str
    score: Annotated[int, Field(ge=1, le=5)]
    comment: str = ""


class Mention(WireModel):
    agent_id: str
    name: str


class NoteBody(WireModel):
    """An internal note: agents only, numbered in a sequence of its own. `mentions`: who is to see it."""

    kind: Literal["note"] = "note"
    text: str
    mentions: list[Mention] = []


Body = Annotated[
    MessageBody | RecallBody | StatusBody | CsatAskBody | CsatGivenBody | NoteBody, Field(discriminator="kind")
]


class Event(WireModel):
    """One thing that happened in a conversation, for ever at its place.

    seq: 1, 2, 3 … without gaps within (conversation, audience); epoch: the owner's epoch it was made under;
    turn_id: the bot's turn it belongs to, if any.
    """

    event_id: str
    conversation_id: str
    seq: int
    audience: Literal["everyone", "agents"] = "everyone"
    author: Author
    at: datetime
    epoch: int
    body: Body
    turn_id: str | None = None


class QueuePlace(WireModel):
    """`position` counts from 1; the wait is an interval in seconds, None where nothing honest can be said."""

    position: int
    wait_low_s: int | None = None
    wait_high_s: int | None = None


class CallbackSlot(WireModel):
    """A time at which the shop can come back to the shopper; `label` says it in Chinese."""

    at: datetime
    until: datetime
    label: str


class ConversationView(WireModel):
    """A conversation as its shopper sees it. While it waits: `callbacks` are the times that may be chosen,
    `callback_at` the one that was; `is_open` and `opens_at` are about the shop's hours."""

    conversation_id: str
    status: Status
    epoch: int
    last_seq: int
    agent_name: str = ""
    place: QueuePlace | None = None
    agents_online: bool = False
    is_open: bool = True
    opens_at: datetime | None = None
    callbacks: list[CallbackSlot] = []
    callback_at: datetime | None = None


class Reading(WireModel):
    """What the bot's side read in one message, whoever owns the conversation. Probabilities from 0 to 1."""

    intent: str = ""
    confidence: float = 0.0
    ranking: list[tuple[str, float]] = []
    entities: list[dict[str, Any]] = []
    emotion: dict[str, float] = {}
    emergency: str = ""
    identity_data: list[str] = []


class ExplainedReading(Reading):
    """A reading with its reasons: (feature, share of the winner's margin), loudest first.

    A feature's name begins with its kind: `c` characters, `s` sounds, `w` and `b` words, `r` radicals, `q` a question.
    """

    normalised: str
    words: list[str]
    reasons: list[tuple[str, float]]


class Signal(WireModel):
    """One thing that spoke for a person. `trigger` is a word of `handoff_api/handoff.yml`; `score` is what was
    measured (a probability, a count, an amount), None where there is nothing to measure."""

    trigger: str
    text: str
    score: float | None = None
    event_id: str | None = None
    at: datetime | None = None


class MoodPoint(WireModel):
    """The strongest mood of one shopper message."""

    event_id: str
    at: datetime
    mood: str
    score: float


class ConsideredAgent(WireModel):
    """An agent who was looked at: chosen, or why not. `text` says it in Chinese."""

    agent_id: str
    name: str
    load: int
    capacity: int
    outcome: Literal["chosen", "free", "full", "lacks_skill", "junior", "passed"]
    text: str


class AgentChoice(WireModel):
    """Why this agent. `strategy` is the rule that decided, `by_hand` where a person did."""

    agent_id: str
    agent_name: str
    strategy: str
    text: str
    at: datetime
    considered: list[ConsideredAgent] = []


class HandoffPackage(WireModel):
    """What an agent gets on top of the transcript, so that the shopper repeats nothing.

    summary: three lines: what is wanted, about what, what was done and promised; signals: everything that spoke for a
    person, the deciding one first; promised: what the bot has said will happen; opening_line: a first sentence to
    send as it is or to change."""

    reason: str
    reason_text: str
    evidence: str = ""
    wanted: str = ""
    signals: list[Signal] = []
    mood: list[MoodPoint] = []
    promised: list[str] = []
    opening_line: str = ""
    priority: Literal["normal", "high", "emergency"] = "normal"
    skill: str = "general"
    summary: list[str] = []
    slots: dict[str, Any] = {}
    tried: list[str] = []
    verdicts: list[dict[str, Any]] = []
    order_number: str | None = None
    requested_at: datetime


class Guest(WireModel):
    """A colleague who may speak in a conversation that another agent owns."""

    agent_id: str
    name: str


class Undelivered(WireModel):
    """What did not reach the shopper. held: it is sent when they write again; dead: it was given up. `seq` is the
    last event it says."""

    seq: int
    state: Literal["held", "dead"]
    reason: str


class ChannelState(WireModel):
    """The shopper's IM channel: how many messages it still allows (None: it does not count) until when, and what was
    not delivered, the newest first."""

    left: int | None = None
    allowed: int | None = None
    window_until: datetime | None = None
    held: int = 0
    dead: int = 0
    undelivered: list[Undelivered] = []


class ConversationRow(WireModel):
    """A line in the agents' list. `unanswered_since` is the first shopper message not yet answered by a person;
    `answer_due_at` is when a left message was promised its answer, `is_overdue` that this instant has passed;
    `callback_at` is when the shopper wants to be called back; `intent` and `mood` are what the bot's side read in the
    shopper's latest message, empty where nothing stood out."""

    conversation_id: str
    status: Status
    epoch: int
    last_seq: int
    last_note_seq: int = 0
    shopper_name: str
    shopper_level: str = ""
    is_signed_in: bool = False
    channel: str = "web"
    agent_id: str | None = None
    agent_name: str = ""
    preview: str = ""
    last_at: datetime
    waiting_since: datetime | None = None
    unanswered_since: datetime | None = None
    unread: int = 0
    offer_expires_at: datetime | None = None
    answer_due_at: datetime | None = None
    is_overdue: bool = False
    callback_at: datetime | None = None
    skill: str = "general"
    intent: str = ""
    mood: str = ""
    is_elder: bool = False
    guests: list[Guest] = []
    channel_state: ChannelState | None = None
    handoff: HandoffPackage | None = None
