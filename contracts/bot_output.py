"""What the bot says, beyond plain text: one schema, carried in the `custom` field of Rasa's responses.

Cards show facts of the shop; choices are buttons. A choice names the reading it stands for (intent and entities);
the bridge keeps that reading, gives the browser a one-time id, and hands the stored reading back to Rasa when it is
pressed. No slash command ever exists outside the server.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.shop import Case, Shipment, Ticket
from contracts.verdict import Verdict
from contracts.wire import WireModel


class Choice(WireModel):
    """A button. `entities` become entities of the message (`{"order_number": "…"}`); `title` is also the text
    shown as the shopper's message when it is pressed."""

    title: Annotated[str, Field(min_length=1, max_length=40)]
    intent: str
    entities: dict[str, str] = {}
    style: Literal["default", "primary", "danger"] = "default"


class OrderSummary(WireModel):
    order_number: str
    title: str
    options: str = ""
    image_url: str = ""
    status_text: str
    paid_total: Decimal
    placed_at: datetime
    item_count: int = 1


class OrderCard(WireModel):
    """One order; with `choice` the whole card is a button ("which of your orders?")."""

    type: Literal["order"] = "order"
    order: OrderSummary
    choice: Choice | None = None


class LogisticsCard(WireModel):
    type: Literal["logistics"] = "logistics"
    order_number: str
    shipment: Shipment


class VerdictCard(WireModel):
    type: Literal["verdict"] = "verdict"
    title: str
    verdict: Verdict


class CaseCard(WireModel):
    type: Literal["case"] = "case"
    case: Case


class TicketCard(WireModel):
    type: Literal["ticket"] = "ticket"
    ticket: Ticket


class SummaryCard(WireModel):
    """What is about to be done, row by row (label, value), shown before the shopper confirms."""

    type: Literal["summary"] = "summary"
    title: str
    rows: list[tuple[str, str]]


class FormField(WireModel):
    """`name` is a word of the form's `said`. A `choice` is one of `options`; a `day` lies from `first` to `last`."""

    name: str
    label: str
    kind: Literal["text", "phone", "day", "choice"] = "text"
    hint: str = ""
    options: list[str] = []
    first: date | None = None
    last: date | None = None
    is_required: bool = True


class FormCard(WireModel):
    """What is easier to fill in than to write; something must be put in. Sent, it is a message like any other: `said`
    with each `{name}` replaced by what was put in (a day as "12月5日"), so that a channel without forms loses nothing.
    """

    type: Literal["form"] = "form"
    title: str
    fields: list[FormField]
    said: str
    submit: str


Card = Annotated[
    OrderCard | LogisticsCard | VerdictCard | CaseCard | TicketCard | SummaryCard | FormCard,
    Field(discriminator="type"),
]


class HandoffRequest(WireModel):
    """The bot asks for a person. `reason` is a word of `reasons` in `handoff_api/handoff.yml`; `evidence`
    says in Chinese what led to it; `slots` are what the bot already knows; `tried` what it already did."""

    reason: str
    evidence: str = ""
    skill: str = "general"
    priority: Literal["normal", "high", "emergency"] = "normal"
    slots: dict[str, Any] = {}
    tried: list[str] = []
    verdicts: list[Verdict] = []
    order_number: str | None = None


class BotCustom(WireModel):
    """The `custom` object of one Rasa response. Everything is optional; the text stands beside it."""

    cards: list[Card] = []
    choices: list[Choice] = []
    handoff: HandoffRequest | None = None


class BotMessage(WireModel):
    """One message of the bot as its channel returns it."""

    text: str = ""
    custom: BotCustom = BotCustom()
