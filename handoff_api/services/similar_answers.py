"""Replies to suggest: what agents of this shop once answered to much the same.

Rule 1. What belongs to one shopper alone is never suggested to another: an answer with a number of more than four
        digits, an address or a link is no example; a name in the salutation is left out.
Rule 2. Nothing is suggested where nothing is like it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.desk import SimilarAnswer
from handoff_api.domain.clock import Clock
from handoff_api.domain.similarity import SimilarTexts
from handoff_api.record import answers
from handoff_api.record.answers import Answered
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord

REMEMBERED = 5000
FRESH_FOR = timedelta(minutes=2)
LIKE_ENOUGH = 0.35
SUGGESTED = 3
SHORTEST, LONGEST = 6, 300
PERSONAL = re.compile(r"\d{5}|@|https?:|[路街巷村区][^，。！？]{0,16}(号|室|栋|单元)")
SALUTATION = re.compile(r"^[\u4e00-\u9fff]{1,3}(?=先生|女士|小姐|阿姨|叔叔)(先生|女士|小姐|阿姨|叔叔)[，,：:、 ]?")


@dataclass(frozen=True)
class Memory:
    read_at: datetime
    examples: list[Answered]
    questions: SimilarTexts


class SimilarAnswers:
    """The newest answers are kept in memory for two minutes at a time; what is erased is gone by then."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock
        self._memories: dict[str, Memory] = {}

    async def to(self, agent: AgentRecord, conversation_id: str, question: str) -> list[SimilarAnswer]:
        """From other conversations, each wording once."""
        memory = await self._memory(agent.shop_id)
        found: dict[str, SimilarAnswer] = {}
        for place, likeness in memory.questions.nearest(question, most=40):
            example = memory.examples[place]
            if likeness < LIKE_ENOUGH or len(found) == SUGGESTED:
                break
            if example.conversation_id != conversation_id:
                answer = SimilarAnswer(text=example.answer, question=example.question, likeness=round(likeness, 2))
                found.setdefault(example.answer, answer)
        return list(found.values())

    async def _memory(self, shop_id: str) -> Memory:
        known, now = self._memories.get(shop_id), self._clock()
        if known and now - known.read_at < FRESH_FOR:
            return known
        async with self._record.reading() as session:
            read = await answers.latest(session, shop_id, limit=REMEMBERED)
        examples = [example for each in read if (example := as_example(each))]
        memory = Memory(now, examples, SimilarTexts([each.question for each in examples]))
        self._memories[shop_id] = memory
        return memory


def as_example(answered: Answered) -> Answered | None:
    """Rule 1: the answer as it may be shown to anybody, None where it may not. Its question stays inside."""
    answer = SALUTATION.sub("", answered.answer.strip())
    is_fit = SHORTEST <= len(answer) <= LONGEST and not PERSONAL.search(answer)
    return Answered(answered.conversation_id, _masked(answered.question), answer) if is_fit else None


def _masked(question: str) -> str:
    """The question is shown as the reason of a suggestion."""
    return re.sub(r"\d{4,}", "…", question.strip())[:60]
