"""From the bot to a person: the owner changes, the package is built, the shopper is told the truth about the wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.bot_output import BotMessage, HandoffRequest
from contracts.events import Event, HandoffPackage, QueuePlace, Reading, Signal
from handoff_api import lines
from handoff_api.domain.clock import to_ms
from handoff_api.domain.conversation import Step
from handoff_api.domain.handoff import stronger
from handoff_api.record import assignments, conversations
from handoff_api.record.tables import ConversationRecord
from handoff_api.services.lineup import set_rank
from handoff_api.services.packages import Packages
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.speaking import Speaker
from handoff_api.services.staffing import Staff
from handoff_api.services.views import Views


@dataclass(frozen=True)
class Demand:
    """A handoff that is due, and what the bridge says first because the bot has not seen the need."""

    request: HandoffRequest
    opening: str


HARM = {
    "fire": ("消息中提到起火、冒烟或爆炸", lines.EMERGENCY),
    "injury": ("消息中提到人身伤害", lines.EMERGENCY),
    "theft": ("消息中提到账户或财物被盗", lines.MONEY_AT_RISK),
    "fraud": ("消息中提到诈骗", lines.MONEY_AT_RISK),
}
HARM_OF_ANY_KIND = ("消息中提到紧急情况", lines.EMERGENCY)


def demanded_by(reading: Reading | None) -> Demand | None:
    """Emergencies and identity data go to a person whatever the intent, and whether the bot asked for it or not."""
    if reading is None:
        return None
    if reading.emergency:
        evidence, opening = HARM.get(reading.emergency, HARM_OF_ANY_KIND)
        return Demand(HandoffRequest(reason="emergency", evidence=evidence), opening)
    if reading.identity_data:
        request = HandoffRequest(reason="identity_data", evidence="消息中含有身份证或银行卡信息")
        return Demand(request, lines.IDENTITY_DATA)
    return None


class Handoffs:
    def __init__(self, speaker: Speaker, views: Views, packages: Packages, rules: RuleBook) -> None:
        self._speaker = speaker
        self._views = views
        self._packages = packages
        self._rules = rules

    async def begin(
        self,
        session: AsyncSession,
        row: ConversationRecord,
        request: HandoffRequest,
        slots: Mapping[str, Any],
        staff: Staff,
        *,
        now: datetime,
        opening: str = "",
    ) -> list[Event]:
        """Within the caller's transaction: into the queue, with everything an agent needs to know. `opening` is a
        sentence of ours that comes first where the bot could not say one. A full queue is said, and nothing moves."""
        said = await self._speaker.say(session, row, BotMessage(text=opening), now=now) if opening else None
        package = await self._packages.build(session, row, request, slots, now=now)
        if await self._is_full(session, row, package):
            assignments.add_handoff(session, row, package)
            busy = await self._speaker.tell_status(session, row, lines.BUSY, now=now)
            return [event for event in (said, busy) if event]
        await self._speaker.move(session, row, Step.REQUEST_PERSON, now=now)
        await self._packages.keep(session, row, package)
        row.waiting_since, row.answered_at, row.callback_at = now, None, None
        row.unanswered_since = row.unanswered_since or now
        row.queue_tick = await conversations.next_tick(session, row.shop_id, to_ms(now))
        set_rank(row, self._rules.now.order)
        await session.flush()
        line = await self.line(session, row, staff)
        told = await self._speaker.tell_status(session, row, line, now=now)
        return [event for event in (said, told) if event]

    async def _is_full(self, session: AsyncSession, row: ConversationRecord, package: HandoffPackage) -> bool:
        """A queue nobody will get through is no help; an emergency always gets in."""
        if package.priority == "emergency":
            return False
        return await conversations.waits_at_least(session, row.shop_id, self._rules.now.routing.most_waiting)

    async def line(self, session: AsyncSession, row: ConversationRecord, staff: Staff) -> str:
        """Place and wait, or that nobody is there."""
        if not staff.is_present:
            return self.nobody_line()
        return _place_line(await self._views.place(session, row, staff))

    def nobody_line(self) -> str:
        return lines.NO_AGENT.format(service_hours=self._rules.said_hours)

    def raise_priority(self, row: ConversationRecord, request: HandoffRequest) -> bool:
        """A waiting conversation turned out to be urgent. True if that changes its place."""
        if not row.handoff:
            return False
        reason = self._rules.now.reason(request.reason)
        priority = stronger(HandoffPackage.model_validate(row.handoff).priority, reason.priority)
        if priority == row.priority:
            return False
        found = Signal(trigger=request.reason, text=f"排队中发现：{reason.text}").model_dump(mode="json")
        row.handoff = {**row.handoff, "priority": priority, "signals": [*row.handoff.get("signals", []), found]}
        row.priority = priority
        set_rank(row, self._rules.now.order)
        return True


def _place_line(place: QueuePlace) -> str:
    if place.wait_low_s is None or place.wait_high_s is None:
        return lines.QUEUED.format(position=place.position)
    wait = lines.wait_words(place.wait_low_s, place.wait_high_s)
    return lines.QUEUED_WITH_WAIT.format(position=place.position, wait=wait)
