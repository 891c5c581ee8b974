"""One turn as an action sees it: what was said, what is known, how to answer. The only place that knows rasa-sdk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.clients.shop import Shop
from actions.message import FALLBACK, Message, read_message
from actions.services import Services
from actions.wording import TRIED
from contracts.bot_output import BotCustom, Card, Choice, HandoffRequest

WITHOUT_SUBSTANCE = {
    *("human_request", "affirm", "deny", "greet", "thank", "goodbye", "hold_on"),
    *("inform", "not_understood", "bot_challenge", "nlu_fallback"),
}
TRIED_KEPT = 8  # what an agent reads at a glance

type Event = dict[str, Any]
type Events = list[Event]


def set_slots(**slots: Any) -> Events:
    return [SlotSet(name, value) for name, value in slots.items()]


@dataclass(frozen=True)
class Turn:
    dispatcher: CollectingDispatcher
    tracker: Tracker
    services: Services

    @cached_property
    def message(self) -> Message:
        return read_message(self.tracker.latest_message)

    @cached_property
    def shop(self) -> Shop:
        token = str(self._metadata.get("turn_token") or "")
        return Shop(http=self.services.shop_http, turn_token=token, conversation=self.tracker.sender_id)

    @property
    def now(self) -> datetime:
        return self.services.now()

    @property
    def is_signed_in(self) -> bool:
        return bool(self._metadata.get("is_signed_in"))

    @property
    def page_order_number(self) -> str | None:
        """The order the shopper is looking at in the store while chatting."""
        page: dict[str, str] = self._metadata.get("page") or {}
        return page.get("order_number")

    @property
    def active_form(self) -> str | None:
        name: str | None = self.tracker.active_loop_name
        return name

    def slot(self, name: str) -> Any:
        return self.tracker.slots.get(name)

    def say(
        self,
        response: str,
        *,
        cards: Sequence[Card] = (),
        choices: Sequence[Choice] = (),
        handoff: HandoffRequest | None = None,
        **words: Any,
    ) -> None:
        """One message: a response of the domain, filled with `words`, and what stands beside its text.

        Without cards, choices and handoff the response keeps the `custom` it has in the domain.
        """
        custom = BotCustom(cards=list(cards), choices=list(choices), handoff=handoff)
        is_plain = custom == BotCustom()
        body = None if is_plain else custom.model_dump(mode="json", exclude_none=True)
        self.dispatcher.utter_message(response=response, json_message=body, **words)

    def note(self, name: str, **facts: Any) -> Events:
        """Remember for the agent what the bot did. `name` is a line of `tried` in wording.yml."""
        lines = [*(self.slot("tried") or []), TRIED[name].format(**facts)]
        return set_slots(tried=lines[-TRIED_KEPT:])

    @property
    def misses_in_a_row(self) -> int:
        """How many of the latest messages were not understood, this one included."""
        return len(list(_leading_misses(self.intents_newest_first())))

    def times_said(self, intent: str) -> int:
        return sum(1 for said in self.intents_newest_first() if said == intent)

    @property
    def last_bot_messages(self) -> list[Event]:
        """What the bot said in its latest turn before this message, in order."""
        found: list[Event] = []
        for event in reversed(self.tracker.events[: self._latest_user_index]):
            if event["event"] == "user":
                break
            if event["event"] == "bot":
                found.append(event)
        return found[::-1]

    def happened_in_turn(self, event_name: str, **fields: Any) -> bool:
        """Did the tracker record such an event since the latest message?"""
        since = self.tracker.events[self._latest_user_index :]
        return any(e["event"] == event_name and fields.items() <= e.items() for e in since)

    @property
    def offered_reason(self) -> str | None:
        """Why the bot has just offered a person, if its latest turn did."""
        events = self.tracker.events[: self._latest_user_index]
        for event in reversed(events):
            if event["event"] == "user":
                return None
            if event["event"] == "slot" and event["name"] == "handoff_reason" and event["value"]:
                return str(event["value"])
        return None

    @property
    def names_an_order(self) -> bool:
        return any(self.message.entity(name) for name in ("order_number", "tracking_number", "product"))

    @property
    def substance(self) -> str:
        """The latest message that was about something: "转人工" after "鞋子开胶了" is about the shoes."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                said = read_message(event.get("parse_data") or {})
                if said.intent not in WITHOUT_SUBSTANCE and not _is_pressed(event):
                    return said.text
        return self.message.text

    def as_if_pressed(self, choice: Choice) -> "Turn":
        """This turn with `choice` as its message."""
        entities = [{"entity": name, "value": value} for name, value in choice.entities.items()]
        return self._saying({"intent": {"name": choice.intent}, "entities": entities, "text": choice.title})

    def quietly(self) -> "Turn":
        """This turn with an empty message: what was said was only the proof."""
        return self._saying({"intent": {"name": ""}, "entities": [], "text": ""})

    def _saying(self, message: dict[str, Any]) -> "Turn":
        tracker = self.tracker.copy()
        tracker.latest_message = message | {"metadata": self._metadata}
        return Turn(self.dispatcher, tracker, self.services)

    @property
    def _latest_user_index(self) -> int:
        events = self.tracker.events
        return next((i for i in range(len(events) - 1, -1, -1) if events[i]["event"] == "user"), len(events))

    def intents_newest_first(self) -> Iterable[str]:
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                yield read_message(event.get("parse_data") or {}).intent

    @property
    def _metadata(self) -> dict[str, Any]:
        return self.tracker.latest_message.get("metadata") or {}


def _is_pressed(event: Event) -> bool:
    """A button's title is the bot's wording, not the shopper's."""
    return any(e.get("extractor") == "choice" for e in (event.get("parse_data") or {}).get("entities") or [])


def _leading_misses(intents: Iterable[str]) -> Iterable[str]:
    for intent in intents:
        if intent != FALLBACK:
            return
        yield intent
