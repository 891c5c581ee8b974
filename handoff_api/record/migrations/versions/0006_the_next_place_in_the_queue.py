"""An index for the last place that was given out: the next one costs the same however many conversations there are."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.create_index(table.f("ix_conversations_shop_id_queue_tick"), ["shop_id", "queue_tick"])
