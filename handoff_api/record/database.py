"""The connection to SQL and its two kinds of transaction.

Rule 1. On SQLite writers come one after the other, and those that wait together are committed together: each within
        a savepoint of its own, all by one commit (one wait for the disk). Nobody is answered before that commit.
Rule 2. A writer that fails leaves nothing behind and disturbs no other. A database that fails (full, locked, broken)
        fails everybody whose work was not committed yet; their clients send again under the same id.
Rule 3. A writer that changes a conversation reads its row `FOR UPDATE` first; SQLite needs no such thing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import structlog
from sqlalchemy import event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from handoff_api.errors import RecordUnavailable, RequestInvalid
from handoff_api.record import sqlite

log = structlog.get_logger()

UNSTORABLE = ("22021", "22P05")
"""PostgreSQL's words for a character it cannot keep, such as NUL."""
BUSY_TIMEOUT_MS = 10_000
READERS = 32
LARGEST_BATCH = 64
LONGEST_BATCH_S = 0.02
"""The first of a batch waits no longer than this for others to come along."""


class Batch:
    """Writers that are committed together. `failure` says why they were not."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.ended = asyncio.Event()
        self.failure: BaseException | None = None
        self._members = 0
        self._full_at = time.monotonic() + LONGEST_BATCH_S

    def admit(self) -> None:
        self._members += 1

    @property
    def is_full(self) -> bool:
        return self._members >= LARGEST_BATCH or self.failure is not None or time.monotonic() >= self._full_at

    async def require_committed(self) -> None:
        await self.ended.wait()
        if self.failure:
            raise RecordUnavailable from self.failure


class BatchingWriter:
    """Rule 1. Whoever holds `_turn` writes; whoever leaves while others wait leaves the commit to them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(is_writer=True)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._batch: Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.commits = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        batch = await self._join()
        try:
            async with _savepoint(batch.connection) as session, session.begin():
                yield session
        except DBAPIError as error:
            if not await _is_open(batch.connection):
                batch.failure = error  # SQLite rolled back everything, not only this savepoint
            raise
        finally:
            self._leave(batch)
        await batch.require_committed()

    async def _join(self) -> Batch:
        """My turn, in the batch that is open or in a new one."""
        self._waiting += 1
        try:
            await self._turn.acquire()
        except asyncio.CancelledError:
            self._start(self._commit_what_is_left())
            raise
        finally:
            self._waiting -= 1
        if self._batch is None:
            await self._begin()
        assert self._batch
        self._batch.admit()
        return self._batch

    async def _begin(self) -> None:
        """Goes on in a task of its own, so that somebody who is cancelled meanwhile leaves no half-begun batch."""
        beginning = asyncio.create_task(self._open())
        try:
            await asyncio.shield(beginning)
        except asyncio.CancelledError:
            self._start(self._give_back(beginning))
            raise
        except BaseException:
            self._turn.release()
            raise

    async def _open(self) -> None:
        connection = await self._engine.connect()
        try:
            await connection.begin()
        except BaseException:
            await connection.close()
            raise
        self._batch = Batch(connection)

    async def _give_back(self, beginning: "asyncio.Task[None]") -> None:
        await asyncio.wait({beginning})
        if self._batch and not beginning.cancelled() and beginning.exception() is None:
            await self._commit(self._batch)
        else:
            self._turn.release()

    def _leave(self, batch: Batch) -> None:
        if self._waiting and not batch.is_full:
            self._turn.release()
        else:
            self._start(self._commit(batch))

    async def _commit_what_is_left(self) -> None:
        await self._turn.acquire()
        if self._batch:
            await self._commit(self._batch)
        else:
            self._turn.release()

    async def _commit(self, batch: Batch) -> None:
        """Whoever calls holds the turn; it is given back here, when the disk has answered."""
        self.commits += 1
        try:
            await (batch.connection.rollback() if batch.failure else batch.connection.commit())
        except DBAPIError as error:
            log.error("record.commit_failed", error=type(error).__name__)
            batch.failure = error
            await batch.connection.invalidate()  # nobody knows what state it is in
        finally:
            self._batch = None
            await batch.connection.close()
            batch.ended.set()
            self._turn.release()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        while running := [task for task in self._tasks if not task.done()]:
            await asyncio.gather(*running, return_exceptions=True)


async def _is_open(connection: AsyncConnection) -> bool:
    """A full disk and the like end SQLite's whole transaction; an ordinary mistake ends its savepoint only."""
    raw = (await connection.get_raw_connection()).driver_connection
    return isinstance(raw, sqlite.Connection) and raw.in_transaction


def _savepoint(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


class Record:
    """`async with record.writing() as session:` is committed when the block has ended, or leaves nothing behind."""

    def __init__(self, database_url: str) -> None:
        self.is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
        self._engine = _engine(database_url, is_sqlite=self.is_sqlite)
        self._writer = BatchingWriter(self._engine) if self.is_sqlite else None
        self.writes = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        self.writes += 1
        with _honest():
            if self._writer:
                async with self._writer.writing() as session:
                    yield session
            else:
                async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
                    yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        with _honest():
            async with AsyncSession(self._engine, expire_on_commit=False) as session:
                yield session

    @property
    def commits(self) -> int:
        return self._writer.commits if self._writer else self.writes

    async def is_up(self) -> bool:
        try:
            async with self.reading() as session:
                await session.execute(text("SELECT 1"))
        except RecordUnavailable:
            return False
        return True

    async def close(self) -> None:
        if self._writer:
            await self._writer.close()
        await self._engine.dispose()


@contextmanager
def _honest() -> Iterator[None]:
    """A database that cannot be reached, is full or stays locked: the caller is told to come again."""
    try:
        yield
    except (OperationalError, InterfaceError, ConnectionError) as error:
        log.error("record.unavailable", error=type(error).__name__)
        raise RecordUnavailable from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in UNSTORABLE:
            raise RequestInvalid("内容里有无法保存的字符，请删去后再试。") from error
        raise


def _engine(database_url: str, *, is_sqlite: bool) -> AsyncEngine:
    """Parameters hold what people wrote, so no error shows them."""
    if not is_sqlite:
        return create_async_engine(
            database_url, pool_pre_ping=True, pool_size=20, max_overflow=20, hide_parameters=True
        )
    url = make_url(database_url).set(drivername=f"sqlite+{sqlite.DRIVER}")
    path = url.database or ":memory:"
    engine = create_async_engine(
        url, async_creator=partial(sqlite.connect, path), pool_size=READERS, hide_parameters=True
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    """WAL: readers never wait for the writer. FULL: what is acknowledged survives a power cut."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql(sqlite.TAKE_WRITE_LOCK if is_writer else "BEGIN")
