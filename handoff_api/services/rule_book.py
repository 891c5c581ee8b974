"""The rules in force: what the file says, with the sections over it that the shop has set while it runs.

Rule 1. The file is the default and stays the truth of every section nobody has touched.
Rule 2. A change is checked as a whole, the way the file is at the start; with a mistake in it nothing changes.
Rule 3. Every version is kept, with who and when. Other processes see it within their next slow sweep.
"""

from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.supervision import RulesChange, RulesInForce, Section
from handoff_api.domain.clock import Clock
from handoff_api.domain.hours import in_words
from handoff_api.domain.roles import Right, require
from handoff_api.domain.rules import Rules
from handoff_api.errors import RulesChanged, RulesRefused
from handoff_api.record import agents, service, shop_rules
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ShopRulesRecord

log = structlog.get_logger()

SECTIONS: tuple[Section, ...] = ("routing", "hours", "calendar", "sla", "order")
SHOWN = 4
"""Mistakes that are named in one refusal."""


class RuleBook:
    """`now` is asked for at every use: whoever keeps a copy keeps an old one."""

    def __init__(self, record: Record, file: Rules, clock: Clock, *, shop_id: str, said_hours: str = "") -> None:
        self._record = record
        self._file = file
        self._clock = clock
        self._shop_id = shop_id
        self._said_hours = said_hours
        self._version = 0
        self.now = file

    @property
    def said_hours(self) -> str:
        """The shop's hours in words, where the installation does not say them itself."""
        return self._said_hours or in_words(self.now.hours)

    async def refresh(self) -> bool:
        """True where another version is in force than before. One that this program cannot read any more (of another
        release) is left aside, aloud: the shop goes on by the rules it has."""
        async with self._record.reading() as session:
            row = await shop_rules.newest(session, self._shop_id)
        if row is None or row.version == self._version:
            return False
        try:
            self._obey(row)
        except RulesRefused as refused:
            log.error("rules.unreadable", version=row.version, problem=refused.message)
            return False
        return True

    async def view(self, agent: AgentRecord) -> RulesInForce:
        require(agent.role, Right.LEAD)
        async with self._record.reading() as session:
            row = await shop_rules.newest(session, self._shop_id)
            by = await agents.by_id(session, row.changed_by) if row else None
        if row and row.version != self._version:
            await self.refresh()
        said = self.now.model_dump(mode="json", by_alias=True)
        return RulesInForce(
            version=row.version if row else 0,
            changed_by=by.name if by else "",
            changed_at=row.changed_at if row else None,
            changed=[name for name in SECTIONS if row and name in row.sections],
            sections={name: said[name] for name in SECTIONS},
        )

    async def change(self, agent: AgentRecord, wish: RulesChange) -> RulesInForce:
        require(agent.role, Right.LEAD)
        now = self._clock()
        async with self._record.writing() as session:
            before = await shop_rules.newest(session, self._shop_id)
            if wish.version != (before.version if before else 0):
                raise RulesChanged
            sections = _merged(before.sections if before else {}, wish)
            row = ShopRulesRecord(
                shop_id=self._shop_id,
                version=wish.version + 1,
                sections=sections,
                changed_by=agent.agent_id,
                changed_at=now,
            )
            self._checked(sections)
            session.add(row)
            self._note(session, agent, row, wish)
        self._obey(row)
        log.info("rules.changed", version=row.version, by=agent.agent_id)
        return await self.view(agent)

    def _note(self, session: AsyncSession, agent: AgentRecord, row: ShopRulesRecord, wish: RulesChange) -> None:
        facts = {"version": row.version, "sections": sorted(wish.sections)}
        service.audit(
            session, agent.shop_id, agent.agent_id, "rules.changed", agent.shop_id, now=row.changed_at, **facts
        )

    def _obey(self, row: ShopRulesRecord) -> None:
        self.now = self._checked(row.sections)
        self._version = row.version

    def _checked(self, sections: dict[str, Any]) -> Rules:
        try:
            return Rules.model_validate({**self._file.model_dump(by_alias=True), **sections})
        except ValidationError as error:
            raise RulesRefused(_in_words(error)) from None


def _merged(before: dict[str, Any], wish: RulesChange) -> dict[str, Any]:
    after = before | {str(name): value for name, value in wish.sections.items()}
    return {name: value for name, value in after.items() if value is not None}


def _in_words(error: ValidationError) -> str:
    """Where, and what: `hours.workdays.0: …`."""
    found = [f"{'.'.join(map(str, each['loc']))}：{each['msg']}" for each in error.errors()[:SHOWN]]
    return f"规则没有保存，请改正：{'；'.join(found)}"
