"""Looking at the first of each group costs the same however many wait behind them: an index answers, not a scan."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.sql import Select

from handoff_api.record import conversations
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk


class Asked(AsyncSession):
    """Keeps what it was asked, as SQL with its values."""

    statements: list[str]

    async def execute(  # type: ignore[override]
        self, statement: Select[tuple[object]], values: Mapping[str, object], **named: object
    ) -> object:
        engine = self.bind.sync_engine  # type: ignore[union-attr]
        compiled = statement.params(values).compile(engine, compile_kwargs={"literal_binds": True})
        self.statements.append(str(compiled))
        return await super().execute(statement, values)


async def plans(database_url: str) -> list[str]:
    engine = create_async_engine(database_url)
    async with Asked(engine) as session:
        session.statements = []
        await conversations.skills_waiting(session, "demo")
        await conversations.heads(session, "demo", "general")
        await conversations.heads(session, "demo", "general", after=(1, "c"))
        await conversations.next_tick(session, "demo", 1)
    async with engine.connect() as connection:
        found = [
            "\n".join(row[3] for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
            for statement in session.statements
        ]
    await engine.dispose()
    return found


async def test_no_query_of_the_matching_scans_the_conversations(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("the plans of a small PostgreSQL say nothing: it scans what is small")

    for plan in await plans(database_url):
        assert not re.search(r"SCAN conversations", plan), plan
        assert "USING" in plan


async def test_the_groups_that_wait_are_named_once_each(desk: Desk, bridge: Bridge) -> None:
    for number, skill in enumerate(("refund", "general", "invoice", "general")):
        visitor = await desk.shopper(f"s{number}")
        await desk.want_person(visitor)
        async with bridge.record.writing() as session:
            (await conversations.locked(session, visitor.conversation_id)).skill = skill

    async with bridge.record.reading() as session:
        assert list(await conversations.skills_waiting(session, "demo")) == ["general", "invoice", "refund"]
