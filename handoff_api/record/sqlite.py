"""SQLite without a thread or a greenlet per statement: a statement takes microseconds, handing it on takes more.

Rule 1. Statements run where they are called. Only what waits runs in a thread: taking the write lock where another
        process holds it, and the commit that waits for the disk.
Rule 2. Savepoints, one for every writer, go to the driver as they are: SQLAlchemy would compile them anew each time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

DRIVER = "inline"
BUSY_TIMEOUT_MS = 10_000
READERS = 32
"""Connections that stay open between uses; more are opened when more are needed, as none may wait for another."""


class Dialect(SQLiteDialect_pysqlite):
    """`sqlite+inline://`"""

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        _raw(connection).execute(f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        _raw(connection).execute(f"RELEASE SAVEPOINT {name}")


registry.register(f"sqlite.{DRIVER}", __name__, Dialect.__name__)


class InlineSession(AsyncSession):
    """What the queries know as a session. Its methods are coroutines, and none of them ever waits."""

    def __init__(self, bind: Engine | Connection, **options: Any) -> None:
        super().__init__(None, expire_on_commit=False, **options)
        self.sync_session.bind = bind

    async def execute(self, *given: Any, **options: Any) -> Any:
        return self.sync_session.execute(*given, **options)

    async def connection(self, *given: Any, **options: Any) -> Any:
        return _InlineConnection(self.sync_session.connection(*given, **options))

    async def get(self, *given: Any, **options: Any) -> Any:
        return self.sync_session.get(*given, **options)

    async def flush(self, *given: Any) -> None:
        self.sync_session.flush(*given)

    async def delete(self, instance: object) -> None:
        self.sync_session.delete(instance)

    async def refresh(self, instance: object, *given: Any, **options: Any) -> None:
        self.sync_session.refresh(instance, *given, **options)

    async def stream_scalars(self, *given: Any, **options: Any) -> Any:
        return _each(self.sync_session.scalars(*given, **options))

    async def __aexit__(self, *_: object) -> None:
        self.sync_session.close()  # AsyncSession's own makes a task of it


class _InlineConnection:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, *given: Any, **options: Any) -> Any:
        return self._connection.execute(*given, **options)


async def _each(found: Any) -> AsyncIterator[Any]:
    for one in found:
        yield one


def open_engine(database_url: str) -> Engine:
    """Begins no transaction by itself; parameters hold what people wrote, so no error shows them."""
    url = make_url(database_url).set(drivername=f"sqlite+{DRIVER}")
    engine = create_engine(
        url,
        creator=partial(_connect, url.database or ":memory:"),
        pool_size=READERS,
        max_overflow=-1,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)


def _prepare(connection: sqlite3.Connection, _: Any) -> None:
    """WAL: readers never wait for the writer. FULL: what is acknowledged survives a power cut."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("is_writer", False)
    try:
        _raw(connection).execute("BEGIN IMMEDIATE" if is_writer else "BEGIN")
    except sqlite3.Error as error:
        raise OperationalError("BEGIN", None, error) from error


async def begin_writing(engine: Engine) -> Connection:
    """A connection that holds the write lock, which nearly always is free: our own writers wait for one another before
    they ask for it."""
    connection = engine.connect().execution_options(is_writer=True)
    try:
        _wait_at_most(connection, 0)
        try:
            connection.begin()
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                raise
            _wait_at_most(connection, BUSY_TIMEOUT_MS)
            await asyncio.to_thread(connection.begin)
        else:
            _wait_at_most(connection, BUSY_TIMEOUT_MS)
    except BaseException:
        connection.close()
        raise
    return connection


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    _raw(connection).execute(f"PRAGMA busy_timeout={milliseconds}")


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def is_in_transaction(connection: Connection) -> bool:
    """A full disk and the like end SQLite's whole transaction; an ordinary mistake ends its savepoint only."""
    return not connection.invalidated and _raw(connection).in_transaction


async def commit(connection: Connection) -> None:
    await asyncio.to_thread(connection.commit)
