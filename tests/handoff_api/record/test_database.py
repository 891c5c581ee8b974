"""Writers come one after the other; what fails leaves nothing behind; what is acknowledged is on the disk."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from handoff_api.errors import RecordUnavailable, RequestInvalid
from handoff_api.record.database import Record
from handoff_api.record.tables import CsatRecord, LeaseRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import POSTGRES_URL, Clock, Desk


async def test_a_failed_transaction_leaves_nothing(bridge: Bridge, clock: Clock) -> None:
    with pytest.raises(RuntimeError):
        await _write_and_fail(bridge.record, clock)

    async with bridge.record.reading() as session:
        assert (await session.execute(select(LeaseRecord))).first() is None


async def _write_and_fail(record: Record, clock: Clock) -> None:
    async with record.writing() as session:
        session.add(LeaseRecord(name="a", holder="b", until=clock()))
        await session.flush()
        raise RuntimeError


async def test_writers_do_not_disturb_one_another(bridge: Bridge) -> None:
    async def grow() -> None:
        async with bridge.record.writing() as session:
            await session.execute(text("UPDATE counter SET n = n + 1"))

    async with bridge.record.writing() as session:
        await session.execute(text("CREATE TABLE counter (n INTEGER)"))
        await session.execute(text("INSERT INTO counter VALUES (0)"))
    await asyncio.gather(*(grow() for _ in range(20)))

    async with bridge.record.reading() as session:
        assert (await session.execute(text("SELECT n FROM counter"))).scalar_one() == 20


async def test_what_is_committed_is_on_the_disk(bridge: Bridge) -> None:
    if not bridge.record.is_sqlite:
        pytest.skip("PostgreSQL's own settings say so")
    async with bridge.record.reading() as session:
        journal = (await session.execute(text("PRAGMA journal_mode"))).scalar_one()
        synchronous = (await session.execute(text("PRAGMA synchronous"))).scalar_one()

    assert (journal, synchronous) == ("wal", 2)


async def test_a_database_that_is_away_is_said_in_our_words() -> None:
    record = Record("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")

    with pytest.raises(RecordUnavailable):
        async with record.writing() as session:
            await session.execute(text("SELECT 1"))

    assert not await record.is_up()
    await record.close()


async def test_a_row_of_no_conversation_is_refused(bridge: Bridge, clock: Clock) -> None:
    row = CsatRecord(session_id="s", conversation_id="nowhere", score=5, comment="", at=clock())

    with pytest.raises(IntegrityError):
        async with bridge.record.writing() as session:
            session.add(row)


async def test_an_instant_without_a_zone_is_a_mistake(bridge: Bridge) -> None:
    row = LeaseRecord(name="a", holder="b", until=datetime(2026, 11, 21))  # noqa: DTZ001

    with pytest.raises(StatementError):
        async with bridge.record.writing() as session:
            session.add(row)


async def test_instants_come_back_as_they_went(desk: Desk, clock: Clock) -> None:
    before = clock()
    visitor = await desk.shopper()

    created_at = (await desk.row(visitor)).created_at

    assert before <= created_at <= clock()
    assert created_at.tzinfo is not None


async def test_an_error_of_the_database_does_not_show_what_was_written(bridge: Bridge) -> None:
    async def write() -> None:
        async with bridge.record.writing() as session:
            statement = text("INSERT INTO leases (name, holder) VALUES (:name, :holder)")
            await session.execute(statement, {"name": "13800138000", "holder": "x"})

    with pytest.raises(IntegrityError) as raised:
        await write()

    assert "hidden" in str(raised.value)
    assert "13800138000" not in str(raised.value)


@pytest.mark.skipif(not POSTGRES_URL, reason="SQLite keeps a NUL")
async def test_what_postgresql_cannot_keep_is_the_callers_mistake(bridge: Bridge) -> None:
    with pytest.raises(RequestInvalid):
        async with bridge.record.reading() as session:
            await session.execute(text("SELECT CAST(:text AS TEXT)"), {"text": "\x00"})
