"""An index of everything said, and what was said so far in it."""

import sqlalchemy as sa
from alembic import op

from handoff_api.record.search_index import ADD, SCHEMA, pairs_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

EVENTS = sa.table("events", sa.column("event_id", sa.String()), sa.column("body", sa.JSON()))
AT_ONCE = 1000


def upgrade() -> None:
    bind = op.get_bind()
    for statement in SCHEMA[bind.dialect.name]:
        bind.exec_driver_sql(statement)  # the colons in it are no parameters
    known = bind.execute(sa.select(EVENTS.c.event_id, EVENTS.c.body)).fetchall()
    entries = [
        {"event_id": event_id, "pairs": pairs}
        for event_id, body in known
        if (pairs := pairs_of(str((body or {}).get("text") or "")))
    ]
    for start in range(0, len(entries), AT_ONCE):
        bind.execute(ADD[bind.dialect.name], entries[start : start + AT_ONCE])
