"""The migrated database is what the tables say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from handoff_api.migrate import upgrade
from handoff_api.record.tables import Table


def test_the_migrations_lead_to_the_tables(database_url: str) -> None:
    engine = create_engine(database_url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()

    assert difference == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
