"""What a product costs today stands in the catalogue alone: an order keeps no copy of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("orders", "price_drops")


def downgrade() -> None:
    op.add_column("orders", sa.Column("price_drops", sa.JSON(), nullable=False, server_default="{}"))
