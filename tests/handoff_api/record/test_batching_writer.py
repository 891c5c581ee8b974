"""Writers that wait together are committed together; nobody is answered before the disk has it; each fails alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from handoff_api.errors import RecordUnavailable
from handoff_api.record import sqlite
from handoff_api.record.database import LARGEST_BATCH, Record
from handoff_api.record.sqlite import READERS


@pytest.fixture
async def record(tmp_path: Path) -> AsyncIterator[Record]:
    record = Record(f"sqlite+aiosqlite:///{tmp_path / 'numbers.sqlite3'}")
    async with record.writing() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    yield record
    await record.close()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry per commit that waited for the disk."""
    seen: list[int] = []
    commit = sqlite.commit

    async def counted(connection: Connection) -> None:
        seen.append(1)
        await commit(connection)

    monkeypatch.setattr(sqlite, "commit", counted)
    return seen


async def write(record: Record, number: int) -> None:
    async with record.writing() as session:
        await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})


def on_disk(tmp_path: Path) -> set[int]:
    with sqlite3.connect(tmp_path / "numbers.sqlite3") as base:
        return {row[0] for row in base.execute("SELECT n FROM numbers")}


async def test_writers_that_wait_together_share_commits(record: Record, commits: list[int], tmp_path: Path) -> None:
    await asyncio.gather(*(write(record, number) for number in range(50)))

    assert on_disk(tmp_path) == set(range(50))
    assert len(commits) < 25


async def test_a_batch_has_a_largest_size(record: Record, commits: list[int], tmp_path: Path) -> None:
    await asyncio.gather(*(write(record, number) for number in range(2 * LARGEST_BATCH)))

    assert len(commits) >= 2
    assert len(on_disk(tmp_path)) == 2 * LARGEST_BATCH


async def test_who_returns_is_on_the_disk(record: Record, tmp_path: Path) -> None:
    async def write_and_look(number: int) -> bool:
        await write(record, number)
        return number in on_disk(tmp_path)

    assert all(await asyncio.gather(*(write_and_look(number) for number in range(30))))


async def test_one_that_fails_takes_nobody_along(record: Record, tmp_path: Path) -> None:
    results = await asyncio.gather(*(write(record, n) for n in (1, 2, 2, 3)), return_exceptions=True)

    assert [type(result) for result in results].count(IntegrityError) == 1
    assert on_disk(tmp_path) == {1, 2, 3}


async def test_one_that_is_cancelled_half_way_takes_nobody_along(record: Record, tmp_path: Path) -> None:
    has_written = asyncio.Event()

    async def never_ends() -> None:
        async with record.writing() as session:
            await session.execute(text("INSERT INTO numbers VALUES (0)"))
            has_written.set()
            await asyncio.sleep(60)

    stuck = asyncio.create_task(never_ends())
    await has_written.wait()
    others = [asyncio.create_task(write(record, number)) for number in (1, 2)]
    stuck.cancel()
    await asyncio.gather(*others)

    assert on_disk(tmp_path) == {1, 2}


async def test_one_that_is_cancelled_while_waiting_leaves_no_batch_open(record: Record, tmp_path: Path) -> None:
    for _ in range(20):
        tasks = [asyncio.create_task(write(record, number)) for number in range(100, 110)]
        await asyncio.sleep(0)
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with record.writing() as session:
            await session.execute(text("DELETE FROM numbers"))

    await asyncio.wait_for(write(record, 1), 5)
    assert on_disk(tmp_path) == {1}


async def test_a_commit_that_fails_is_told_to_everybody_in_it(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(connection: Connection) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(sqlite, "commit", full)
        results = await asyncio.gather(*(write(record, number) for number in range(5)), return_exceptions=True)
    await write(record, 7)

    assert [type(result) for result in results] == [RecordUnavailable] * 5
    assert on_disk(tmp_path) == {7}


async def test_the_lock_of_another_process_is_waited_for_while_everything_else_goes_on(
    record: Record, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "numbers.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writers = [asyncio.create_task(write(record, number)) for number in (1, 2)]
        async with record.reading() as session:
            for _ in range(20):
                await session.execute(text("SELECT n FROM numbers"))
                await asyncio.sleep(0.01)
        is_waiting = not any(writer.done() for writer in writers)
        other.execute("COMMIT")
        await asyncio.gather(*writers)

    assert is_waiting
    assert on_disk(tmp_path) == {1, 2}


async def test_many_may_read_at_the_same_time(record: Record) -> None:
    """More than there are connections kept open, all at once: none waits for another."""
    all_read = asyncio.Barrier(READERS + 20)

    async def read() -> None:
        async with record.reading() as session:
            await session.execute(text("SELECT n FROM numbers"))
            await all_read.wait()

    async with asyncio.timeout(20):
        await asyncio.gather(*(read() for _ in range(READERS + 20)))


@pytest.mark.parametrize(
    ("statement", "kept"),
    [("SELECT * FROM a_table_that_is_not_there", {1, 3}), ("ROLLBACK", set())],
    ids=["an ordinary mistake", "SQLite gives up the whole transaction"],
)
async def test_who_shares_a_batch_with_a_failure_is_told_the_truth(
    record: Record, tmp_path: Path, statement: str, kept: set[int]
) -> None:
    async def fails() -> None:
        async with record.writing() as session:
            await session.execute(text(statement))
            raise RecordUnavailable

    with suppress(RecordUnavailable):
        async with record.writing():  # so that the three wait together
            three = [asyncio.create_task(work) for work in (write(record, 1), fails(), write(record, 3))]
            await asyncio.sleep(0)
    results = await asyncio.gather(*three, return_exceptions=True)

    assert on_disk(tmp_path) - {3} == kept - {3}
    assert (results[0] is None) == (1 in on_disk(tmp_path))
    assert (results[2] is None) == (3 in on_disk(tmp_path))
    assert isinstance(results[1], RecordUnavailable)
