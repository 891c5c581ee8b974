"""What the shopper's latest message says, as the bot read it. Pure; nothing here knows the shop."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.wording import OPTION_WORDS, PRODUCT_WORDS, REASON_WORDS, TYPE_WORDS
from contracts.shop import CaseReason, CaseType

FALLBACK = "nlu_fallback"
FREE_TEXT_INTENTS = {"inform", FALLBACK}
STOP = re.compile(r"算了|不想?(?:退|换|修|办|弄)(?:货|款)?了|先不|先别|别(?:退|换|修|办)|取消(?:吧|了)?$|放弃")
NOT_YET = re.compile(r"先不|先别|暂时不")
TOO_HARD = re.compile(r"不会(?:弄|用|操作|搞|填|点)?|不懂|弄不来|搞不(?:懂|来|明白)|看不(?:懂|清)|太麻烦")
ANOTHER = re.compile(r"另(?:一|外一)|换一(?:个|件|双|单|款)(?!大|小|新)|不是这|选错|别的|其他的?(?:商品|订单|那)")
COUNTED = re.compile(r"(?<![第另这那哪每换\d])(?:\d{1,2}|[一两二三四五六七八九十])(?=[件个双只瓶盒台本条套])")
REFUSED = re.compile(r"(?:不是|不想|不要|不用|不|别|没有?)(?:要|想|来|申请|办|是|再)*$")
REFUSED_LENGTH = 6
ORDER_SHAPED = re.compile(r"(?<![\dA-Za-z])\d{15,20}(?!\d)")
WRITTEN_APART = re.compile(r"(?<![\dA-Za-z])\d{2,6}(?:[ \-－—]\d{1,6}){2,}(?!\d)")  # "8847 2170 9885 8802 88"
ALL_OF_THEM = re.compile(r"全(?:部|都)?(?:退|换|要)|都(?:退|换|要)|全部|所有|整单|一起(?:退|换)")
ALL_PIECES = 9999  # as many as there are
ONLY_AS_ENTITY = {"表", "书", "锅"}  # one character that stands in many other words
KEPT_BEFORE = re.compile(
    r"(?:[不别]用?要?[退换]|留下?|留着|除了|不是|只有|只收到|只[到发寄]了?)(?:那|这|我|的|[一两]|[件双个条只])*$"
)
KEPT_AFTER = re.compile(
    r"(?:的|那|这|[件双个条只]|我|就|先|是|可以|自己|还|都|也|[，, ])*"
    r"(?:留着|留下|要留|保留|没问题|没事|不用?[退动](?=$|[了，,。！!；; 只就])|"
    r"不用?换(?=$|[了，,。！!；; 只就])(?!了?[，, ]*(?:直接|还是|就)*退))"
)
WANTED_FROM = re.compile(r"换(?!货)|改成|我?(?:要|买|拍|订)的是")
NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
WANTS_A_PERSON = {"human_request", "abuse", "complaint_compensation", "complaint_platform", "quality_safety"}
ASKS_WHICH_NUMBER = {"order_number", "tracking_number", "phone", "tax_number"}


@dataclass(frozen=True)
class Second:
    """A second wish of the message, with the words and the entities that belong to it."""

    intent: str
    text: str
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """`entities` maps a name to its values in the order they stand in the text. What belongs to the `second` wish is in
    neither `text` nor `entities`. `carrier` is the code a tracking number or a name gives; `anger` goes from 0 to 1;
    `emergency` names the danger that was read, if any."""

    intent: str
    text: str
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranking: tuple[str, ...] = ()
    carrier: str = ""
    identity_data: tuple[str, ...] = ()
    second: Second | None = None
    anger: float = 0.0
    emergency: str = ""

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
    text, found = latest.get("text") or "", latest.get("entities") or []
    second = _second(latest.get("second_intent"), text, found)
    mine = [entity for entity in found if second is None or not _stands_in(entity, text, second.text)]
    return Message(
        intent=(latest.get("intent") or {}).get("name") or FALLBACK,
        text=_without(text, second.text) if second else text,
        entities=_values(mine),
        ranking=tuple(item["name"] for item in latest.get("intent_ranking") or []),
        carrier=_carrier(found),
        identity_data=tuple(latest.get("identity_data") or ()),
        second=second,
        anger=_anger(latest.get("emotion") or {}),
        emergency=str(latest.get("emergency") or ""),
    )


def _anger(emotion: Mapping[str, float]) -> float:
    return float(emotion.get("angry", 0.0)) + float(emotion.get("desperate", 0.0))


def _second(heard: Mapping[str, Any] | None, text: str, found: Iterable[Mapping[str, Any]]) -> Second | None:
    if not heard:
        return None
    said = str(heard["text"])
    return Second(str(heard["name"]), said, _values(e for e in found if _stands_in(e, text, said)))


def _values(found: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = {}
    for entity in found:
        values.setdefault(entity["entity"], []).append(str(entity["value"]))
    return {name: tuple(known) for name, known in values.items()}


def _stands_in(entity: Mapping[str, Any], text: str, clause: str) -> bool:
    """Does the entity belong to `clause`, and to nothing said before it?"""
    said = text[entity.get("start") or 0 : entity.get("end") or 0].lower()
    return bool(said) and said in clause.lower() and said not in _without(text, clause).lower()


def _without(text: str, clause: str) -> str:
    """`text` but for `clause`; the clause was cut from a normalised spelling, so case may differ."""
    place = text.lower().find(clause.lower())
    return text if place < 0 else (text[:place] + text[place + len(clause) :]).strip(" ，,。；;")


def _carrier(found: Iterable[Mapping[str, Any]]) -> str:
    """The code of the carrier: by its name, else by the shape of the tracking number."""
    named = [str(e["value"]) for e in found if e["entity"] == "carrier"]
    shaped = [str((e.get("extra") or {}).get("carrier") or "") for e in found if e["entity"] == "tracking_number"]
    return next((code for code in [*named, *shaped] if code), "")


def order_number_in(message: Message) -> str | None:
    """The order number of a message: read, or shaped like one where nothing else was read from its digits."""
    known = message.entity("order_number")
    if known or message.identity_data or any(message.entity(name) for name in ASKS_WHICH_NUMBER):
        return known
    match = ORDER_SHAPED.search(_joined(message.text))
    return match[0] if match else None


def _joined(text: str) -> str:
    """Long numbers without the gaps people type into them."""
    return WRITTEN_APART.sub(lambda match: re.sub(r"\D", "", match[0]), text)


def words_for_goods(message: Message) -> list[str]:
    """The goods a message is about: what the reading found, else a word of the table that stands in the text; without
    those that are said to stay ("鞋退了，T恤留着"), unless it speaks of nothing else."""
    found = message.entities.get("product", ())
    named = [*found] or [word for word in PRODUCT_WORDS if word in message.text and word not in ONLY_AS_ENTITY]
    return [word for word in named if not _is_kept(word, message.text)] or named


def _is_kept(word: str, text: str) -> bool:
    place = text.lower().find(word.lower())
    before, after = text[:place], text[place + len(word) :]
    return place >= 0 and bool(KEPT_BEFORE.search(before) or KEPT_AFTER.match(after))


def reason_in(message: Message) -> CaseReason | None:
    """The reason a message gives, chosen on a button or said in its words; None where it gives none."""
    known = {reason.value for reason in CaseReason}
    chosen = message.entity("case_reason")
    if chosen in known:
        return CaseReason(chosen)
    by_words = next((reason for reason, pattern in REASON_WORDS if pattern.search(message.text)), None)
    read = next((value for value in message.entities.get("reason", ()) if value in known), None)
    return by_words or (CaseReason(read) if read else None)


def case_type_in(text: str) -> CaseType | None:
    """What is wanted, where the words name it ("换成换货吧"); the last one that is not refused counts."""
    named = [
        (match.start(), wish)
        for wish, pattern in TYPE_WORDS
        for match in pattern.finditer(text)
        if not REFUSED.search(text[max(0, match.start() - REFUSED_LENGTH) : match.start()])
    ]
    return max(named)[1] if named else None


def is_stop(message: Message) -> bool:
    """Giving up; "算了，还是换货" goes on with something else, "先别退" does not."""
    if message.choice == "stop":
        return True
    if message.intent in WANTS_A_PERSON:
        return False  # "算了给我找个人"
    if case_type_in(message.text) and not NOT_YET.search(message.text):
        return False
    return message.intent == "aftersale_cancel" or bool(STOP.search(message.text))


def wants_another(message: Message) -> bool:
    """The shopper means other goods than the ones under discussion."""
    return message.choice == "other" or bool(ANOTHER.search(message.text))


def quantity_in(message: Message) -> int | None:
    if ALL_OF_THEM.search(message.text):
        return ALL_PIECES
    counted = COUNTED.search(message.text)
    said = message.entity("quantity") or (counted[0] if counted else "")
    if match := re.search(r"\d{1,3}", said):
        return int(match[0]) or None
    return next((number for word, number in NUMERALS.items() if word in said), None)


def wanted_option_in(message: Message) -> str | None:
    """The size or colour to exchange for, as the shopper put it."""
    said = message.entities.get("sku_option", ())
    instead = WANTED_FROM.split(message.text)[-1].upper()  # "白色的想换成黑色": only what comes after it
    if said:
        return " ".join([value for value in said if value.upper().rstrip("色码号") in instead] or said)
    match = OPTION_WORDS.search(message.text)
    return match[0] if match else None


def phone_last4_in(message: Message) -> str | None:
    """Four digits on their own, or the end of a whole phone number."""
    phone = message.entity("phone")
    if phone and len(phone) >= 4 and phone[-4:].isdigit():
        return phone[-4:]
    match = re.search(r"(?<![\dA-Za-z-])(\d{4})(?![\d-])", _joined(message.text))
    return match[1] if match else None


def says_something(text: str) -> bool:
    """Is there anything to read in it? Signs and emoji alone are not an answer."""
    return len(re.findall(r"\w", text)) > 1
