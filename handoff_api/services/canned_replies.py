"""Canned replies: the shop's own, kept by its leads, and each agent's personal ones."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.desk import CannedReply, NewCannedReply
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.domain.pinyin import initials
from handoff_api.domain.roles import Right, may, require
from handoff_api.domain.text import clean_text, without_controls
from handoff_api.errors import CannedReplyNotFound
from handoff_api.record import desk, service
from handoff_api.record.database import Record
from handoff_api.record.desk_tables import CannedReplyRecord
from handoff_api.record.tables import AgentRecord


class CannedReplies:
    def __init__(self, record: Record, clock: Clock) -> None:
        self._record = record
        self._clock = clock

    async def listed(self, agent: AgentRecord) -> list[CannedReply]:
        async with self._record.reading() as session:
            rows = await desk.replies_for(session, agent.shop_id, agent.agent_id)
        return [_view(row, agent) for row in rows]

    async def add(self, agent: AgentRecord, new: NewCannedReply) -> CannedReply:
        _require_may_write(agent, None if not new.is_personal else agent.agent_id)
        async with self._record.writing() as session:
            row = CannedReplyRecord(reply_id=new_id("reply"), shop_id=agent.shop_id)
            self._fill(row, agent, new)
            session.add(row)
            self._note(session, agent, "canned_reply.added", row)
        return _view(row, agent)

    async def change(self, agent: AgentRecord, reply_id: str, new: NewCannedReply) -> CannedReply:
        async with self._record.writing() as session:
            row = await self._editable(session, agent, reply_id)
            _require_may_write(agent, agent.agent_id if new.is_personal else None)
            self._fill(row, agent, new)
            self._note(session, agent, "canned_reply.changed", row)
        return _view(row, agent)

    async def remove(self, agent: AgentRecord, reply_id: str) -> None:
        async with self._record.writing() as session:
            row = await self._editable(session, agent, reply_id)
            await session.delete(row)
            self._note(session, agent, "canned_reply.removed", row)

    async def install(self, shop_id: str, replies: list[NewCannedReply]) -> int:
        """What a new shop begins with; nothing where it has replies of its own."""
        async with self._record.writing() as session:
            if await desk.has_replies(session, shop_id):
                return 0
            for new in replies:
                row = CannedReplyRecord(reply_id=new_id("reply"), shop_id=shop_id, owner_id=None)
                row.title, row.group_name, row.text = new.title, new.group, new.text
                row.changed_by, row.changed_at = "setup", self._clock()
                session.add(row)
        return len(replies)

    def _fill(self, row: CannedReplyRecord, agent: AgentRecord, new: NewCannedReply) -> None:
        row.owner_id = agent.agent_id if new.is_personal else None
        # A title of nothing that can be seen is refused; composing characters may lengthen a text beyond its limit.
        row.title = clean_text(new.title).strip()[: len(new.title)]
        row.group_name = without_controls(new.group).strip()[: len(new.group)]
        row.text = clean_text(new.text)[: len(new.text)]
        row.changed_by, row.changed_at = agent.agent_id, self._clock()

    def _note(self, session: AsyncSession, agent: AgentRecord, action: str, row: CannedReplyRecord) -> None:
        service.audit(session, agent.shop_id, agent.agent_id, action, row.reply_id, now=self._clock())

    async def _editable(self, session: AsyncSession, agent: AgentRecord, reply_id: str) -> CannedReplyRecord:
        row = await desk.reply(session, agent.shop_id, reply_id)
        if row is None or (row.owner_id and row.owner_id != agent.agent_id):
            raise CannedReplyNotFound
        _require_may_write(agent, row.owner_id)
        return row


def _require_may_write(agent: AgentRecord, owner_id: str | None) -> None:
    require(agent.role, Right.WORK if owner_id else Right.LEAD)


def _view(row: CannedReplyRecord, agent: AgentRecord) -> CannedReply:
    is_personal = row.owner_id is not None
    return CannedReply(
        reply_id=row.reply_id,
        title=row.title,
        group=row.group_name,
        text=row.text,
        is_personal=is_personal,
        initials=initials(row.title),
        can_edit=may(agent.role, Right.WORK if is_personal else Right.LEAD),
    )
