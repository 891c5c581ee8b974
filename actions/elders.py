"""The elder mode of the conversation: a person first, few things to choose from, short sentences. Pure."""

from collections.abc import Sequence

from actions.choices import person
from actions.wording import FOR_ELDERS
from contracts.bot_output import Card, Choice

MOST_CHOICES = 4  # a person and three ways
MOST_CARDS = 3
PERSON = "human_request"


def for_elders(
    response: str, choices: Sequence[Choice], cards: Sequence[Card]
) -> tuple[str, Sequence[Choice], Sequence[Card]]:
    """The same answer with the person's button first; the shorter wording where there is one. What is about to be
    confirmed is never cut: a card that is asked about stays."""
    people = [choice for choice in choices if choice.intent == PERSON] or ([person()] if choices else [])
    others = [choice for choice in choices if choice.intent != PERSON]
    said = FOR_ELDERS.get(response, response)
    return said, [*people, *others[: MOST_CHOICES - len(people)]], list(cards)[:MOST_CARDS]
