"""A reading as it leaves the bot: the form of `contracts.events.Reading`, made of Rasa's parse data."""

from typing import Any, Dict, Text

SHOWN_CANDIDATES = 5


def reading_of(parsed: Dict[Text, Any]) -> Dict[Text, Any]:
    """The reading in `parsed` (what Rasa's pipeline gave, or a pressed choice)."""
    intent = parsed.get("intent") or {}
    ranking = [(r["name"], round(float(r["confidence"]), 4)) for r in parsed.get("intent_ranking") or []]
    return {
        "intent": intent.get("name") or "",
        "confidence": round(float(intent.get("confidence") or 0.0), 4),
        "ranking": ranking[:SHOWN_CANDIDATES],
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end", "extra") if key in entity}
            for entity in parsed.get("entities") or []
        ],
        "emotion": parsed.get("emotion") or {},
        "emergency": parsed.get("emergency") or "",
        "identity_data": parsed.get("identity_data") or [],
    }
