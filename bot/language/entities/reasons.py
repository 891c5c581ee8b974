"""Why it should go back: the shopper's own words → a reason of the shop's cases (`size`, `quality`, `damaged` …)."""

import re
from typing import Dict, List, Sequence, Text

from bot.language.entities.entity import Entity

# 没坏, 不是质量问题, 会掉色吗, 有没有破损: the word is there, the fact is not.
DENIED = re.compile(r"(?:没有?|不是|并不|并没|无|别|未|不会|不存在|没有?任何|没什么|不算|不怎么)$")
ASKED_BEFORE = re.compile(
    r"(?:会不会|有没有|是不是|会|容易|万一|如果|要是|若|假如|怕|担心|是否|能不能|防止|避免|"
    r"以防)(?:有|被|再|出现|是)?(?:东西|它|货|出现)?$"
)
# 优惠券用不了 is no fault of the goods.
NOT_OF_GOODS = re.compile(
    r"(?:券|卷|红包|优惠|积分|链接|网页|页面|密码|账号|会员|白条|花呗|支付|微信|发票)(?:怎么|"
    r"都|也|就|还|又|老|全|已经|为什么|为啥|咋|一直)*$"
)
WINDOW = 10


class Reasons:
    """Phrases as patterns, one alternation for each reason, tried in the order of the file."""

    def __init__(self, phrases: Dict[Text, Sequence[Text]]) -> None:
        self._patterns = [(reason, re.compile("|".join(words))) for reason, words in phrases.items()]

    def read(self, folded: Text) -> List[Entity]:
        """Each reason once, where it is first said."""
        found = []
        for reason, pattern in self._patterns:
            said = (match for match in pattern.finditer(folded) if match[0] and self._is_said(folded, match.start()))
            match = next(said, None)
            if match:
                found.append(Entity("reason", reason, *match.span(), {}, 0.85))
        return found

    @staticmethod
    def _is_said(folded: Text, start: int) -> bool:
        before = folded[max(0, start - WINDOW) : start]
        return not any(pattern.search(before) for pattern in (DENIED, ASKED_BEFORE, NOT_OF_GOODS))
