"""The frames of the two sockets: JSON objects with a `type`. Made from it: docs/reference/wire-protocol.md.

Rule 1. The first frame is `hello`, within 5 seconds; a token never stands in a URL.
Rule 2. Whatever changes something carries an id of the client's own (`client_message_id`): sent twice, done once,
        and the second answer is the first one's.
Rule 3. `seq` has no gaps. A client that misses one asks again by `resume`; it never guesses by time.
Rule 4. What an agent does to a conversation carries the epoch it was seen under; a stale one is refused.
Rule 5. A refused frame is answered by `error`; the connection survives whatever it can survive.
The long poll of the shopper speaks the same frames over HTTP.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from contracts.events import MAX_ATTACHMENTS, MAX_TEXT, AgentChoice, ConversationRow, ConversationView, Event, Reading
from contracts.wire import ErrorDetail, Id, WireModel

PROTOCOL = 1
HEARTBEAT_S = 20
ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
AttachmentIds = Annotated[list[Id], Field(max_length=MAX_ATTACHMENTS)]
"""What was uploaded before by the same person into the same conversation and stands in no message yet."""
Presence = Literal["online", "busy", "away", "after_work"]
"""What an agent chooses: only `online` is given new conversations; `after_work` finishes what is open."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


# --- shopper → bridge -----------------------------------------------------------------------------------------------
class ShopperHello(WireModel):
    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    token: str
    last_seq: Count = 0


class SendMessage(WireModel):
    """Say something. Over 2,000 characters is `text_too_long`, blank without a picture is `text_empty`."""

    type: Literal["message.send"] = "message.send"
    client_message_id: ClientId
    text: str
    attachments: AttachmentIds = Field(default_factory=list)


class PressChoice(WireModel):
    type: Literal["choice.press"] = "choice.press"
    client_message_id: ClientId
    choice_id: Id


class RequestPerson(WireModel):
    """The button that is always there."""

    type: Literal["person.request"] = "person.request"
    client_message_id: ClientId


class LeaveQueue(WireModel):
    """Waiting no longer: back to the bot."""

    type: Literal["queue.leave"] = "queue.leave"
    client_message_id: ClientId


class LeaveMessage(WireModel):
    """Leave a message for the shop instead of waiting; answered later in the same conversation."""

    type: Literal["message.leave"] = "message.leave"
    client_message_id: ClientId
    text: str


class RequestCallback(WireModel):
    """Be called back in this conversation instead of waiting; `at` is the beginning of a slot that was offered."""

    type: Literal["callback.request"] = "callback.request"
    client_message_id: ClientId
    at: datetime


class RateService(WireModel):
    type: Literal["csat.rate"] = "csat.rate"
    client_message_id: ClientId
    session_id: Id
    score: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=500)] = ""


class Resume(WireModel):
    """Send everything after `last_seq` again (a gap was seen)."""

    type: Literal["resume"] = "resume"
    last_seq: Count


class MarkRead(WireModel):
    type: Literal["read.mark"] = "read.mark"
    seq: Count


class Typing(WireModel):
    type: Literal["typing"] = "typing"
    is_typing: bool
    draft: Annotated[str, Field(max_length=MAX_TEXT)] = ""


class Ping(WireModel):
    type: Literal["ping"] = "ping"


ShopperCommand = Annotated[
    ShopperHello
    | SendMessage
    | PressChoice
    | RequestPerson
    | LeaveQueue
    | LeaveMessage
    | RequestCallback
    | RateService
    | Resume
    | MarkRead
    | Typing
    | Ping,
    Field(discriminator="type"),
]


# --- bridge → shopper -----------------------------------------------------------------------------------------------
class Welcome(WireModel):
    """The snapshot: everything after the `last_seq` of the hello follows as `event` frames at once."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    heartbeat_s: int = HEARTBEAT_S
    conversation: ConversationView
    shop_name: str
    events: list[Event]


class EventFrame(WireModel):
    type: Literal["event"] = "event"
    event: Event


class Accepted(WireModel):
    """It is in the record. `seq` is None for what makes no event."""

    type: Literal["accepted"] = "accepted"
    client_message_id: str
    seq: int | None = None


class ConversationChanged(WireModel):
    type: Literal["conversation"] = "conversation"
    conversation: ConversationView


class TypingFrame(WireModel):
    """Somebody on the shop's side is typing (`bot` while a turn is running)."""

    type: Literal["typing"] = "typing"
    author: Literal["bot", "agent", "shopper"]
    is_typing: bool
    conversation_id: str = ""
    draft: str = ""


class ReadFrame(WireModel):
    type: Literal["read"] = "read"
    conversation_id: str = ""
    reader: Literal["shopper", "agent"]
    seq: Count


class Reconnect(WireModel):
    """The process is going away: connect again after `after_ms` plus a random part of your own."""

    type: Literal["reconnect"] = "reconnect"
    after_ms: int


class Pong(WireModel):
    type: Literal["pong"] = "pong"


class ErrorFrame(WireModel):
    type: Literal["error"] = "error"
    error: ErrorDetail


ShopperFrame = Annotated[
    Welcome | EventFrame | Accepted | ConversationChanged | TypingFrame | ReadFrame | Reconnect | Pong | ErrorFrame,
    Field(discriminator="type"),
]


# --- agent → bridge -------------------------------------------------------------------------------------------------
class AgentHello(WireModel):
    """`ticket` is single-use and lives 30 seconds (`POST /v1/agent/socket-tickets`)."""

    type: Literal["hello"] = "hello"
    protocol: int = PROTOCOL
    ticket: str


class SetPresence(WireModel):
    type: Literal["presence.set"] = "presence.set"
    status: Presence


class OpenConversation(WireModel):
    """Show me this conversation and keep me up to date: answered by `snapshot`."""

    type: Literal["conversation.open"] = "conversation.open"
    conversation_id: Id
    last_seq: Count = 0


class LeaveConversationView(WireModel):
    type: Literal["conversation.leave"] = "conversation.leave"
    conversation_id: Id


class AcceptOffer(WireModel):
    type: Literal["offer.accept"] = "offer.accept"
    conversation_id: Id
    epoch: Count


class DeclineOffer(WireModel):
    type: Literal["offer.decline"] = "offer.decline"
    conversation_id: Id
    epoch: Count


class ClaimConversation(WireModel):
    """Take a waiting conversation (or one whose shopper left a message) by hand."""

    type: Literal["conversation.claim"] = "conversation.claim"
    conversation_id: Id
    epoch: Count


class AgentSendMessage(WireModel):
    type: Literal["message.send"] = "message.send"
    client_message_id: ClientId
    conversation_id: Id
    epoch: Count
    text: str
    attachments: AttachmentIds = Field(default_factory=list)
    quote_event_id: Id | None = None


class RecallMessage(WireModel):
    """Take back what one said oneself, within two minutes and only where the channel allows it (the web)."""

    type: Literal["message.recall"] = "message.recall"
    client_message_id: ClientId
    conversation_id: Id
    event_id: Id


class TakeOver(WireModel):
    """A supervisor becomes the owner at once, whoever owns the conversation now, the bot included."""

    type: Literal["conversation.take_over"] = "conversation.take_over"
    client_message_id: ClientId
    conversation_id: str
    epoch: Count
    note: Annotated[str, Field(max_length=500)] = ""


class InviteGuest(WireModel):
    """A colleague may speak, too; the owner stays the owner. By the owner or a supervisor."""

    type: Literal["guest.invite"] = "guest.invite"
    client_message_id: ClientId
    conversation_id: str
    epoch: Count
    agent_id: str


class RemoveGuest(WireModel):
    """By the owner, a supervisor, or the guest."""

    type: Literal["guest.remove"] = "guest.remove"
    client_message_id: ClientId
    conversation_id: str
    agent_id: str


class Whisper(WireModel):
    """A word to the owner that no shopper sees; kept as a note, and shown to the owner wherever they look."""

    type: Literal["whisper"] = "whisper"
    client_message_id: ClientId
    conversation_id: str
    text: str


class SetUpAgent(WireModel):
    """What an agent can take, by a supervisor; what is None stays. Matching runs at once."""

    type: Literal["agent.set_up"] = "agent.set_up"
    agent_id: str
    capacity: Annotated[int, Field(ge=0, le=50)] | None = None
    skills: list[Annotated[str, Field(min_length=1, max_length=40)]] | None = None
    level: Annotated[int, Field(ge=1, le=9)] | None = None
    presence: Presence | None = None


class AddNote(WireModel):
    """`mentions`: the agents who are to see it; each is told at once, or as soon as they come."""

    type: Literal["note.add"] = "note.add"
    client_message_id: ClientId
    conversation_id: Id
    text: str
    mentions: Annotated[list[Id], Field(max_length=10)] = []


class TransferConversation(WireModel):
    """Back into the queue of `skill`, or to one agent; `note` is for the colleague. A supervisor may do it with what
    another agent holds and with what still waits."""

    type: Literal["conversation.transfer"] = "conversation.transfer"
    client_message_id: ClientId
    conversation_id: Id
    epoch: Count
    agent_id: Id | None = None
    skill: Id | None = None
    note: Annotated[str, Field(max_length=500)] = ""


class CloseConversation(WireModel):
    """The agent is done: the shopper is asked for a rating, the next message is the bot's again."""

    type: Literal["conversation.close"] = "conversation.close"
    client_message_id: ClientId
    conversation_id: Id
    epoch: Count
    disposition: Annotated[str, Field(max_length=60)] = ""
    note: Annotated[str, Field(max_length=500)] = ""


class AgentMarkRead(WireModel):
    type: Literal["read.mark"] = "read.mark"
    conversation_id: Id
    seq: Count


class AgentTyping(WireModel):
    type: Literal["typing"] = "typing"
    conversation_id: Id
    is_typing: bool


AgentCommand = Annotated[
    AgentHello
    | SetPresence
    | OpenConversation
    | LeaveConversationView
    | AcceptOffer
    | DeclineOffer
    | ClaimConversation
    | AgentSendMessage
    | RecallMessage
    | AddNote
    | TakeOver
    | InviteGuest
    | RemoveGuest
    | Whisper
    | SetUpAgent
    | TransferConversation
    | CloseConversation
    | AgentMarkRead
    | AgentTyping
    | Ping,
    Field(discriminator="type"),
]


# --- bridge → agent -------------------------------------------------------------------------------------------------
class AgentView(WireModel):
    """`open_count` is what they hold, `offered_count` what is being offered to them; `load` is the weight of both and
    never more than `capacity`."""

    agent_id: str
    name: str
    role: Literal["agent", "supervisor", "admin", "auditor"]
    presence: Literal["online", "busy", "away", "after_work", "offline"]
    capacity: int
    open_count: int
    offered_count: int = 0
    load: int = 0
    level: int = 1
    skills: list[str]


class AgentWelcome(WireModel):
    """The list as it stands now; every later change of a row arrives as `row`."""

    type: Literal["welcome"] = "welcome"
    protocol: int = PROTOCOL
    heartbeat_s: int = HEARTBEAT_S
    agent: AgentView
    rows: list[ConversationRow]
    shop_name: str


class RowFrame(WireModel):
    type: Literal["row"] = "row"
    row: ConversationRow


class RowsFrame(WireModel):
    """Lines of the list that changed at the same moment."""

    type: Literal["rows"] = "rows"
    rows: list[ConversationRow]


class OfferFrame(WireModel):
    """A conversation is reserved for you until `expires_at`; `choice` says why for you."""

    type: Literal["offer"] = "offer"
    row: ConversationRow
    expires_at: datetime
    choice: AgentChoice | None = None


class OfferEnded(WireModel):
    type: Literal["offer.ended"] = "offer.ended"
    conversation_id: str
    reason: Literal["accepted", "declined", "expired", "withdrawn"]


class AnswerOverdue(WireModel):
    """Your shopper waits too long for an answer; without one the conversation goes back to the queue then."""

    type: Literal["answer.overdue"] = "answer.overdue"
    conversation_id: str
    unanswered_since: datetime
    taken_back_at: datetime


class Whispered(WireModel):
    """A colleague whispered to you about a conversation of yours."""

    type: Literal["whispered"] = "whispered"
    conversation_id: str
    author_name: str
    text: str


class AgentViewing(WireModel):
    """A colleague looks at a conversation this tab has open, too, or writes in it. Said again with every heartbeat:
    who was not heard of for two of them is gone."""

    type: Literal["viewing"] = "viewing"
    conversation_id: str
    agent_id: str
    agent_name: str
    is_viewing: bool = True
    is_typing: bool = False
    is_arriving: bool = False


class Mentioned(WireModel):
    """A colleague named you in a note."""

    type: Literal["mentioned"] = "mentioned"
    conversation_id: str
    event_id: str
    author_name: str
    shopper_name: str
    text: str
    at: datetime


class SlaFrame(WireModel):
    """A deadline of a conversation is near (`warned`) or has passed (`breached`). Supervisors hear of every one, an
    agent of their own; `group` is the skill."""

    type: Literal["sla"] = "sla"
    conversation_id: str
    kind: Literal["first_response", "response", "resolution"]
    stage: Literal["warned", "breached"]
    due_at: datetime
    group: str
    channel: str
    agent_id: str | None = None


class Snapshot(WireModel):
    """`readings` by event id, for the shopper's messages; `choices`: why each agent it was given to, oldest first.
    Asked for from the beginning it brings the latest events; where the first is not number 1, there are earlier."""

    type: Literal["snapshot"] = "snapshot"
    row: ConversationRow
    events: list[Event]
    notes: list[Event]
    readings: dict[str, Reading] = {}
    choices: list[AgentChoice] = []


class ReadingFrame(WireModel):
    type: Literal["reading"] = "reading"
    conversation_id: str
    event_id: str
    reading: Reading


class AgentChanged(WireModel):
    type: Literal["agent"] = "agent"
    agent: AgentView


AgentFrame = Annotated[
    AgentWelcome
    | RowFrame
    | RowsFrame
    | OfferFrame
    | OfferEnded
    | AnswerOverdue
    | Whispered
    | AgentViewing
    | Mentioned
    | SlaFrame
    | Snapshot
    | EventFrame
    | ReadingFrame
    | AgentChanged
    | Accepted
    | TypingFrame
    | ReadFrame
    | Reconnect
    | Pong
    | ErrorFrame,
    Field(discriminator="type"),
]

shopper_command: TypeAdapter[ShopperCommand] = TypeAdapter(ShopperCommand)
shopper_frame: TypeAdapter[ShopperFrame] = TypeAdapter(ShopperFrame)
agent_command: TypeAdapter[AgentCommand] = TypeAdapter(AgentCommand)
agent_frame: TypeAdapter[AgentFrame] = TypeAdapter(AgentFrame)
