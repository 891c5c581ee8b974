"""Finding conversations, their tags, and what an agent did today."""

from datetime import datetime, time, timedelta, timezone

from contracts.desk import Found, OwnDay, SearchResult
from handoff_api.domain.clock import Clock
from handoff_api.domain.roles import Right, require
from handoff_api.domain.text import without_controls
from handoff_api.errors import ConversationNotFound
from handoff_api.record import conversations, desk, own_day, service
from handoff_api.record.database import Record
from handoff_api.record.desk import Narrowed
from handoff_api.record.tables import AgentRecord
from handoff_api.services.views import Views

SHANGHAI = timezone(timedelta(hours=8))
ANSWER_WITHIN_S = 180
EXCERPT_BEFORE, EXCERPT_LENGTH = 12, 60


class DeskSearch:
    def __init__(self, record: Record, views: Views, clock: Clock) -> None:
        self._record = record
        self._views = views
        self._clock = clock

    async def search(self, agent: AgentRecord, words: str, narrowed: Narrowed, *, limit: int) -> SearchResult:
        """Agents find every conversation of their own shop, as they may read every one."""
        words = without_controls(words).strip()
        async with self._record.reading() as session:
            found = await desk.search(
                session,
                agent.shop_id,
                words,
                narrowed=narrowed,
                agent_id=agent.agent_id,
                limit=limit + 1,
            )
            shown = found[:limit]
            ids = [row.conversation_id for row in shown]
            lines = await self._views.for_agents(session, shown)
            tags = await desk.tags_of(session, ids)
            said = await desk.excerpts(session, ids, words) if words else {}
        return SearchResult(
            found=[
                Found(
                    row=row, excerpt=_excerpt(said.get(row.conversation_id, ""), words), tags=tags[row.conversation_id]
                )
                for row in lines
            ],
            is_cut=len(found) > limit,
        )

    # --- tags -------------------------------------------------------------------------------------------------------
    async def tags(self, agent: AgentRecord, conversation_id: str) -> list[str]:
        async with self._record.reading() as session:
            row = await conversations.by_id(session, conversation_id)
            if row.shop_id != agent.shop_id:
                raise ConversationNotFound
            return (await desk.tags_of(session, [conversation_id]))[conversation_id]

    async def set_tags(self, agent: AgentRecord, conversation_id: str, tags: list[str]) -> list[str]:
        require(agent.role, Right.WORK)
        wanted = list(dict.fromkeys(kept for tag in tags if (kept := without_controls(tag).strip())))
        async with self._record.writing() as session:
            row = await conversations.locked(session, conversation_id)
            if row.shop_id != agent.shop_id:
                raise ConversationNotFound
            await desk.replace_tags(session, row, wanted, agent.agent_id, now=self._clock())
            service.audit(
                session, row.shop_id, agent.agent_id, "conversation.tagged", conversation_id, now=self._clock()
            )
        return wanted

    async def known_tags(self, agent: AgentRecord) -> list[str]:
        async with self._record.reading() as session:
            return await desk.tags_in_use(session, agent.shop_id)

    # --- one's own day ----------------------------------------------------------------------------------------------
    async def own_day(self, agent: AgentRecord) -> OwnDay:
        today = self._clock().astimezone(SHANGHAI).date()
        since = datetime.combine(today, time(), SHANGHAI)
        async with self._record.reading() as session:
            waits = await own_day.first_responses_s(session, agent.agent_id, since=since)
            scores = await own_day.scores(session, agent.agent_id, since=since)
            open_count = (await conversations.open_counts(session, [agent.agent_id]))[agent.agent_id]
        answered = [wait for wait in waits if wait is not None]
        return OwnDay(
            handled=len(waits),
            open=open_count,
            first_response_s=round(sum(answered) / len(answered)) if answered else None,
            within_limit=sum(wait <= ANSWER_WITHIN_S for wait in answered),
            answered=len(answered),
            rating=round(sum(scores) / len(scores), 1) if scores else None,
            ratings=len(scores),
        )


def _excerpt(text: str, words: str) -> str:
    """The part of the message around what was looked for."""
    at = text.lower().find(words.lower())
    start = max(0, at - EXCERPT_BEFORE)
    cut = text[start : start + EXCERPT_LENGTH]
    return ("…" if start else "") + cut + ("…" if start + EXCERPT_LENGTH < len(text) else "")
