"""The audit log is a chain: what was changed, taken out or cut off is found."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handoff_api.record import audit, service
from handoff_api.services.bridge import Bridge
from handoff_api.settings import Settings
from handoff_api.verify_audit import verify
from handoff_api.worker import Worker

NOW = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)


async def written(bridge: Bridge, *actions: str) -> None:
    async with bridge.record.writing() as session:
        for action in actions:
            service.audit(session, "demo", "agent_1", action, "c_1", now=NOW, reason="原因")


@pytest.fixture
async def head(bridge: Bridge) -> str:
    await written(bridge, "one", "two", "three")
    async with bridge.record.writing() as session:
        return (await audit.seal(session))[1]


async def change(bridge: Bridge, statement: str) -> None:
    """As somebody does who has the database itself in hand: the triggers go first."""
    async with bridge.record.writing() as session:
        on_table = "" if bridge.record.is_sqlite else " ON audit_log"
        for name in ("audit_log_is_written_once", "audit_log_is_sealed_once", "audit_log_is_kept"):
            await session.execute(text(f"DROP TRIGGER {name}{on_table}"))
        await session.execute(text(statement))


async def test_what_was_sealed_is_verified(bridge: Bridge, head: str, settings: Settings) -> None:
    await written(bridge, "four")
    await Worker(bridge).seal_audit()

    wrong, count, new_head = await verify(settings.database_url, head)

    assert (wrong, count) == ([], 4)
    assert new_head != head


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'agent_2'",
        "UPDATE audit_log SET position = 9 WHERE position = 2",
        "DELETE FROM audit_log",
    ],
)
async def test_the_database_itself_refuses_a_change(bridge: Bridge, head: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        async with bridge.record.writing() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'agent_2' WHERE position = 2",
        "UPDATE audit_log SET at = '2026-11-21 10:00:00.123457' WHERE position = 2",
        "DELETE FROM audit_log WHERE position = 2",
        "UPDATE audit_log SET hash = 'x' WHERE position = 3",
    ],
)
async def test_a_change_is_found(bridge: Bridge, head: str, settings: Settings, statement: str) -> None:
    await change(bridge, statement)

    wrong, _, _ = await verify(settings.database_url)

    assert wrong != []


async def test_an_end_that_was_cut_off_is_found_by_who_kept_the_head(
    bridge: Bridge, head: str, settings: Settings
) -> None:
    await change(bridge, "DELETE FROM audit_log WHERE position = 3")

    assert (await verify(settings.database_url))[0] == []
    assert (await verify(settings.database_url, head))[0] != []


async def test_sealing_twice_changes_nothing(bridge: Bridge, head: str) -> None:
    async with bridge.record.writing() as session:
        assert await audit.seal(session) == (0, head)
