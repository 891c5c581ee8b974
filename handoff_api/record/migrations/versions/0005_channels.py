"""Channels: who writes from where, what came in, what goes out, how far was fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"],
        ["conversations.conversation_id"],
        name=op.f(f"fk_{table}_conversation_id"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "channel_links",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("relayed_seq", sa.Integer(), nullable=False),
        sa.Column("grants", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("menu", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("context", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=False),
        _of_conversation("channel_links"),
        sa.PrimaryKeyConstraint("channel", "user_id", name=op.f("pk_channel_links")),
    )
    op.create_index(op.f("ix_channel_links_conversation_id"), "channel_links", ["conversation_id"])
    op.create_table(
        "channel_inbox",
        sa.Column("inbox_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("pk_channel_inbox")),
        sa.UniqueConstraint("channel", "message_id", name=op.f("uq_channel_inbox_channel_message_id")),
    )
    op.create_index(op.f("ix_channel_inbox_state_next_at"), "channel_inbox", ["state", "next_at"])
    op.create_table(
        "channel_outbox",
        sa.Column("outbox_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _of_conversation("channel_outbox"),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_channel_outbox")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_channel_outbox_delivery_id")),
    )
    op.create_index(op.f("ix_channel_outbox_state_next_at"), "channel_outbox", ["state", "next_at"])
    op.create_index(op.f("ix_channel_outbox_channel_user_id_state"), "channel_outbox", ["channel", "user_id", "state"])
    op.create_index(op.f("ix_channel_outbox_conversation_id_state"), "channel_outbox", ["conversation_id", "state"])
    op.create_table(
        "channel_cursors",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", "scope", name=op.f("pk_channel_cursors")),
    )
