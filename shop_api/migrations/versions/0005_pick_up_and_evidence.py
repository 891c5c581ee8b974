"""A case keeps when its parcel is collected, and the photos that go with it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("pick_up", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("cases", sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("cases", "evidence")
    op.drop_column("cases", "pick_up")
