"""Carriers by name; the value is the code the shop's shipments carry (`SF`, `ZTO`)."""

from dataclasses import replace
from typing import List, Sequence, Text

from bot.language.entities.entity import Entity

# Shapes that two carriers share: the name in the message decides.
ALSO = {"YD": ("STO",), "STO": ("YD",), "": ("SF", "ZTO", "STO", "YD", "YTO", "EMS", "YZPY")}


def read_carriers(terms: Sequence[Entity]) -> List[Entity]:
    return [term for term in terms if term.entity == "carrier"]


def named_carrier(found: Entity, carriers: Sequence[Entity]) -> Entity:
    """A tracking number whose shape leaves its carrier open, with the carrier the message names."""
    if found.entity != "tracking_number" or not carriers:
        return found
    code: Text = found.extra.get("carrier", "")
    nearest = min(carriers, key=lambda carrier: abs(carrier.start - found.start))
    if nearest.value not in ALSO.get(code, ()):
        return found
    return replace(found, extra={**found.extra, "carrier": nearest.value})
