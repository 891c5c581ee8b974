"""Products keep what their pages say; the shop's help pages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("products", sa.Column("page_lines", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "help_entries",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "entry_id", name=op.f("pk_help_entries")),
    )


def downgrade() -> None:
    op.drop_table("help_entries")
    op.drop_column("products", "page_lines")
