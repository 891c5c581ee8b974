"""What was found where, and which finding wins where two overlap."""

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Set, Text


@dataclass(frozen=True)
class Entity:
    """A span of the cleaned text. `value` is the normalised fact; `extra` is what the value cannot say (carrier of a
    tracking number, granularity of a date). `confidence` is a judgement of ours from 0 to 1, not a probability."""

    entity: Text
    value: Text
    start: int
    end: int
    extra: Dict[Text, Any] = field(default_factory=dict)
    confidence: float = 0.9

    def as_dict(self) -> Dict[Text, Any]:
        return {
            "entity": self.entity,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "confidence_entity": self.confidence,
            "extra": self.extra,
        }


# Identifiers: nothing within one is read as anything else. A company's city is part of its name only.
STRONG = ("email", "order_number", "tracking_number", "phone", "tax_number", "invoice_title", "id_card", "bank_card")


def _strength(found: Entity) -> "tuple[bool, int, float]":
    return found.entity in STRONG, found.end - found.start, found.confidence


def resolve(found: Iterable[Entity]) -> List[Entity]:
    """The findings without overlaps, in the order of the text.

    Identifiers win over words, then the longer wins, then the surer: `13812345678@qq.com` is one e-mail.
    Reasons compete among themselves only: 杯子碎了 is both a product and why it goes back.
    """
    facts, reasons = [], []
    for entity in found:
        (reasons if entity.entity == "reason" else facts).append(entity)
    kept = _without_overlaps(facts) + _without_overlaps(reasons)
    return sorted(kept, key=lambda entity: (entity.start, entity.end))


def _without_overlaps(found: List[Entity]) -> List[Entity]:
    taken: Set[int] = set()
    kept = []
    for candidate in sorted(found, key=_strength, reverse=True):
        places = range(candidate.start, candidate.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(candidate)
    return kept
