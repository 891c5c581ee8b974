"""What the queue knows: ranks, weights, guests, levels, why an agent was chosen, deadlines that passed, callbacks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("guests", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
        table.add_column(sa.Column("shopper_is_elder", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("queue_rank", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("callback_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index(
            table.f("ix_conversations_shop_id_status_skill_queue_rank"), ["shop_id", "status", "skill", "queue_rank"]
        )
        table.create_index(table.f("ix_conversations_callback_at"), ["callback_at"])
    op.execute("UPDATE conversations SET queue_rank = queue_tick")
    with op.batch_alter_table("agents") as table:
        table.add_column(sa.Column("level", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("assignments") as table:
        table.add_column(sa.Column("choice", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "sla_events",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_sla_events_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "kind", "stage", "due_at", name=op.f("pk_sla_events")),
    )
    with op.batch_alter_table("sla_events") as table:
        table.create_index(table.f("ix_sla_events_shop_id_at"), ["shop_id", "at"])
