"""The task scripts of `tests/tasks/*.yml`: who comes, what they say or press, what they must hear, what the shop must
hold in the end. A misspelt key stops the run with its place."""

from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from shop_api.demo_data.catalogue import Person, load_people

FOLDER = Path(__file__).resolve().parents[1] / "tasks"
SHOPPERS = "shoppers.yml"

Kind = Literal[
    "straight",
    "correction",
    "digression",
    "two_wishes",
    "reference",  # "刚才那个", "那双白的", "上一单", a typed number
    "refusal",
    "withdrawal",
    "unknown",  # an order nobody has, or somebody else's
    "fault",  # the shop does not answer, or changes under the conversation
    "language",  # dialect, typos, traditional characters, letters
    "person",  # anger, danger, identity numbers, a wish for a person
    "return",  # coming back later
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Strict):
    """One thing the shopper does (`say`, `press`) or that happens (`shop`, `order`, `wait`), and what follows from it.

    `hear`: each must occur in the answer (its texts, cards and buttons); "|" separates spellings of which one is
    enough. `never`: none may. `press` names a button or card by a part of its title. Within `say`, `{order P01}` is the
    number of one's order with that product; see `task_shop.py` for the other words in braces.
    """

    say: str | None = None
    press: str | None = None
    ask_person: bool = False
    shop: Literal["down", "up"] | None = None
    order: str | None = None  # "P17 shipped": it changes under the conversation
    wait: Literal["reload", "a night"] | None = None
    hear: list[str] = []
    never: list[str] = []

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        done = [self.say, self.press, self.ask_person or None, self.shop, self.order, self.wait]
        if sum(value is not None for value in done) != 1:
            raise ValueError("a step does exactly one thing")
        return self

    @property
    def is_turn(self) -> bool:
        return self.say is not None or self.press is not None or self.ask_person


class Task(Strict):
    """`shop` lists everything the conversation must have changed there, no more and no less; `may` what it may.
    `person` is the reason a person was asked for; without it no person may have been."""

    task: str
    who: str
    kind: Kind
    signed_in: bool = True
    talk: list[Step] = Field(min_length=1)
    shop: list[dict[str, Any]] = []
    may: list[dict[str, Any]] = []
    person: str | None = None
    file: str = ""

    @property
    def needs_the_shop_alone(self) -> bool:
        """Stops a part that the other conversations need."""
        return any(step.shop for step in self.talk)


def load_tasks() -> list[Task]:
    found: list[Task] = []
    for file in sorted(FOLDER.glob("*.yml")):
        if file.name != SHOPPERS:
            rows = yaml.safe_load(file.read_text(encoding="utf-8"))
            found += [Task.model_validate({**row, "file": file.stem}) for row in rows]
    return found


def load_shoppers() -> dict[str, Person]:
    """The demo store's people, and those made for the tasks."""
    own = yaml.safe_load((FOLDER / SHOPPERS).read_text(encoding="utf-8"))
    return {person.id: person for person in [*load_people(), *TypeAdapter(list[Person]).validate_python(own)]}
