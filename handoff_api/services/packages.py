"""The package for an agent, made of the record: nothing the shopper has said or was told needs to be asked again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import HandoffRequest
from contracts.events import AuthorKind, HandoffPackage, Signal
from handoff_api.domain import triggers
from handoff_api.domain.handoff import build_package
from handoff_api.domain.story import Story
from handoff_api.domain.triggers import Watched
from handoff_api.record import assignments, events, turns
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.rule_book import RuleBook

WATCHED = 8
"""The shopper's latest messages are looked at after every turn: the five hundredth costs what the tenth did."""
TOLD = 400
"""And so many for the package, once per handoff."""


class Packages:
    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    async def build(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        request: HandoffRequest,
        slots: Mapping[str, Any],
        *,
        now: datetime,
    ) -> HandoffPackage:
        story = await self._story(session, row, slots, latest=TOLD)
        signals = triggers.found(_watched(row, story, now), self._rules.now.triggers)
        return build_package(request, story, self._rules.now, now=now, signals=signals)

    async def keep(self, session: AsyncSession, row: ConversationRecord, package: HandoffPackage) -> None:
        """In the conversation for whoever looks now, and for ever among its handoffs."""
        row.handoff = package.model_dump(mode="json")
        row.priority, row.skill = package.priority, package.skill
        row.weight = self._rules.now.routing.weight_of(package.priority)
        assignments.add_handoff(session, row, package)

    async def needed(
        self, session: AsyncSession, row: ConversationRecord, slots: Mapping[str, Any], *, now: datetime
    ) -> Signal | None:
        """What speaks for a person after this turn, and has not led to one in this service session yet."""
        heard = await self._story(session, row, slots, latest=WATCHED, author=AuthorKind.SHOPPER)
        found = triggers.found(_watched(row, heard, now), self._rules.now.triggers)
        if any(signal.trigger in triggers.LOOK_AT_ANSWERS for signal in found):
            story = await self._story(session, row, slots, latest=TOLD)
            found = triggers.found(_watched(row, story, now), self._rules.now.triggers)
        known = await assignments.reasons_of(session, row.session_id) if found else set()
        return next((signal for signal in found if signal.trigger not in known), None)

    async def _story(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        slots: Mapping[str, Any],
        *,
        latest: int,
        author: AuthorKind | None = None,
    ) -> Story:
        await session.flush()
        said, readings = await events.of_session(
            session, row.conversation_id, row.session_id, latest=latest, author=author
        )
        return Story(said, readings, slots, await turns.asked_for(session, row.session_id, latest=latest))


def _watched(row: ConversationRecord, story: Story, now: datetime) -> Watched:
    return Watched(story, level=row.shopper_level, is_elder=row.shopper_is_elder, now=now)
