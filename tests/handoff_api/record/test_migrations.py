"""The migrated database is what the tables say."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from handoff_api.migrate import upgrade
from handoff_api.record.tables import Table


def is_a_table_of_ours(_: Any, name: str | None, *__: Any) -> bool:
    """The index of what was said is the database's own affair (`record/search_index.py`)."""
    return not (name or "").startswith(("event_search", "ix_event_search"))


async def test_the_migrations_lead_to_the_tables(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        difference = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"include_object": is_a_table_of_ours}), Table.metadata
            )
        )
    await engine.dispose()

    assert difference == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
