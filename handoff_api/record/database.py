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
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from handoff_api.errors import RecordUnavailable, RequestInvalid
from handoff_api.record import sqlite

log = structlog.get_logger()

UNSTORABLE = ("22021", "22P05")
"""PostgreSQL's words for a character it cannot keep, such as NUL."""
LARGEST_BATCH = 64
LONGEST_BATCH_S = 0.02
"""The first of a batch waits no longer than this for others to come along."""


class Batch:
    """Writers that are committed together. `failure` says why they were not."""

    def __init__(self, connection: Connection) -> None:
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

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._batch: Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.commits = 0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        batch = await self._join()
        try:
            async with sqlite.InlineSession(batch.connection, join_transaction_mode="create_savepoint") as session:
                with session.sync_session.begin():
                    yield session
        except DBAPIError as error:
            if not sqlite.is_in_transaction(batch.connection):
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
        self._batch = Batch(await sqlite.begin_writing(self._engine))

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
            if batch.failure:
                batch.connection.rollback()
            else:
                await sqlite.commit(batch.connection)
        except DBAPIError as error:
            log.error("record.commit_failed", error=type(error).__name__)
            batch.failure = error
            batch.connection.invalidate()  # nobody knows what state it is in
        finally:
            self._batch = None
            batch.connection.close()
            batch.ended.set()
            self._turn.release()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        while running := [task for task in self._tasks if not task.done()]:
            await asyncio.gather(*running, return_exceptions=True)


class Record:
    """`async with record.writing() as session:` is committed when the block has ended, or leaves nothing behind."""

    def __init__(self, database_url: str) -> None:
        self.is_sqlite = make_url(database_url).get_backend_name() == "sqlite"
        self._engine = sqlite.open_engine(database_url) if self.is_sqlite else _postgres(database_url)
        self._writer = BatchingWriter(self._engine) if isinstance(self._engine, Engine) else None
        self.writes = 0

    def _session(self) -> AsyncSession:
        if isinstance(self._engine, Engine):
            return sqlite.InlineSession(self._engine)
        return AsyncSession(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        self.writes += 1
        with _honest():
            if self._writer:
                async with self._writer.writing() as session:
                    yield session
            else:
                async with self._session() as session, session.begin():
                    yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        with _honest():
            async with self._session() as session:
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
        if isinstance(self._engine, Engine):
            self._engine.dispose()
        else:
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


def _postgres(database_url: str) -> AsyncEngine:
    """Parameters hold what people wrote, so no error shows them."""
    return create_async_engine(database_url, pool_pre_ping=True, pool_size=20, max_overflow=20, hide_parameters=True)
