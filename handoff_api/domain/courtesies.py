"""Words that say nothing the shop could work on: a hello, a thank you, a single character."""

from contracts.events import Reading

INTENTS = frozenset({"greet", "human_request", "thank", "affirm", "hold_on"})
SURE = 0.5
SHORTEST = 2
"""Visible characters; fewer are a slip of the finger or a full stop."""


def is_courtesy(text: str, reading: Reading | None) -> bool:
    """Without a reading two characters are a message: better a needless ticket than none."""
    if sum(not char.isspace() for char in text) < SHORTEST:
        return True
    return reading is not None and reading.intent in INTENTS and reading.confidence >= SURE
