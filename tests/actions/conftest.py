"""A shopper who talks to the actions, with the real shop behind them.

Rasa itself does not run here: `Dialogue` follows bot/rules the way Rasa does (a form first, a digression by its own
rule, then the form's question again). That the two agree is held by the test stories, which run in Rasa.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ShopAction
from actions.registry import build_actions
from actions.services import Services
from contracts.bot_output import BotCustom, BotMessage, Choice
from contracts.identity import Audience, TurnIdentity, issue
from policy import load_rules
from shop_api.app import create_app
from shop_api.migrate import migrate
from shop_api.record.database import Database
from shop_api.seed import seed
from shop_api.settings import Settings

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai
TURN_SECRET = "turn-secret-of-the-tests-32-bytes!"
SHOP_TOKEN = "shop-token-of-the-tests"
FORMS = ("aftersale_form", "order_proof_form")
FINISHERS = {"aftersale_form": "action_finish_aftersale", "order_proof_form": "action_resume_request"}


def _load(folder: str, key: str) -> list[Any]:
    files = sorted((ROOT / "bot" / folder).glob("*.yml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")).get(key) for file in files]


RESPONSES: dict[str, list[dict[str, Any]]] = {k: v for part in _load("domain", "responses") for k, v in part.items()}
RULES: dict[str, str] = {
    step["steps"][0]["intent"]: step["steps"][1]["action"]
    for part in _load("rules", "rules")
    for step in part
    if "intent" in step["steps"][0]
}


def render(message: dict[str, Any]) -> BotMessage:
    """A message as Rasa makes it of an action's answer; a word that is missing is an error."""
    first = RESPONSES[message["response"]][0]
    text = first["text"].format(**{k: v for k, v in message.items() if k not in ("text", "custom")})
    return BotMessage(text=text, custom=BotCustom.model_validate(message.get("custom") or first.get("custom") or {}))


@dataclass
class Dialogue:
    actions: dict[str, ShopAction]
    turn_token: str
    is_signed_in: bool = True
    page: dict[str, str] = field(default_factory=dict)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    sender_id: str = "session-1"
    slots: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    loop: str | None = None
    said: list[BotMessage] = field(default_factory=list)

    async def say(
        self,
        intent: str,
        text: str = "",
        *,
        ranking: tuple[str, ...] = (),
        reading: dict[str, Any] | None = None,
        **entities: str,
    ) -> list[BotMessage]:
        """One turn: everything the bot answers to it. `reading` is what else the bot read in the message."""
        self.said = []
        parse = {
            "intent": {"name": intent},
            "text": text or intent,
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
            "intent_ranking": [{"name": name} for name in (intent, *ranking)],
            "metadata": {
                "turn_token": self.turn_token,
                "is_signed_in": self.is_signed_in,
                "page": self.page,
                "pictures": self.pictures,
            },
            **(reading or {}),
        }
        self.events.append({"event": "user", "parse_data": parse, "text": parse["text"]})
        await self._answer(intent)
        return self.said

    async def press(self, title: str) -> list[BotMessage]:
        """Press the button (or card) with this title among those of the last turn."""
        offered = {choice.title: choice for choice in self.choices}
        choice = offered[title]
        entities = [{"entity": k, "value": v, "extractor": "choice"} for k, v in choice.entities.items()]
        return await self.say(choice.intent, choice.title, reading={"entities": entities})

    @property
    def choices(self) -> list[Choice]:
        on_cards = [c.choice for m in self.said for c in m.custom.cards if c.type == "order" and c.choice]
        return [*on_cards, *(choice for message in self.said for choice in message.custom.choices)]

    @property
    def titles(self) -> list[str]:
        return [choice.title for choice in self.choices]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.said)

    @property
    def cards(self) -> list[Any]:
        return [card for message in self.said for card in message.custom.cards]

    @property
    def handoff(self) -> Any:
        return next((m.custom.handoff for m in self.said if m.custom.handoff), None)

    async def _answer(self, intent: str) -> None:
        form = self.loop
        if form and await self._run_form(form) == "served":
            return
        await self._run(RULES[intent])
        if form and self.loop == form:
            await self._run_form(form)

    async def _run(self, name: str) -> None:
        if name in FORMS:
            await self._run_form(name)
        elif name in self.actions:
            await self._run_action(name)
        else:
            self._hear({"response": name})

    async def _run_form(self, name: str) -> str:
        is_starting = self.loop != name
        if is_starting:
            self._take({"event": "active_loop", "name": name})
        asked = self.slots.get("requested_slot")
        events = await self._call(f"validate_{name}")
        facts = [e for e in events if e["event"] == "slot" and e["name"] != "requested_slot"]
        is_repeating = any(e["event"] == "action_execution_rejected" for e in self._since_user())
        if asked and not is_starting and not facts and not is_repeating:
            self.events.append({"event": "action_execution_rejected", "name": name})
            return "rejected"
        self._finish(events)
        if self.slots.get("requested_slot") is None:
            self._take({"event": "active_loop", "name": None})
            await self._run_action(FINISHERS[name])
        return "served"

    async def _run_action(self, name: str) -> None:
        events = await self._call(name)
        self._finish(events)
        for event in events:
            if event["event"] == "followup":
                await self._run(event["name"])

    async def _call(self, name: str) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        tracker = Tracker(
            self.sender_id,
            dict(self.slots),
            self._latest()["parse_data"],
            list(self.events),
            False,
            None,
            {"name": self.loop} if self.loop else {},
            None,
        )
        self._waiting = dispatcher.messages
        return await self.actions[name].run(dispatcher, tracker, {})

    def _finish(self, events: list[dict[str, Any]]) -> None:
        for message in self._waiting:
            self._hear(message)
        for event in events:
            self._take(event)

    def _hear(self, message: dict[str, Any]) -> None:
        rendered = render(message)
        self.said.append(rendered)
        custom = rendered.custom.model_dump(mode="json")
        metadata = {"utter_action": message["response"]}
        self.events.append({"event": "bot", "text": rendered.text, "data": {"custom": custom}, "metadata": metadata})

    def _take(self, event: dict[str, Any]) -> None:
        if event["event"] == "slot":
            self.slots[event["name"]] = event["value"]
        if event["event"] == "active_loop":
            self.loop = event["name"]
        self.events.append(event)

    def _latest(self) -> dict[str, Any]:
        return next(e for e in reversed(self.events) if e["event"] == "user")

    def _since_user(self) -> list[dict[str, Any]]:
        return self.events[self.events.index(self._latest()) :]


def turn_token(shopper_id: str | None, conversation: str = "conv-1") -> str:
    identity = TurnIdentity(shop_id="demo", shopper_id=shopper_id, conversation_id=conversation, turn_id="t1")
    return issue(identity, Audience.TURN, TURN_SECRET, now=datetime.now(UTC), lifetime=timedelta(hours=1))


@pytest.fixture(scope="session")
def seeded_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("shop") / "seeded.sqlite3"
    asyncio.run(_seed(f"sqlite+aiosqlite:///{file}"))
    return file


async def _seed(url: str) -> None:
    await migrate(url)
    database = Database(url)
    await seed(database, now=NOW, tell=lambda line: None)
    await database.close()


@pytest.fixture
async def shop_http(seeded_shop: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The real shop on a copy of the demo data, with its clock standing at NOW."""
    file = tmp_path / "shop.sqlite3"
    shutil.copy(seeded_shop, file)
    secrets = dict.fromkeys(("identity_secret", "notice_secret"), "x" * 32)
    settings = Settings(
        shop_database_url=f"sqlite+aiosqlite:///{file}", shop_api_token=SHOP_TOKEN, turn_secret=TURN_SECRET, **secrets
    )
    app = create_app(settings, now=lambda: NOW)
    headers = {"Authorization": f"Bearer {SHOP_TOKEN}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as client:
        yield client
    await app.state.shop.database.close()


@pytest.fixture
def services(shop_http: httpx.AsyncClient) -> Services:
    return Services(shop_http=shop_http, rules=load_rules(), now=lambda: NOW)


@pytest.fixture
def broken_services() -> Services:
    """The shop does not answer at all."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down", request=request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://shop")
    return Services(shop_http=http, rules=load_rules(), now=lambda: NOW)


@pytest.fixture
def talk(services: Services) -> Callable[..., Dialogue]:
    """A dialogue with one of the demo shoppers; None is a visitor who is not signed in."""

    def begin(shopper_id: str | None, **more: Any) -> Dialogue:
        actions = {action.name(): action for action in build_actions(services)}
        return Dialogue(actions, turn_token(shopper_id), is_signed_in=shopper_id is not None, **more)

    return begin
