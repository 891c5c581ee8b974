"""How near a question is to a text: the share of its pairs of characters that stand in it. Pure.

Pairs need no dictionary and forgive a wrong cut; enough for a shop's own pages. A shop with a search engine uses that.
"""

import re

NOT_READ = re.compile(r"[^\w]|_")


def nearness(question: str, text: str) -> float:
    """From 0 to 1. The shorter of the two is looked for in the longer, so a long page does not win by its length."""
    asked, there = _pairs(question), _pairs(text)
    smaller = min(len(asked), len(there))
    return len(asked & there) / smaller if smaller else 0.0


def _pairs(text: str) -> set[str]:
    letters = NOT_READ.sub("", text).lower()
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
