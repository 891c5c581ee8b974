"""Why it should go back: the shopper's own words → a reason of the shop's cases (`size`, `quality`, `damaged` …)."""

import re
from typing import Dict, List, Sequence, Text

from bot.language.entities.entity import Entity

# 没坏, 不是质量问题, 会掉色吗, 有没有破损: the word is there, the fact is not.
DENIED = re.compile(r"(?:没有?|不是|并不|并没|无|别|未|不会|不存在|没有?任何|没什么|不算|不怎么)$")
ASKED_BEFORE = re.compile(r"(?:会不会|有没有|是不是|会|容易|万一|如果|要是|若|假如|怕|担心|是否|能不能|防止|避免|以防)(?:有|被|再|出现|是)?(?:东西|它|货|出现)?$")
WINDOW = 8


class Reasons:
    """Phrases as patterns, one alternation for each reason, tried in the order of the file."""

    def __init__(self, phrases: Dict[Text, Sequence[Text]]) -> None:
        self._patterns = [(reason, re.compile("|".join(words))) for reason, words in phrases.items()]

    def read(self, folded: Text) -> List[Entity]:
        return [
            Entity("reason", reason, *match.span(), {}, 0.85)
            for reason, pattern in self._patterns
            for match in pattern.finditer(folded)
            if match.end() > match.start() and self._is_said(folded, match.start())
        ]

    @staticmethod
    def _is_said(folded: Text, start: int) -> bool:
        before = folded[max(0, start - WINDOW) : start]
        return not (DENIED.search(before) or ASKED_BEFORE.search(before))
