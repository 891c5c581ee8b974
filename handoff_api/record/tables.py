"""The tables of the record. Instants are stored in UTC; every row says which shop or conversation it belongs to.

Two numbers hold a conversation together: `last_seq`, which counts its events without gaps, and `epoch`, which counts
its owners. Both change only inside a transaction that holds the conversation's row.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, MetaData, Text, TypeDecorator
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.events import Status
from handoff_api.domain.conversation import Ownership


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite has no time zones, so it is given back its own here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Instant,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


def _of_conversation() -> ForeignKey:
    return ForeignKey("conversations.conversation_id", ondelete="CASCADE")


class ConversationRecord(Table):
    """One per shopper and shop, for ever. `queue_tick` is the number of arrival (ms), kept when it is queued again;
    `queue_rank` the place it gives: the tick, earlier for who goes first. `offered_to` and `offer_expires_at` are the
    reservation; `weight` what it takes of an agent's capacity; `answered_at` the first answer of a person since the
    handoff; `callback_at` when a shopper who waits elsewhere is put into the queue again; `shopper_phone` as the
    shop masks it, once an agent has looked; `intent` and `mood` what was read in the latest message."""

    __tablename__ = "conversations"
    __table_args__ = (
        Unique("shop_id", "visitor_id"),
        Unique("shop_id", "shopper_id"),
        Index(None, "shop_id", "status", "last_at"),
        Index(None, "agent_id", "status"),
        Index(None, "offered_to"),
        Index(None, "shop_id", "status", "skill", "queue_rank"),
        Index(None, "shop_id", "queue_tick"),
        Index(None, "callback_at"),
    )

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    visitor_id: Mapped[str]
    shopper_id: Mapped[str | None]
    shopper_name: Mapped[str] = mapped_column(default="")
    shopper_level: Mapped[str] = mapped_column(default="")
    channel: Mapped[str] = mapped_column(default="web")
    page: Mapped[dict[str, Any]] = mapped_column(default=dict)

    status: Mapped[str]
    epoch: Mapped[int]
    agent_id: Mapped[str | None]
    status_since: Mapped[datetime]
    session_id: Mapped[str]

    last_seq: Mapped[int] = mapped_column(default=0)
    last_note_seq: Mapped[int] = mapped_column(default=0)
    shopper_read_seq: Mapped[int] = mapped_column(default=0)
    agent_read_seq: Mapped[int] = mapped_column(default=0)
    preview: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    last_at: Mapped[datetime]
    unanswered_since: Mapped[datetime | None]

    waiting_since: Mapped[datetime | None]
    queue_tick: Mapped[int | None] = mapped_column(BigInteger)
    priority: Mapped[str] = mapped_column(default="normal")
    skill: Mapped[str] = mapped_column(default="general")
    offered_to: Mapped[str | None]
    offer_expires_at: Mapped[datetime | None]
    handoff: Mapped[dict[str, Any] | None]
    guests: Mapped[list[Any]] = mapped_column(default=list)
    shopper_is_elder: Mapped[bool] = mapped_column(default=False)
    weight: Mapped[int] = mapped_column(default=1)
    queue_rank: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None]
    callback_at: Mapped[datetime | None]
    shopper_phone: Mapped[str] = mapped_column(default="")
    intent: Mapped[str] = mapped_column(default="")
    mood: Mapped[str] = mapped_column(default="")

    @property
    def ownership(self) -> Ownership:
        return Ownership(Status(self.status), self.epoch, self.agent_id, self.status_since)


class SessionRecord(Table):
    """A service session: what one CSAT, one set of deadlines and one tracker of the bot belong to."""

    __tablename__ = "service_sessions"

    session_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation(), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    disposition: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[str | None]
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    turn_count: Mapped[int] = mapped_column(default=0)
    asked_csat_at: Mapped[datetime | None]


class EventRecord(Table):
    __tablename__ = "events"
    __table_args__ = (
        Unique("conversation_id", "audience", "seq"),
        Unique("conversation_id", "author_kind", "client_message_id"),
    )

    event_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    session_id: Mapped[str]
    audience: Mapped[str]
    seq: Mapped[int]
    author_kind: Mapped[str]
    author_id: Mapped[str]
    author_name: Mapped[str]
    at: Mapped[datetime]
    epoch: Mapped[int]
    body: Mapped[dict[str, Any]]
    turn_id: Mapped[str | None]
    client_message_id: Mapped[str | None]
    reading: Mapped[dict[str, Any] | None]


class RequestRecord(Table):
    """A client id that was obeyed, and the seq it was answered with (None where it made no event)."""

    __tablename__ = "requests"

    conversation_id: Mapped[str] = mapped_column(_of_conversation(), primary_key=True)
    author: Mapped[str] = mapped_column(primary_key=True)
    client_message_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int | None]
    at: Mapped[datetime]


class TurnRecord(Table):
    """One exchange with the bot. pending → running → answered | dropped | failed; after a crash a pending or running
    one is driven again under the same id. `tracker_events` are Rasa's own, to be replayed into an empty tracker."""

    __tablename__ = "turns"
    __table_args__ = (Index(None, "status"), Index(None, "conversation_id", "status"))

    turn_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    session_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    epoch: Mapped[int]
    status: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    pressed: Mapped[dict[str, Any] | None]
    event_ids: Mapped[list[Any]]
    created_at: Mapped[datetime]
    last_text_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    tracker_events: Mapped[list[Any] | None]
    slots: Mapped[dict[str, Any] | None]
    reading: Mapped[dict[str, Any] | None]


class ChoiceRecord(Table):
    """A button that was shown. Pressing one spends all that were shown with it, except in the greeting."""

    __tablename__ = "choices"

    choice_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    event_id: Mapped[str] = mapped_column(index=True)
    pressed: Mapped[dict[str, Any]]
    spends_others: Mapped[bool]
    used_at: Mapped[datetime | None]


class FileRecord(Table):
    """A picture or a document. `uploaded_by` is `shopper` or an agent's id; `event_id` the message it stands in, None
    until that is sent. The bytes are in the file store."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "conversation_id", "created_at"),)

    attachment_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    event_id: Mapped[str | None] = mapped_column(index=True)
    uploaded_by: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_thumbnail: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(index=True)


class HandoffRecord(Table):
    __tablename__ = "handoffs"

    handoff_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation(), index=True)
    session_id: Mapped[str]
    reason: Mapped[str]
    package: Mapped[dict[str, Any]]
    requested_at: Mapped[datetime]


class AssignmentRecord(Table):
    """An offer or a claim. outcome: offered → accepted | declined | expired | withdrawn, or claimed at once; lapsed
    where the agent took it and then did not answer, handed_on where it was given to somebody else."""

    __tablename__ = "assignments"
    __table_args__ = (Index(None, "conversation_id", "agent_id"), Index(None, "shop_id", "ended_at"))

    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    agent_id: Mapped[str]
    outcome: Mapped[str]
    offered_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    choice: Mapped[dict[str, Any] | None]


class SlaRecord(Table):
    """A deadline that came near or passed, once per deadline. stage: warned | breached; `skill` is the group."""

    __tablename__ = "sla_events"
    __table_args__ = (Index(None, "shop_id", "at"),)

    conversation_id: Mapped[str] = mapped_column(_of_conversation(), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    skill: Mapped[str]
    channel: Mapped[str]
    agent_id: Mapped[str | None]
    at: Mapped[datetime]


class CsatRecord(Table):
    __tablename__ = "csat"

    session_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    agent_id: Mapped[str | None]
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class LeftMessageRecord(Table):
    """A message left for the shop and its ticket there; the conversation waits whether the ticket exists or not."""

    __tablename__ = "left_messages"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation(), index=True)
    left_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    ticket_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class NoticeRecord(Table):
    __tablename__ = "notices"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    notice_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    event_id: Mapped[str]
    at: Mapped[datetime]


class ChannelLinkRecord(Table):
    """Somebody on a channel (`wechat:main`) and their conversation. `relayed_seq`: how far the conversation has been
    handed to the outbox; `grants`: what the platform still allows, [[until, left], …]; `menu`: what numbers and menu
    ids mean just now; `context`: the adapter's own."""

    __tablename__ = "channel_links"

    channel: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(_of_conversation(), index=True)
    relayed_seq: Mapped[int] = mapped_column(default=0)
    grants: Mapped[list[Any]] = mapped_column(default=list)
    menu: Mapped[list[Any]] = mapped_column(default=list)
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime]


class ChannelInboxRecord(Table):
    """What a platform delivered, in order; kept before it is acknowledged. new → done | dead. Once done only its id
    is kept, so that a repeated delivery is recognised; its words are in the conversation."""

    __tablename__ = "channel_inbox"
    __table_args__ = (Unique("channel", "message_id"), Index(None, "state", "next_at"))

    inbox_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str]
    message_id: Mapped[str]
    user_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="new")
    body: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class ChannelOutboxRecord(Table):
    """What is to be delivered, one row per message of the platform, sent in order per user. pending → sending → sent;
    held: the platform allows nothing more until the shopper writes; dead: given up, or refused for good."""

    __tablename__ = "channel_outbox"
    __table_args__ = (
        Unique("delivery_id"),
        Index(None, "state", "next_at"),
        Index(None, "channel", "user_id", "state"),
        Index(None, "conversation_id", "state"),
    )

    outbox_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    delivery_id: Mapped[str]
    channel: Mapped[str]
    user_id: Mapped[str]
    conversation_id: Mapped[str] = mapped_column(_of_conversation())
    seq: Mapped[int]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    platform_id: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")


class ChannelCursorRecord(Table):
    """How far a channel that is fetched from (微信客服) has been read. `wanted_at`: the last doorbell, with its token;
    None when everything was fetched."""

    __tablename__ = "channel_cursors"

    channel: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(default="")
    wanted_at: Mapped[datetime | None]


class AgentRecord(Table):
    """`presence` is what the agent chose; whether a connection lives is in Redis. `gone_since` is the instant the
    last connection ended, None while one lives."""

    __tablename__ = "agents"
    __table_args__ = (Unique("shop_id", "login"),)

    agent_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[str]
    login: Mapped[str]
    password_hash: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    skills: Mapped[list[Any]]
    capacity: Mapped[int]
    level: Mapped[int] = mapped_column(default=1)
    presence: Mapped[str] = mapped_column(default="online")
    gone_since: Mapped[datetime | None]
    last_assigned_at: Mapped[datetime | None]
    missed_offers: Mapped[int] = mapped_column(default=0)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class AgentSessionRecord(Table):
    """A sign-in. Only the hash of the cookie's token is kept."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.agent_id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SocketTicketRecord(Table):
    """Lets one socket in, once, within 30 seconds, for the sign-in it was made from."""

    __tablename__ = "socket_tickets"

    ticket_hash: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(ForeignKey("agent_sessions.token_hash", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LeaseRecord(Table):
    """Which process runs a sweep; where several bridges share a PostgreSQL, one of them does."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class ShopRulesRecord(Table):
    """The sections of the rules a shop has set over the file's; the newest version is in force."""

    __tablename__ = "shop_rules"

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sections: Mapped[dict[str, Any]]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class AuditRecord(Table):
    """Who did what to what. Never a text that a shopper or an agent wrote. `position` and `hash` are the chain, given
    by the worker a few seconds later (`record/audit.py`)."""

    __tablename__ = "audit_log"
    __table_args__ = (Unique("position"),)

    audit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    shop_id: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]]
    position: Mapped[int | None]
    hash: Mapped[str | None]
