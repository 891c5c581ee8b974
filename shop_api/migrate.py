"""`python -m shop_api.migrate`: bring the shop's database to the newest schema. Safe to run at every start."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from shop_api.record.database import IS_WRITING, Database
from shop_api.settings import DatabaseSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(url: str) -> None:
    database = Database(url)
    try:
        async with database.engine.execution_options(**{IS_WRITING: True}).begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(migrate(DatabaseSettings().shop_database_url))
