"""The connection to SQL and its two kinds of transaction.

Rule 1. A writer takes the write lock at its beginning (`BEGIN IMMEDIATE`), so it never fails half-way for a reader
        that became a writer; within this process writers also queue up here, which is cheaper than SQLite's waiting.
Rule 2. A writer that changes a conversation reads its row `FOR UPDATE` first; SQLite needs no such thing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any

import structlog
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from handoff_api.errors import RecordUnavailable

log = structlog.get_logger()

BUSY_TIMEOUT_MS = 10_000


class Record:
    """`async with record.writing() as session:` commits at its end or leaves nothing behind."""

    def __init__(self, database_url: str) -> None:
        self.is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
        self._engine = _engine(database_url, is_sqlite=self.is_sqlite)
        self._one_writer = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with self._one_writer if self.is_sqlite else nullcontext():
            writer = self._engine.execution_options(is_writer=True)
            with _honest():
                async with AsyncSession(writer, expire_on_commit=False) as session, session.begin():
                    yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        with _honest():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    async def is_up(self) -> bool:
        try:
            async with self.reading() as session:
                await session.execute(text("SELECT 1"))
        except RecordUnavailable:
            return False
        return True

    async def close(self) -> None:
        await self._engine.dispose()


@contextmanager
def _honest() -> Iterator[None]:
    """A database that cannot be reached, is full or stays locked: the caller is told to come again."""
    try:
        yield
    except (OperationalError, InterfaceError, ConnectionError) as error:
        log.error("record.unavailable", error=type(error).__name__)
        raise RecordUnavailable from error


def _engine(database_url: str, *, is_sqlite: bool) -> AsyncEngine:
    engine = create_async_engine(database_url, pool_pre_ping=not is_sqlite)
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    """WAL: readers never wait for the writer. FULL: what is acknowledged survives a power cut."""
    connection.isolation_level = None  # SQLAlchemy begins transactions itself, below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
