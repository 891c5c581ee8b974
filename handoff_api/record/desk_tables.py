"""Tables of the workspace's own: canned replies, tags, corrected readings, mentions, presets, notes on customers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff_api.record.tables import Table


class CannedReplyRecord(Table):
    """`owner_id` is None for one that the whole shop uses."""

    __tablename__ = "canned_replies"
    __table_args__ = (Index(None, "shop_id", "owner_id"),)

    reply_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("agents.agent_id", ondelete="CASCADE"))
    group_name: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class ConversationTagRecord(Table):
    __tablename__ = "conversation_tags"
    __table_args__ = (Index(None, "shop_id", "tag"),)

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    position: Mapped[int]
    given_by: Mapped[str]
    given_at: Mapped[datetime]


class CorrectionRecord(Table):
    """What a message really meant. The words stay with the message: erased with it, they leave no example behind."""

    __tablename__ = "reading_corrections"
    __table_args__ = (Index(None, "shop_id", "corrected_at"),)

    event_id: Mapped[str] = mapped_column(ForeignKey("events.event_id", ondelete="CASCADE"), primary_key=True)
    shop_id: Mapped[str]
    was: Mapped[str]
    intent: Mapped[str]
    agent_id: Mapped[str]
    corrected_at: Mapped[datetime]


class MentionRecord(Table):
    """An agent who is to see a note, and whether they have."""

    __tablename__ = "mentions"
    __table_args__ = (Index(None, "agent_id", "seen_at"), Index(None, "conversation_id"))

    event_id: Mapped[str] = mapped_column(ForeignKey("events.event_id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.agent_id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class PresetRecord(Table):
    """A saved view or a macro of one agent; `body` is `contracts.desk.NewPreset.body`."""

    __tablename__ = "presets"
    __table_args__ = (Index(None, "agent_id"),)

    preset_id: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.agent_id", ondelete="CASCADE"))
    name: Mapped[str]
    body: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class CustomerNoteRecord(Table):
    """What colleagues should know of the shopper of a conversation."""

    __tablename__ = "customer_notes"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.conversation_id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column(Text)
    agent_name: Mapped[str]
    at: Mapped[datetime]
