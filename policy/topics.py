"""What shoppers ask about the rules: topics by intent, the rules that answer each, and how a message names one.

A topic is an intent (`return_policy`) or a finer question under it (`return_policy/opened`).
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Topic(BaseModel):
    """`question`: as shoppers put it; `rules`: whose answers are said, in this order, and the first of which decides
    where facts are known; `words`: what in a message points to this topic, none for an intent's plain topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(pattern=r"^[a-z_]+(/[a-z_]+)?$")]
    question: str
    rules: Annotated[list[str], Field(min_length=1)]
    words: list[str] = []

    @property
    def intent(self) -> str:
        return self.name.partition("/")[0]


class Topics(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    topics: Annotated[list[Topic], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Topics":
        names = [topic.name for topic in self.topics]
        if len(set(names)) < len(names):
            raise ValueError("a topic is named twice")
        return self

    def find(self, intent: str, text: str) -> Topic | None:
        """The finest topic of this intent that the message names, else the intent's plain one, if it has any."""
        plain = (topic for topic in self.topics if topic.name == intent)
        return self.named(intent, text) or next(plain, None)

    def named(self, intent: str, text: str) -> Topic | None:
        """A finer question under this intent whose words the message has."""
        mine = (topic for topic in self.topics if topic.intent == intent)
        return next((topic for topic in mine if any(word in text for word in topic.words)), None)
