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
from actions.elders import for_elders
from actions.message import FALLBACK, Message, Second, order_number_in, read_message, reason_in
from actions.services import Services
from actions.short_answers import place_in
from actions.wording import CHOICE_TITLES, INTENT_TITLES, TRIED
from contracts.bot_output import BotCustom, Card, Choice, HandoffRequest

WITHOUT_SUBSTANCE = {
    *("human_request", "affirm", "deny", "greet", "thank", "goodbye", "hold_on"),
    *("inform", "not_understood", "bot_challenge", "nlu_fallback"),
}
MISSES = {FALLBACK, "out_of_scope"}
ASKING = ("utter_ask_", "utter_request_", "utter_confirm_", "utter_quality_", "utter_not_caught")
STARTING = {"return_apply", "exchange_apply", "repair_apply", "refund_apply"}
FEW_LETTERS = 6
BUTTON_TITLES = {*CHOICE_TITLES.values(), *INTENT_TITLES.values()}
SAID_KEPT = 3
TRIED_KEPT = 8  # what an agent reads at a glance
TRIMMED = " ，,。.!！~～、“”\"'"  # around a button's title that was typed

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
        """The latest message; a button's title that was typed counts as the button."""
        typed = self._typed_choice
        return self.as_if_pressed(typed).message if typed else read_message(self.tracker.latest_message)

    @property
    def is_typed_choice(self) -> bool:
        return self._typed_choice is not None

    @cached_property
    def _typed_choice(self) -> Choice | None:
        latest = self.tracker.latest_message
        if _is_chosen(latest):
            return None
        said = str(latest.get("text") or "").strip(TRIMMED)
        by_title = (choice for choice in self.offered_choices if choice.title == said)
        return next(by_title, None) or self._choice_by_place(said) or self._choice_in_few_words(read_message(latest))

    def _choice_by_place(self, said: str) -> Choice | None:
        """ "2", "第二个", "最后一个" of the list that stands last on the screen."""
        place, offered = place_in(said), self._last_list
        if place == -1:
            offered = [choice for choice in offered if choice.intent != "human_request"]
        return offered[place] if place is not None and place < len(offered) else None

    @property
    def _last_list(self) -> list[Choice]:
        """The newest cards one can choose, else the newest buttons, in the order they are shown."""
        for event in reversed(self.last_bot_messages):
            custom = custom_of(event)
            on_cards = [card["choice"] for card in custom.get("cards", []) if card.get("choice")]
            if shown := on_cards or custom.get("choices"):
                return [Choice.model_validate(choice) for choice in shown]
        return []

    def _choice_in_few_words(self, said: Message) -> Choice | None:
        """ "修一下吧" after the button 维修: what the button knows (goods, reason) need not be asked again."""
        names_more = {"order_number", "product", "reason", "sku_option", "quantity"} & set(said.entities)
        if names_more or reason_in(said) or said.second or len(said.text) > FEW_LETTERS or said.intent not in STARTING:
            return None
        meant = [c for c in self.offered_choices if c.intent == said.intent and c.entities]
        return meant[0] if len(meant) == 1 else None

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
    def is_elder(self) -> bool:
        """Served as elders are: the shop knows it, or they have turned the elder mode of the chat on."""
        page: dict[str, str] = self._metadata.get("page") or {}
        return bool(self._metadata.get("is_elder") or page.get("elder"))

    @property
    def page_order_number(self) -> str | None:
        """The order the shopper is looking at in the store while chatting."""
        page: dict[str, str] = self._metadata.get("page") or {}
        return page.get("order_number")

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """The photos of this service session as the bridge tells them: `actions/pictures.py` reads them."""
        return list(self._metadata.get("pictures") or [])

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
        if self.is_elder:
            response, choices, cards = for_elders(response, choices, cards)
        custom = BotCustom(cards=list(cards), choices=list(choices), handoff=handoff)
        is_plain = custom == BotCustom()
        body = None if is_plain else custom.model_dump(mode="json", exclude_none=True)
        self.dispatcher.utter_message(response=response, json_message=body, **words)

    def note(self, name: str, **facts: Any) -> Events:
        """Remember for the agent what the bot did. `name` is a line of `tried` in wording.yml."""
        line = TRIED[name].format(**facts)
        lines = [*(known for known in self.slot("tried") or [] if known != line), line]
        return set_slots(tried=lines[-TRIED_KEPT:])

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

    @property
    def offered_choices(self) -> list[Choice]:
        """The buttons of the bot's latest turn, those that are whole cards included; the last message's first."""
        found: list[Choice] = []
        for event in reversed(self.last_bot_messages):
            custom = custom_of(event)
            on_cards = [card["choice"] for card in custom.get("cards", []) if card.get("choice")]
            found += [Choice.model_validate(c) for c in [*custom.get("choices", []), *on_cards]]
        return found

    @property
    def primary_choice(self) -> Choice | None:
        """The button put forward in the bot's latest turn: what a plain yes stands for."""
        return next((each for each in self.offered_choices if each.style == "primary"), None)

    def has_just_said(self, response: str) -> bool:
        """Was this the bot's answer to the message before?"""
        return any((e.get("metadata") or {}).get("utter_action") == response for e in self.last_bot_messages)

    @property
    def responses_in_turn(self) -> list[str]:
        """The responses said since the latest message, by other actions of this turn and by this one."""
        since = self.tracker.events[self._latest_user_index :]
        before = [str((e.get("metadata") or {}).get("utter_action") or "") for e in since if e["event"] == "bot"]
        return [*before, *(str(message.get("response") or "") for message in self.dispatcher.messages)]

    @property
    def asks_already(self) -> bool:
        """Has this turn put a question? A second one would be one too many."""
        return any(response.startswith(ASKING) for response in self.responses_in_turn)

    def has_said_now(self, response: str) -> bool:
        return response in self.responses_in_turn

    @property
    def is_handed_over(self) -> bool:
        """Does an answer of this action ask for a person?"""
        return any((message.get("custom") or {}).get("handoff") for message in self.dispatcher.messages)

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
        named = any(self.message.entity(name) for name in ("order_number", "tracking_number", "product"))
        return named or order_number_in(self.message) is not None

    @property
    def topic(self) -> str:
        """What the shopper last wanted before this message; small talk, answers and misses are nothing wanted."""
        earlier = list(self.intents_newest_first())[1:]
        return next((intent for intent in earlier if intent not in WITHOUT_SUBSTANCE), "")

    @property
    def substance(self) -> str:
        """The latest message that was about something: "转人工" after "鞋子开胶了" is about the shoes."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                said = read_message(event.get("parse_data") or {})
                is_own = not said.identity_data and not _is_pressed(event) and said.text not in BUTTON_TITLES
                if said.intent not in WITHOUT_SUBSTANCE and is_own:
                    return str(event.get("text") or said.text)
        return "" if self.message.identity_data else self.message.text

    def said_about(self, prefixes: tuple[str, ...]) -> list[str]:
        """What was typed before this message on a topic, oldest first: "换屏多少钱" after "屏幕摔碎了"."""
        earlier = (e for e in self.tracker.events[: self._latest_user_index] if e["event"] == "user")
        typed = (e for e in earlier if not _is_pressed(e))
        fitting = (e for e in typed if read_message(e.get("parse_data") or {}).intent.startswith(prefixes))
        return [str(e.get("text") or "") for e in fitting][-SAID_KEPT:]

    def as_if_pressed(self, choice: Choice) -> "Turn":
        """This turn with `choice` as its message."""
        entities = [{"entity": name, "value": value, "extractor": "choice"} for name, value in choice.entities.items()]
        return self._saying({"intent": {"name": choice.intent}, "entities": entities, "text": choice.title})

    def as_second(self, second: Second) -> "Turn":
        """This turn with the second wish as its message."""
        entities = [{"entity": name, "value": v} for name, values in second.entities.items() for v in values]
        return self._saying({"intent": {"name": second.intent}, "entities": entities, "text": second.text})

    def quietly(self) -> "Turn":
        """This turn with an empty message: what was said was only the proof."""
        return self._saying({"intent": {"name": ""}, "entities": [], "text": ""})

    def _saying(self, message: dict[str, Any]) -> "Turn":
        tracker = self.tracker.copy()
        tracker.latest_message = message | {"metadata": self._metadata, "is_chosen": True}
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


def custom_of(event: Event) -> dict[str, Any]:
    """What stood beside the text of a bot event."""
    return (event.get("data") or {}).get("custom") or {}


def _is_pressed(event: Event) -> bool:
    """A button's title is the bot's wording, not the shopper's."""
    return any(e.get("extractor") == "choice" for e in (event.get("parse_data") or {}).get("entities") or [])


def _is_chosen(latest: Event) -> bool:
    """Pressed already, or made by `_saying`."""
    return bool(latest.get("is_chosen")) or _is_pressed({"parse_data": latest})
