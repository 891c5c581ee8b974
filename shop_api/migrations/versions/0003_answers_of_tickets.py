"""A ticket keeps what came of it, and is found by its deadline."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("answer", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_tickets_deadline_at"), "tickets", ["deadline_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tickets_deadline_at"), table_name="tickets")
    op.drop_column("tickets", "answer")
