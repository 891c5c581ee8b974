"""The migrations build exactly the tables the code knows."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from shop_api.migrate import migrate
from shop_api.record.database import Database
from shop_api.record.tables import Base


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return list(compare_metadata(context, Base.metadata))


async def test_migrated_tables_are_the_tables_of_the_code_and_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'shop.sqlite3'}"
    await migrate(url)
    await migrate(url)
    database = Database(url)

    async with database.engine.begin() as connection:
        found = await connection.run_sync(differences)
    await database.close()

    assert [each for each in found if each[0] not in ("remove_table",)] == []  # type: ignore[index]


def test_every_table_has_the_shop_in_it() -> None:
    assert [table.name for table in Base.metadata.sorted_tables if "shop_id" not in table.c] == []
