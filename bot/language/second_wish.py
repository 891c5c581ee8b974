"""Two requests in one message ("我要退货，发票也重开一下"): its clauses, and which of them is a wish of its own.

Rule 1. The whole message decides what comes first. A second wish is a clause that is read, with confidence, as
        something of another capability; it is never a part of the first one's story ("开不了机，能修吗" is one).
Rule 2. A clause that only says how one feels, or answers, or greets, is no wish.
"""

import re
from dataclasses import dataclass
from typing import Iterable, List, Optional, Sequence, Text

LEAST_LETTERS, MOST_CLAUSES = 3, 6
SURE, SURE_WITH_LINK, SURE_ALONE = 0.85, 0.6, 0.6
LINKS = r"顺便|顺带|另外|还有|再帮我|同时|对了|以及|并且"
LINK = re.compile(rf"^(?:{LINKS}|再|也)|也(?:要|想|帮|给|重|改|开|查|换|退)")
BORDERS = re.compile(rf"[，,。；;！!？?、\s…~～]+|(?=(?:{LINKS}))")
STAYS = re.compile(r"(?:[件双个条只套的那都]|先|就)(?:留着|不动|别动|不退|不换|保留|要留)[了吧的]*$")
LETTERS = re.compile(r"\w")
CAPABILITIES = {
    "order": ("order", "payment"),
    "logistics": ("logistics",),
    "aftersale": ("return", "refund", "aftersale", "exchange"),
    "repair": ("repair", "install"),
    "quality": ("quality",),
    "price": ("price", "coupon", "promotion", "member"),
    "invoice": ("invoice",),
    "complaint": ("complaint", "review"),
    "account": ("account", "privacy"),
    "product": ("product",),
}
CAPABILITY_OF = {prefix: name for name, prefixes in CAPABILITIES.items() for prefix in prefixes}
# What belongs to one story, whichever comes first: the fault and the remedy, the delay and the money back.
ONE_STORY = [
    frozenset({"quality", "aftersale"}),
    frozenset({"quality", "repair"}),
    frozenset({"quality", "product"}),
    frozenset({"quality", "complaint"}),
    frozenset({"repair", "product"}),
    frozenset({"repair", "aftersale"}),
    frozenset({"order", "aftersale"}),
    frozenset({"order", "logistics"}),
    frozenset({"order", "product"}),
    frozenset({"logistics", "aftersale"}),
]
# A question on the terms of something, beside the wish for it: the wish answers the question on its way.
TERMS = {"return_freight", "return_policy", "return_shipping", "refund_destination", "refund_amount", "refund_progress"}
STARTS = {"return_apply", "exchange_apply", "refund_apply"}
NAMES_ITSELF = {"complaint": "投诉"}  # anger sounds like a complaint; only the word is one


@dataclass(frozen=True)
class ReadClause:
    text: Text
    intent: Text
    confidence: float


def split_clauses(text: Text) -> List[Text]:
    """The clauses of a normalised message, in order; none where there is only one."""
    parts = (part.strip() for part in BORDERS.split(text) if part)
    clauses = [part for part in parts if len(LETTERS.findall(part)) >= LEAST_LETTERS]
    return clauses[:MOST_CLAUSES] if len(clauses) > 1 else []


def second_wish(intent: Text, clauses: Iterable[ReadClause], goods: Sequence[Text] = ()) -> Optional[ReadClause]:
    """The clause that wants something else than the message as a whole, which was read as `intent`. `goods` are the
    products the message names: two clauses on different goods are never one story."""
    if not capability_of(intent):
        return None
    clauses = list(clauses)
    # "枕头到哪了，另外鞋子大了想退": the link may stand before the wish that rules the whole message.
    is_linked = any(LINK.search(c.text) and capability_of(c.intent) == capability_of(intent) for c in clauses[1:])
    candidates = [clause for clause in clauses if clause.intent != intent and _is_wish(clause)]
    return next((c for c in candidates if _is_apart(intent, c, is_linked) or _on_other_goods(c, clauses, goods)), None)


def blended(intent: Text, clauses: Sequence[ReadClause]) -> Optional[ReadClause]:
    """The first clause that is a wish, where two wishes together were read as a third thing that no clause says."""
    if any(clause.intent == intent for clause in clauses):
        return None
    wishes = [c for c in clauses if capability_of(c.intent) and c.confidence >= SURE_ALONE]
    apart = {capability_of(wish.intent) for wish in wishes}
    is_linked = any(LINK.search(clause.text) for clause in clauses[1:])
    return wishes[0] if len(apart) > 1 and is_linked else None


def own_wish(intent: Text, confidence: float, clauses: Iterable[ReadClause]) -> Optional[ReadClause]:
    """How the first wish reads by itself: a second one in the same message blurs the reading of the whole."""
    mine = [clause for clause in clauses if capability_of(clause.intent) == capability_of(intent)]
    best = max(mine, key=lambda clause: clause.confidence, default=None)
    return best if best and best.confidence > min(confidence, SURE_ALONE) else None


def capability_of(intent: Text) -> Text:
    """Empty for small talk, answers, and what was not understood."""
    return CAPABILITY_OF.get((intent or "").split("_")[0], "")


def _is_wish(clause: ReadClause) -> bool:
    if STAYS.search(clause.text):
        return False  # "衣服退一件，另外两件不动"
    capability = capability_of(clause.intent)
    is_sure = clause.confidence >= (SURE_WITH_LINK if LINK.search(clause.text) else SURE)
    return bool(capability) and is_sure and NAMES_ITSELF.get(capability, "") in clause.text


def _on_other_goods(clause: ReadClause, clauses: Sequence[ReadClause], goods: Sequence[Text]) -> bool:
    """ "炸锅不要了，枕头到哪了"."""
    mine = {name for name in goods if name in clause.text}
    others = {name for each in clauses if each != clause for name in goods if name in each.text}
    return bool(mine and others) and not mine & others


def _is_apart(intent: Text, clause: ReadClause, is_linked: bool) -> bool:
    first, second = capability_of(intent), capability_of(clause.intent)
    if first == second:
        return intent in TERMS and clause.intent in STARTS
    return frozenset({first, second}) not in ONE_STORY or is_linked or bool(LINK.search(clause.text))
