"""SQLite without a thread per connection: a statement takes microseconds, handing it to a thread takes more.

Rule 1. Statements run where they are called. Only what waits runs in a thread: taking the write lock where another
        process holds it, and the commit that waits for the disk.
Rule 2. It is what SQLAlchemy's aiosqlite dialect asks of a connection, and no more.
Rule 3. Savepoints, one for every writer, go to the driver as they are: SQLAlchemy compiles them anew each time.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Connection as SqlConnection

DRIVER = "inline"
TAKE_WRITE_LOCK = "BEGIN IMMEDIATE"


class Dialect(SQLiteDialect_aiosqlite):
    """`sqlite+inline://`"""

    supports_statement_cache = True

    def do_savepoint(self, connection: SqlConnection, name: str) -> None:
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: SqlConnection, name: str) -> None:
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")


registry.register(f"sqlite.{DRIVER}", __name__, Dialect.__name__)


class Cursor:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def arraysize(self) -> int:
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._cursor.arraysize = value

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        if statement != TAKE_WRITE_LOCK:
            self._cursor.execute(statement, parameters)
        elif not self._takes_lock_at_once():
            await asyncio.to_thread(self._cursor.execute, statement)

    def _takes_lock_at_once(self) -> bool:
        """Nearly always: the lock is free, as our own writers wait for one another before they ask for it."""
        patience = self._cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        self._cursor.execute("PRAGMA busy_timeout=0")
        try:
            self._cursor.execute(TAKE_WRITE_LOCK)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._cursor.execute(f"PRAGMA busy_timeout={patience}")
        return True

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._cursor.executemany(statement, parameters)

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class Connection:
    """Begins no transaction by itself: the engine's `begin` event does."""

    def __init__(self, path: str) -> None:
        self._connection: sqlite3.Connection | None = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=512
        )

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("connection closed")
        return self._connection

    @property
    def in_transaction(self) -> bool:
        return self._connection is not None and self._connection.in_transaction

    def cursor(self) -> Cursor:
        return Cursor(self._open)

    async def create_function(self, name: str, parameters: int, function: Callable[..., Any], **options: Any) -> None:
        self._open.create_function(name, parameters, function, **options)

    async def commit(self) -> None:
        if not self._open.in_transaction:
            return
        if self._open.total_changes:
            await asyncio.to_thread(self._open.commit)
        else:
            self._open.commit()  # it has only ever read

    async def rollback(self) -> None:
        self._open.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()


async def connect(path: str) -> Connection:
    return Connection(path)
