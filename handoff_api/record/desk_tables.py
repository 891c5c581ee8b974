"""Tables of the workspace's own: canned replies, tags, corrected readings."""

from datetime import datetime

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
