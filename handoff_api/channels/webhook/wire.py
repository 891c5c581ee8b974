"""The two bodies of the webhook channel."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts.events import MAX_TEXT
from contracts.wire import WireModel

Id = Annotated[str, Field(min_length=1, max_length=128)]


class WebhookMessage(WireModel):
    """What a shopper did in your app. `message_id` is yours: sent twice it counts once.

    text: `text`. press: `item_id` of a delivered menu, `text` its title. picture, voice, video: a file at `media_url`,
    which begins with the account's `media_base`; fetched with a GET that is signed like every call, with an empty body.
    person: they want a person. enter: they opened the chat. `identity_token`: who they are, signed by the shop;
    `entry_token`: which order it is about.
    """

    message_id: Id
    user_id: Id
    type: Literal["text", "press", "picture", "voice", "video", "person", "enter"] = "text"
    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    item_id: Annotated[str, Field(max_length=200)] = ""
    media_url: Annotated[str, Field(max_length=2000)] = ""
    media_name: Annotated[str, Field(max_length=200)] = ""
    sent_at: datetime | None = None
    identity_token: Annotated[str, Field(max_length=4096)] = ""
    entry_token: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> "WebhookMessage":
        if self.type == "text" and not self.text.strip():
            raise ValueError("a text message needs its text")
        if self.type == "press" and not self.item_id:
            raise ValueError("a press needs its item_id")
        if self.type in ("picture", "voice", "video") and not self.media_url:
            raise ValueError("a file needs its media_url")
        return self


class WebhookAccepted(WireModel):
    """It is kept. `is_new` is False for what was sent before."""

    accepted: bool = True
    is_new: bool


class WebhookItem(WireModel):
    id: str
    title: str


class WebhookFile(WireModel):
    """`url` needs no key and works for seven days."""

    name: str
    media_type: str
    size: int
    url: str


class WebhookDelivery(WireModel):
    """What your app shows. `delivery_id` is the same at every try: show it once, answer 2xx.

    A `menu` has `items`: a press comes back with the item's id, or the shopper types its number (from 1). A `picture`,
    `voice` or `file` has `file` and no text.
    """

    delivery_id: str
    user_id: str
    conversation_id: str
    type: Literal["text", "menu", "picture", "voice", "file"]
    text: str
    items: list[WebhookItem] = []
    file: WebhookFile | None = None
    author: Literal["bot", "agent", "system"]
    agent_name: str = ""
    created_at: datetime


class WebhookTyping(WireModel):
    """Somebody is writing; nothing is lost if it is ignored."""

    type: Literal["typing"] = "typing"
    user_id: str
