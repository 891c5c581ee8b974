"""What the shopper's latest message says, as the bot read it. Pure; nothing here knows the shop."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.wording import OPTION_WORDS, PRODUCT_WORDS, REASON_WORDS, TYPE_WORDS
from contracts.shop import CaseReason, CaseType

FALLBACK = "nlu_fallback"
FREE_TEXT_INTENTS = {"inform", FALLBACK}
STOP = re.compile(r"算了|不想?(?:退|换|修|办|弄)(?:货|款)?了|先不|取消(?:吧|了)?$|放弃")
ANOTHER = re.compile(r"另(?:一|外)|换一(?:个|件|双|单|款)|不是这|选错|别的|其他")
COUNTED = re.compile(r"(?<![第另这那哪每换\d])(?:\d{1,2}|[一两二三四五六七八九十])(?=[件个双只瓶盒台本条套])")
ONLY_AS_ENTITY = {"表", "书", "锅"}  # one character that stands in many other words
ORDINALS = {"一": 0, "1": 0, "二": 1, "2": 1, "两": 1, "三": 2, "3": 2, "四": 3, "4": 3, "五": 4, "5": 4}
NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


@dataclass(frozen=True)
class Message:
    """`entities` maps a name to its values in the order they stand in the text."""

    intent: str
    text: str
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranking: tuple[str, ...] = ()

    def entity(self, name: str) -> str | None:
        return next(iter(self.entities.get(name, ())), None)

    @property
    def choice(self) -> str | None:
        """The word of a pressed button that stands for more than its intent."""
        return self.entity("choice")

    @property
    def is_free_text(self) -> bool:
        """Typed, and nothing the bot has an answer of its own for: it may be what was asked."""
        return self.intent in FREE_TEXT_INTENTS and not self.choice


def read_message(latest: Mapping[str, Any]) -> Message:
    entities: dict[str, list[str]] = {}
    for found in latest.get("entities") or []:
        entities.setdefault(found["entity"], []).append(str(found["value"]))
    return Message(
        intent=(latest.get("intent") or {}).get("name") or FALLBACK,
        text=latest.get("text") or "",
        entities={name: tuple(values) for name, values in entities.items()},
        ranking=tuple(item["name"] for item in latest.get("intent_ranking") or []),
    )


def words_for_goods(message: Message) -> list[str]:
    """The goods a message names: what the reading found, else a word of the table that stands in the text."""
    found = message.entities.get("product", ())
    return [*found] or [word for word in PRODUCT_WORDS if word in message.text and word not in ONLY_AS_ENTITY]


def reason_in(message: Message) -> CaseReason | None:
    """The reason a message gives, chosen on a button or said in its words; None where it gives none."""
    chosen = message.entity("case_reason")
    if chosen in {reason.value for reason in CaseReason}:
        return CaseReason(chosen)
    words = (message.text, *message.entities.get("reason", ()))
    return next((reason for reason, pattern in REASON_WORDS if any(pattern.search(w) for w in words)), None)


def case_type_in(text: str) -> CaseType | None:
    """What is wanted, where the words name it ("换成换货吧"); the last one named counts."""
    named = [(match.start(), wish) for wish, pattern in TYPE_WORDS for match in pattern.finditer(text)]
    return max(named)[1] if named else None


def is_stop(message: Message) -> bool:
    return message.choice == "stop" or message.intent == "aftersale_cancel" or bool(STOP.search(message.text))


def wants_another(message: Message) -> bool:
    """The shopper means other goods than the ones under discussion."""
    return message.choice == "other" or bool(ANOTHER.search(message.text))


def ordinal_in(text: str) -> int | None:
    """ "第二个" → 1; "最后一个" → -1."""
    if "最后一" in text:
        return -1
    match = re.search(r"第([一二两三四五1-5])", text)
    return ORDINALS[match[1]] if match else None


def quantity_in(message: Message) -> int | None:
    counted = COUNTED.search(message.text)
    said = message.entity("quantity") or (counted[0] if counted else "")
    if match := re.search(r"\d{1,3}", said):
        return int(match[0]) or None
    return next((number for word, number in NUMERALS.items() if word in said), None)


def wanted_option_in(message: Message) -> str | None:
    """The size or colour to exchange for, as the shopper put it."""
    said = message.entities.get("sku_option", ())
    if said:
        return " ".join(said)
    match = OPTION_WORDS.search(message.text)
    return match[0] if match else None


def phone_last4_in(message: Message) -> str | None:
    """Four digits on their own, or the end of a whole phone number."""
    phone = message.entity("phone")
    if phone and len(phone) >= 4 and phone[-4:].isdigit():
        return phone[-4:]
    match = re.search(r"(?<![\dA-Za-z-])(\d{4})(?![\d-])", message.text)
    return match[1] if match else None


def says_something(text: str) -> bool:
    """Is there anything to read in it? Signs and emoji alone are not an answer."""
    return len(re.findall(r"\w", text)) > 1
