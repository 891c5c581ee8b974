"""What went wrong in the database is told without what people wrote."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shop_api.record.database import Database


async def test_an_error_of_the_database_does_not_show_what_was_written(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'shop.sqlite3'}")

    with pytest.raises(DBAPIError) as raised:
        async with database.writing() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (:phone)"), {"phone": "13800138000"})
    await database.close()

    assert "13800138000" not in str(raised.value)
