"""A case remembers the conversation of an anonymous visitor who opened it, so that its notices are told there."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("conversation_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "conversation_id")
