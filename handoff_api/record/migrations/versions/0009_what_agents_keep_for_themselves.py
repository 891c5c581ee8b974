"""Mentions, saved views and macros, notes on customers; what a conversation is about and how its shopper feels."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NOTHING = sa.text("''")


def upgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("intent", sa.String(), nullable=False, server_default=NOTHING))
        table.add_column(sa.Column("shopper_phone", sa.String(), nullable=False, server_default=NOTHING))
        table.add_column(sa.Column("mood", sa.String(), nullable=False, server_default=NOTHING))
    op.create_table(
        "mentions",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_mentions_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.agent_id"], name=op.f("fk_mentions_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "agent_id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_agent_id_seen_at"), "mentions", ["agent_id", "seen_at"])
    op.create_index(op.f("ix_mentions_conversation_id"), "mentions", ["conversation_id"])
    op.create_table(
        "presets",
        sa.Column("preset_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.agent_id"], name=op.f("fk_presets_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("preset_id", name=op.f("pk_presets")),
    )
    op.create_index(op.f("ix_presets_agent_id"), "presets", ["agent_id"])
    op.create_table(
        "customer_notes",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_customer_notes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_customer_notes")),
    )
