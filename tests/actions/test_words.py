"""The words, the rules and the actions name each other, and nothing names what is not there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.message import Message, quantity_in, reason_in
from actions.registry import ACTIONS
from actions.wording import INTENT_TITLES
from contracts.bot_output import BotCustom
from contracts.shop import CaseReason

ROOT = Path(__file__).parents[2]
Talk = Callable[..., Any]


def _domain(key: str) -> list[Any]:
    files = sorted((ROOT / "bot/domain").glob("*.yml"))
    return [part for file in files for part in yaml.safe_load(file.read_text("utf-8")).get(key, [])]


def _mappings(key: str) -> list[dict[str, Any]]:
    files = sorted((ROOT / "bot/domain").glob("*.yml"))
    return [yaml.safe_load(file.read_text("utf-8")).get(key, {}) for file in files]


def _rules() -> dict[str, str]:
    files = sorted((ROOT / "bot/rules").glob("*.yml"))
    rules = [rule["steps"] for file in files for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]]
    return {steps[0]["intent"]: steps[1]["action"] for steps in rules if "intent" in steps[0]}


INTENTS = _domain("intents")


def test_every_intent_has_one_title_and_one_rule() -> None:
    assert sorted(INTENT_TITLES) == sorted(INTENTS)
    assert sorted(_rules()) == sorted([*INTENTS, "nlu_fallback"])
    assert len(INTENTS) == 70


def test_the_domain_lists_exactly_the_actions_that_exist() -> None:
    assert sorted(_domain("actions")) == sorted(action.action_name for action in ACTIONS)


def test_an_action_answers_the_intents_whose_rules_name_it() -> None:
    claimed = {intent: action.action_name for action in ACTIONS for intent in action.intents}

    assert claimed == {intent: name for intent, name in _rules().items() if name.startswith("action_")}


def test_rasa_never_asks_by_itself() -> None:
    """The forms ask in their own step; a response named after a slot would be said a second time by Rasa."""
    slots = {slot for forms in _mappings("forms") for form in forms.values() for slot in form["required_slots"]}
    responses = {name for part in _mappings("responses") for name in part}

    assert not {f"utter_ask_{slot}" for slot in slots} & responses


def test_buttons_in_the_domain_lead_somewhere() -> None:
    for file in sorted((ROOT / "bot/domain").glob("*.yml")):
        for name, variations in yaml.safe_load(file.read_text("utf-8")).get("responses", {}).items():
            for variation in variations:
                custom = BotCustom.model_validate(variation.get("custom", {}))
                assert {choice.intent for choice in custom.choices} <= set(INTENTS), name


@pytest.mark.parametrize("shopper_id", ["S001", "S002", "S003", "S005", "S008", "S009", None])
async def test_every_intent_is_answered_with_at_most_one_question(talk: Talk, shopper_id: str | None) -> None:
    for number, intent in enumerate([*INTENTS, "nlu_fallback"]):
        shopper = talk(shopper_id, sender_id=f"session-{number}")

        await shopper.say(intent, "您好帮我看一下")

        assert shopper.text, intent
        assert shopper.text.count("？") <= 1, intent


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("鞋子大了想退", CaseReason.SIZE),
        ("发错尺码了", CaseReason.WRONG_ITEM),
        ("开不了机", CaseReason.QUALITY),
        ("不喜欢，退了吧", CaseReason.NO_REASON),
        ("到货就是碎的", CaseReason.DAMAGED),
        ("少发了一件", CaseReason.MISSING_ITEM),
        ("跟图片不一样", CaseReason.NOT_AS_DESCRIBED),
        ("我要退货", None),
    ],
)
def test_a_reason_is_read_from_the_words(text: str, reason: CaseReason | None) -> None:
    assert reason_in(Message(intent="return_apply", text=text)) == reason


@pytest.mark.parametrize(("text", "pieces"), [("退一件", 1), ("退2件", 2), ("是另一件", None), ("第二个", None)])
def test_pieces_are_read_from_the_words(text: str, pieces: int | None) -> None:
    assert quantity_in(Message(intent="return_apply", text=text)) == pieces
