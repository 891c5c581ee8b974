"""What was found where, and which finding wins where two overlap."""

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Text


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


# Entities of these kinds may lie within others of the list beside them: a company's city is part of its name only.
STRONG = ("email", "order_number", "tracking_number", "phone", "tax_number", "invoice_title", "id_card", "bank_card")


def _strength(found: Entity) -> "tuple[bool, int, float]":
    return found.entity in STRONG, found.end - found.start, found.confidence


def resolve(found: Iterable[Entity]) -> List[Entity]:
    """The findings without overlaps, in the order of the text.

    Identifiers win over words, then the longer wins, then the surer: `13812345678@qq.com` is one e-mail.
    """
    taken: Dict[int, Entity] = {}
    kept: List[Entity] = []
    for candidate in sorted(found, key=_strength, reverse=True):
        places = range(candidate.start, candidate.end)
        if not any(place in taken for place in places):
            taken.update(dict.fromkeys(places, candidate))
            kept.append(candidate)
    return sorted(kept, key=lambda entity: entity.start)
