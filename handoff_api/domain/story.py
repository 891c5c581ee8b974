"""What has happened in a service session so far, as an agent wants to know it: wanted, about what, done, promised."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.bot_output import CaseCard, LogisticsCard, OrderCard, TicketCard, VerdictCard
from contracts.events import AuthorKind, Event, MessageBody, MoodPoint, OfferedCard, Reading
from handoff_api.domain.courtesies import SHORTEST
from handoff_api.domain.hours import instant_in_words

FALLBACK = "nlu_fallback"
WITHOUT_SUBSTANCE = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "hold_on", "human_request", "bot_challenge", "chitchat"}
    | {"not_understood", "abuse"}
)
QUOTE_LENGTH = 60
SHOWN_MOODS = 20
CALM = "calm"


@dataclass(frozen=True)
class Heard:
    """One message of the shopper, with its reading where there is one. `is_answer`: a form had asked for it, so what
    it looks like on its own says nothing."""

    event_id: str
    at: datetime
    text: str
    reading: Reading | None = None
    is_answer: bool = False

    @property
    def has_substance(self) -> bool:
        """Is it about something? Identity data is never quoted."""
        if self.reading is None:
            return sum(not char.isspace() for char in self.text) > SHORTEST
        return self.reading.intent not in WITHOUT_SUBSTANCE and not self.reading.identity_data

    @property
    def is_missed(self) -> bool:
        return self.reading is not None and self.reading.intent in (FALLBACK, "") and not self.is_answer

    @property
    def mood(self) -> tuple[str, float]:
        emotion = self.reading.emotion if self.reading else {}
        return max(emotion.items(), key=lambda item: item[1], default=(CALM, 0.0))

    @property
    def quote(self) -> str:
        said = " ".join(self.text.split())
        return said if len(said) <= QUOTE_LENGTH else f"{said[:QUOTE_LENGTH]}…"


@dataclass(frozen=True)
class Story:
    """`events` of this service session in order; `slots` are what the bot's tracker held last, `answers` the messages
    a form had asked for."""

    events: Sequence[Event] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    slots: Mapping[str, Any] = field(default_factory=dict)
    answers: Collection[str] = ()

    @property
    def heard(self) -> list[Heard]:
        return [
            Heard(
                event.event_id,
                event.at,
                event.body.text,
                self.readings.get(event.event_id),
                is_answer=event.event_id in self.answers,
            )
            for event in self.events
            if event.author.kind is AuthorKind.SHOPPER and isinstance(event.body, MessageBody) and event.body.text
        ]

    @property
    def wanted(self) -> str:
        """The shopper's own words: what they came with, and what they said last about it."""
        about = [heard.quote for heard in self.heard if heard.has_substance]
        return "；后来说：".join(dict.fromkeys([about[0], about[-1]])) if about else ""

    @property
    def is_understood(self) -> bool:
        """The bot says so itself: a "2" after a list reads as nothing, and was answered all the same."""
        return self.slots.get("misses") == 0 or self.is_in_form

    @property
    def misses(self) -> int:
        """How many of the latest messages in a row were not understood."""
        if self.is_understood and not self.slots.get("misses"):
            return 0
        count = 0
        for heard in reversed(self.heard):
            if not heard.is_missed:
                return count
            count += 1
        return count

    @property
    def mood(self) -> list[MoodPoint]:
        points = [(heard, *heard.mood) for heard in self.heard if heard.reading and heard.reading.emotion]
        return [
            MoodPoint(event_id=heard.event_id, at=heard.at, mood=mood, score=score) for heard, mood, score in points
        ][-SHOWN_MOODS:]

    @property
    def result_at(self) -> datetime | None:
        """When the shopper was last told something: an order, a parcel, a verdict, a case, a ticket on a card (one to
        choose by is only a question), or an answer in words, as the bot itself says."""
        in_words = self.slots.get("answered_at")
        told = [datetime.fromisoformat(in_words)] if in_words else []
        shown = [event.at for event in self.events if any(offered.choice is None for offered in _shown_by_bot(event))]
        return max([*told, *shown], default=None)

    @property
    def is_in_form(self) -> bool:
        return bool(self.slots.get("requested_slot"))

    def about(self, order_number: str | None) -> str:
        """Order, goods and cases the conversation is about."""
        parts = [f"订单 {order_number}"] if order_number else []
        parts += [title for title in [self._goods(order_number)] if title]
        cases = {card.case.case_id: card.case for card in self._cards() if isinstance(card, CaseCard)}
        parts += [f"售后单 {case.case_id}（{case.title}）" for case in cases.values()]
        case_id = self.slots.get("case_id")
        if case_id and case_id not in cases:
            parts.append(f"售后单 {case_id}")
        return " · ".join(parts)

    def _goods(self, order_number: str | None) -> str:
        orders = [card.order for card in self._cards() if isinstance(card, OrderCard)]
        return next((order.title for order in reversed(orders) if order.order_number == order_number), "")

    def done(self, tried: Sequence[str]) -> list[str]:
        """What the bot noted itself; else what its cards show."""
        return list(dict.fromkeys(tried or self.slots.get("tried") or self._shown()))

    def _shown(self) -> Iterator[str]:
        for card in self._cards():
            match card:
                case OrderCard() if card.choice is None:
                    yield f"查了订单 {card.order.order_number}（{card.order.status_text}）"
                case LogisticsCard():
                    yield f"查了订单 {card.order_number} 的物流"
                case VerdictCard():
                    yield f"判定：{card.verdict.explanation}"
                case CaseCard():
                    yield f"提交了售后单 {card.case.case_id}"
                case TicketCard():
                    yield f"登记了工单 {card.ticket.ticket_id}"

    def promised(self, *, now: datetime) -> list[str]:
        """What the shopper was told will happen, with its last moment."""
        said: dict[str, str] = {}
        for card in self._cards():
            match card:
                case TicketCard():
                    until = instant_in_words(card.ticket.deadline_at, now=now)
                    said[card.ticket.ticket_id] = f"工单 {card.ticket.ticket_id} 最晚 {until} 前处理"
                case CaseCard():
                    until = (
                        f"（{instant_in_words(card.case.deadline_at, now=now)} 前）" if card.case.deadline_at else ""
                    )
                    said[card.case.case_id] = f"售后单 {card.case.case_id}：{card.case.next_step}{until}"
        return list(said.values())

    def _cards(self) -> Iterator[Any]:
        for event in self.events:
            yield from (offered.card for offered in _shown_by_bot(event))


def _shown_by_bot(event: Event) -> Sequence[OfferedCard]:
    is_bots = event.author.kind in (AuthorKind.BOT, AuthorKind.SYSTEM)
    return event.body.cards if is_bots and isinstance(event.body, MessageBody) else ()
