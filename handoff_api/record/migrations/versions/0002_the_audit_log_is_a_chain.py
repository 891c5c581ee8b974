"""The audit log is a chain: each sealed entry carries the hash of the one before, and the database refuses changes.

A later version that rebuilds the table on SQLite (`batch_alter_table`) loses the triggers and must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSED = "the audit log is append-only"
CASES = {
    "audit_log_is_written_once": "UPDATE OF audit_id, at, shop_id, actor, action, subject, facts ON audit_log",
    "audit_log_is_sealed_once": "UPDATE OF position, hash ON audit_log",
    "audit_log_is_kept": "DELETE ON audit_log",
}
WHEN = {"audit_log_is_sealed_once": "WHEN (OLD.position IS NOT NULL)"}


def upgrade() -> None:
    with op.batch_alter_table("audit_log") as table:
        table.add_column(sa.Column("position", sa.Integer(), nullable=True))
        table.add_column(sa.Column("hash", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_audit_log_position"), ["position"])
    if op.get_bind().dialect.name == "sqlite":
        then = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    else:
        body = f"BEGIN RAISE EXCEPTION '{REFUSED}'; END"
        op.execute(f"CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        then = "EXECUTE FUNCTION audit_log_refuse()"
        op.execute(f"CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log {then}")
    for name, event in CASES.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW {WHEN.get(name, '')} {then}")
