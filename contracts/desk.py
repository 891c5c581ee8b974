"""What the workspace works with beside the conversations: canned replies, tags, corrected readings, one's own day."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.events import MAX_TEXT, ConversationRow, Event, Reading
from contracts.frames import Mentioned
from contracts.wire import Id, WireModel

Tag = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^\S(.*\S)?$")]


class NewCannedReply(WireModel):
    """`text` may name variables in braces (`{顾客}`, `{订单号}`); the workspace fills in what it knows. A personal one
    is its author's alone."""

    title: Annotated[str, Field(min_length=1, max_length=40)]
    group: Annotated[str, Field(max_length=20)] = ""
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    is_personal: bool = False


class CannedReply(NewCannedReply):
    """`initials` are the first letters of the title's pinyin, for `/tk` to find 退款."""

    reply_id: str
    initials: str
    can_edit: bool


class CannedReplies(WireModel):
    replies: list[CannedReply]


class ConversationTags(WireModel):
    """All tags of a conversation, in the order they were given."""

    tags: Annotated[list[Tag], Field(max_length=10)]


class KnownTags(WireModel):
    """Tags in use in this shop, the most used first."""

    tags: list[str]


class CorrectReading(WireModel):
    """`intent` is what the message really means, empty where it means nothing the bot should know."""

    intent: Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]


class Correction(WireModel):
    """A reading put right: a labelled example for the next training."""

    event_id: str
    was: str
    intent: str
    agent_name: str
    at: datetime


class Corrections(WireModel):
    corrections: list[Correction]


class Found(WireModel):
    """A conversation that matches a search; `excerpt` is the message it was found by."""

    row: ConversationRow
    excerpt: str = ""
    tags: list[str] = []


class SearchResult(WireModel):
    """Newest first; `is_cut` where there are more than were asked for."""

    found: list[Found]
    is_cut: bool


class EventPage(WireModel):
    """What was said before a place in a conversation, in order; `readings` as in a snapshot."""

    events: list[Event]
    readings: dict[str, Reading]


class Mentions(WireModel):
    """Notes that name this agent and whose conversation they have not opened since, newest first."""

    mentions: list[Mentioned]


class PastService(WireModel):
    """One service session of a shopper. `first_seq` is where it begins in the conversation."""

    session_id: str
    started_at: datetime
    ended_at: datetime | None
    first_seq: int
    agent_name: str = ""
    disposition: str = ""
    reason_text: str = ""
    score: int | None = None
    comment: str = ""


class PastServices(WireModel):
    """Newest first."""

    services: list[PastService]


class WriteCustomerNote(WireModel):
    """Empty takes the note away."""

    text: Annotated[str, Field(max_length=500)]


class CustomerNote(WriteCustomerNote):
    """What colleagues should know of this shopper; no shopper sees it."""

    agent_name: str = ""
    at: datetime | None = None


class SimilarAnswer(WireModel):
    """What an agent once answered to much the same: `question` is what they answered to, `likeness` from 0 to 1."""

    text: str
    question: str
    likeness: float


class SimilarAnswers(WireModel):
    """The most alike first."""

    answers: list[SimilarAnswer]


# --- what an agent sets up for the daily work -----------------------------------------------------------------------
class SavedView(WireModel):
    """A search kept under a name; what is empty does not narrow it."""

    kind: Literal["view"] = "view"
    words: Annotated[str, Field(max_length=60)] = ""
    view: Literal["all", "mine", "waiting", "closed", "bot"] = "all"
    channel: Annotated[str, Field(max_length=20)] = ""
    tag: Annotated[str, Field(max_length=20)] = ""
    level: Annotated[str, Field(max_length=20)] = ""
    mood: Annotated[str, Field(max_length=20)] = ""
    skill: Annotated[str, Field(max_length=40)] = ""


class MacroStep(WireModel):
    """say: a reply (variables as in canned replies); note: an internal note; tag: a tag; transfer: to this group;
    close: with this disposition."""

    does: Literal["say", "note", "tag", "transfer", "close"]
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class Macro(WireModel):
    """Several steps in order, at Alt and a digit."""

    kind: Literal["macro"] = "macro"
    key: Annotated[str, Field(pattern=r"^[1-9]?$")] = ""
    steps: Annotated[list[MacroStep], Field(min_length=1, max_length=8)]


class NewPreset(WireModel):
    name: Annotated[str, Field(min_length=1, max_length=20)]
    body: Annotated[SavedView | Macro, Field(discriminator="kind")]


class Preset(NewPreset):
    preset_id: Id


class Presets(WireModel):
    """One's own, in the order they were made."""

    presets: list[Preset]


class OwnDay(WireModel):
    """What an agent did today (Asia/Shanghai). None where there is nothing to count yet."""

    handled: int
    open: int
    first_response_s: int | None
    within_limit: int
    answered: int
    rating: float | None
    ratings: int


class Figures(WireModel):
    """What is counted over some service sessions; how stands in `handoff_api/domain/figures.py`. `contained` are those
    nobody asked a person for; of the `judged` ones among them, a day old, `verified` are those that held."""

    sessions: int
    handoffs: int
    contained: int
    judged: int
    verified: int
    wait_s: int | None
    first_response_s: int | None
    resolution_s: int | None
    rating: float | None
    ratings: int


class DayFigures(Figures):
    """One Shanghai day: the sessions that began on it."""

    day: date


class NamedFigures(Figures):
    """One group or one channel."""

    name: str


class AgentFigures(WireModel):
    agent_id: str
    agent_name: str
    handled: int
    first_response_s: int | None
    resolution_s: int | None
    rating: float | None
    ratings: int


class Share(WireModel):
    name: str
    count: int


class Statistics(WireModel):
    """The days that end today, oldest first; what is most frequent first. `known_*`: what can be asked for."""

    total: Figures
    days: list[DayFigures]
    groups: list[NamedFigures]
    channels: list[NamedFigures]
    agents: list[AgentFigures]
    reasons: list[Share]
    intents: list[Share]
    known_groups: list[str]
    known_channels: list[str]
    known_agents: list[AgentFigures]
