"""The first schema of the shop."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("owner_key", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("result_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "owner_key", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "lookup_failures",
        sa.Column("failure_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_lookup_failures")),
    )
    op.create_index(
        op.f("ix_lookup_failures_shop_id_conversation_id_at"),
        "lookup_failures",
        ["shop_id", "conversation_id", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lookup_failures_shop_id_order_number_at"),
        "lookup_failures",
        ["shop_id", "order_number", "at"],
        unique=False,
    )
    op.create_table(
        "order_grants",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "conversation_id", "order_number", name=op.f("pk_order_grants")),
    )
    op.create_table(
        "orders",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("shopper_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ship_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("goods_total", sa.BigInteger(), nullable=False),
        sa.Column("coupon", sa.BigInteger(), nullable=False),
        sa.Column("coupon_title", sa.String(length=200), nullable=False),
        sa.Column("points_discount", sa.BigInteger(), nullable=False),
        sa.Column("freight", sa.BigInteger(), nullable=False),
        sa.Column("paid_total", sa.BigInteger(), nullable=False),
        sa.Column("payment_method", sa.String(length=32), nullable=False),
        sa.Column("freight_insurance", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("receiver_name", sa.String(length=200), nullable=False),
        sa.Column("receiver_phone", sa.String(length=32), nullable=False),
        sa.Column("receiver_region", sa.String(length=200), nullable=False),
        sa.Column("receiver_street", sa.String(length=200), nullable=False),
        sa.Column("invoice", sa.JSON(), nullable=False),
        sa.Column("price_drops", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "order_number", name=op.f("pk_orders")),
    )
    op.create_index(
        op.f("ix_orders_shop_id_shopper_id_placed_at"), "orders", ["shop_id", "shopper_id", "placed_at"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("notice_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "notice_id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_next_at"), "outbox", ["next_at"], unique=False)
    op.create_table(
        "products",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("category_title", sa.String(length=32), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("image_url", sa.String(length=200), nullable=False),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "product_id", name=op.f("pk_products")),
    )
    op.create_table(
        "seeds",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "name", name=op.f("pk_seeds")),
    )
    op.create_table(
        "shoppers",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("shopper_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "shopper_id", name=op.f("pk_shoppers")),
    )
    op.create_table(
        "tickets",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("owner_key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "ticket_id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_shop_id_order_number"), "tickets", ["shop_id", "order_number"], unique=False)
    op.create_index(op.f("ix_tickets_shop_id_owner_key"), "tickets", ["shop_id", "owner_key"], unique=False)
    op.create_table(
        "cases",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("shopper_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("wanted_options", sa.JSON(), nullable=False),
        sa.Column("refund_amount", sa.BigInteger(), nullable=True),
        sa.Column("freight_payer", sa.String(length=32), nullable=True),
        sa.Column("return_address", sa.String(length=200), nullable=False),
        sa.Column("return_carrier", sa.String(length=200), nullable=False),
        sa.Column("return_tracking_number", sa.String(length=200), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"], name=op.f("fk_cases_orders")
        ),
        sa.PrimaryKeyConstraint("shop_id", "case_id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_deadline_at"), "cases", ["deadline_at"], unique=False)
    op.create_index(op.f("ix_cases_shop_id_order_number"), "cases", ["shop_id", "order_number"], unique=False)
    op.create_index(
        op.f("ix_cases_shop_id_shopper_id_created_at"), "cases", ["shop_id", "shopper_id", "created_at"], unique=False
    )
    op.create_table(
        "order_lines",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("sku_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("image_url", sa.String(length=200), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("is_gift", sa.Boolean(), nullable=False),
        sa.Column("return_terms", sa.String(length=32), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"], name=op.f("fk_order_lines_orders")
        ),
        sa.PrimaryKeyConstraint("shop_id", "order_number", "line_id", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "shipments",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("shipment_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("tracking_number", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "order_number"], ["orders.shop_id", "orders.order_number"], name=op.f("fk_shipments_orders")
        ),
        sa.PrimaryKeyConstraint("shop_id", "shipment_id", name=op.f("pk_shipments")),
    )
    op.create_index(op.f("ix_shipments_shop_id_order_number"), "shipments", ["shop_id", "order_number"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("shop_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id", "case_id"], ["cases.shop_id", "cases.case_id"], name=op.f("fk_case_events_cases")
        ),
        sa.PrimaryKeyConstraint("shop_id", "case_id", "position", name=op.f("pk_case_events")),
    )


def downgrade() -> None:
    op.drop_table("case_events")
    op.drop_index(op.f("ix_shipments_shop_id_order_number"), table_name="shipments")
    op.drop_table("shipments")
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_cases_shop_id_shopper_id_created_at"), table_name="cases")
    op.drop_index(op.f("ix_cases_shop_id_order_number"), table_name="cases")
    op.drop_index(op.f("ix_cases_deadline_at"), table_name="cases")
    op.drop_table("cases")
    op.drop_index(op.f("ix_tickets_shop_id_owner_key"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_shop_id_order_number"), table_name="tickets")
    op.drop_table("tickets")
    op.drop_table("shoppers")
    op.drop_table("seeds")
    op.drop_table("products")
    op.drop_index(op.f("ix_outbox_next_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_orders_shop_id_shopper_id_placed_at"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("order_grants")
    op.drop_index(op.f("ix_lookup_failures_shop_id_order_number_at"), table_name="lookup_failures")
    op.drop_index(op.f("ix_lookup_failures_shop_id_conversation_id_at"), table_name="lookup_failures")
    op.drop_table("lookup_failures")
    op.drop_table("idempotency_keys")
