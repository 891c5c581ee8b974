"""Harm that happened (injury, fire, fraud, theft) and identity data (ID and bank cards) in a message.

Harm is looked for after figures of speech and names of goods (火大, 烫伤膏) are taken out; a word that
is asked about, feared or denied does not count. A model of harm has its say beside the words. A missed emergency is
worse than a false one: in doubt it counts.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Pattern, Sequence, Text, Tuple

import yaml

from bot.language.entities.folding import fold
from bot.language.entities.numbers import read_numbers
from bot.language.harm_model import NONE, HarmModel
from bot.language.normalise import clean

KINDS = ("fire", "injury", "theft", "fraud")  # the first that is found names the emergency
IDENTITY_KINDS = ("id_card", "bank_card")
CLAUSE_END = re.compile(r"[,，。;；!！?？\n]")
TAKEN_OUT = "■"
WINDOW = 12
HARM_INTENT = "quality_safety"
EVERY = 3
LIKELY = 0.4  # from here on a harm that only the model sees counts
TOLD = 0.3  # what the words add to the model's probability
BURNING = re.compile(r"火(?!锅|腿)|烟|炸|爆|烧|焦|短路|鼓包")
MAY = re.compile(r"会(?!员|议)")
QUESTION = re.compile(r"(?:吗|么|嘛|不)?[?？]|(?:吗|么|嘛)[。!！,，]?$")


def _compiled(patterns: List[Text], parts: Dict[Text, Text]) -> "Pattern[str]":
    """One pattern of all, with the words of `parts` in place of their names in braces."""
    whole = "|".join(patterns)
    for name, words in parts.items():
        whole = whole.replace("{" + name + "}", words)
    return re.compile(whole)


@dataclass(frozen=True)
class SafetyWords:
    """The compiled lists of `nlu_data/lookups/safety.yml`."""

    harms: Dict[Text, "Pattern[str]"]
    denied: "Pattern[str]"
    never: "Pattern[str]"
    asked: "Pattern[str]"
    happened: "Pattern[str]"
    metaphors: "Pattern[str]"

    @classmethod
    def read(cls, folder: Path) -> "SafetyWords":
        return cls.of(read_safety_table(folder))

    @classmethod
    def of(cls, table: Dict[Text, Any]) -> "SafetyWords":
        return cls(
            {kind: _compiled(table[kind], table["parts"]) for kind in KINDS},
            re.compile(table["denied"]),
            re.compile(table["never"]),
            re.compile(table["asked"]),
            re.compile(table["happened"]),
            re.compile("|".join(table["metaphors"])),
        )


@dataclass(frozen=True)
class IdentitySpan:
    """An ID or bank card number at a place of the cleaned text."""

    kind: Text
    start: int
    end: int


def read_safety_table(folder: Path) -> Dict[Text, Any]:
    return yaml.safe_load((folder / "safety.yml").read_text(encoding="utf-8"))


def read_emergency(text: Text, words: SafetyWords) -> Text:
    """`fire`, `injury`, `theft`, `fraud`, or "" where no harm is told. Any text."""
    folded = fold(clean(text))
    literal = words.metaphors.sub(lambda match: TAKEN_OUT * len(match[0]), folded)
    return next((kind for kind in KINDS if _is_told(literal, words.harms[kind], words)), "")


def labelled_examples(messages: Sequence[Tuple[Text, Text]], words: SafetyWords) -> List[Tuple[Text, Text]]:
    """(text, kind) to train the model on, from (text, intent) of the intents' examples.

    Harm is what the intent of harm holds. Every third of the rest is enough to show what is none; messages in which
    the words find harm under another intent would only confuse.
    """
    harms = [(text, kind_of_harm(text)) for text, intent in messages if intent == HARM_INTENT]
    rest = [text for text, intent in messages if intent != HARM_INTENT][::EVERY]
    return harms + [(text, NONE) for text in rest if not read_emergency(text, words)]


def _without_dismissed(text: Text, words: SafetyWords) -> Text:
    """`text` without figures of speech and without harm that is asked about, feared or denied."""
    rest = words.metaphors.sub("", fold(clean(text)))
    for kind in KINDS:
        rest = words.harms[kind].sub("", rest)
    return rest


def read_harm(text: Text, words: SafetyWords, model: Optional[HarmModel]) -> Text:
    """The kind of harm, by words and model together: words do not count where the model is sure of the opposite."""
    told = read_emergency(text, words)
    if model is None:
        return told
    kind, share = model.read(text if told else _without_dismissed(text, words))
    return (told or kind) if share + (TOLD if told else 0.0) >= LIKELY else ""


def kind_of_harm(text: Text) -> Text:
    """The kind of a harm that something else has found: `fire` where anything burns or bursts, else `injury`."""
    return "fire" if BURNING.search(fold(clean(text))) else "injury"


def _is_told(literal: Text, harm: "Pattern[str]", words: SafetyWords) -> bool:
    """Whether `literal` says that it happened, anywhere."""
    return any(_is_told_here(literal, match, words) for match in harm.finditer(literal))


def _clause_around(literal: Text, match: "re.Match[str]") -> "tuple[str, str]":
    """What stands before and after a finding in its own clause, 12 characters at most."""
    before = CLAUSE_END.split(literal[max(0, match.start() - WINDOW) : match.start()])[-1]
    after = literal[match.end() : match.end() + WINDOW]
    end = CLAUSE_END.search(after)
    return before, after[: end.end()] if end else after


def _is_told_here(literal: Text, match: "re.Match[str]", words: SafetyWords) -> bool:
    before, after = _clause_around(literal, match)
    if words.denied.search(before) or words.never.search(before) or "会不会" in match[0]:
        return False
    if MAY.search(match[0]) and QUESTION.search(after):
        return False
    if not words.asked.search(before):
        return True
    return bool(words.happened.search(literal)) and not QUESTION.search(after)


def find_identity_data(text: Text) -> List[IdentitySpan]:
    """The ID and bank card numbers of any text; offsets count in `clean(text)`."""
    cleaned = clean(text)
    found = read_numbers(cleaned, fold(cleaned))
    return [
        IdentitySpan(number.entity, number.start, number.end) for number in found if number.entity in IDENTITY_KINDS
    ]
