"""What an agent does at the shop for the shopper: cases and tickets, each shown in the conversation and audited."""

from typing import Any

from contracts.bot_output import Card, CaseCard, TicketCard
from contracts.events import Author, AuthorKind, Event, MessageBody, OfferedCard, Status
from contracts.shop import Case, CaseChange, NewCase, NewTicket, Ticket
from contracts.verdict import Verdict
from handoff_api import lines
from handoff_api.clients.shop import ShopClient
from handoff_api.domain.clock import Clock
from handoff_api.domain.roles import Right, may, require
from handoff_api.errors import ConversationNotFound, NotYourConversation
from handoff_api.record import conversations, events, service
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord
from handoff_api.services.customers import Customers
from handoff_api.services.herald import Herald


class CaseDesk:
    """The shop decides; here is who may ask, what is written down, and what the shopper sees of it."""

    def __init__(self, record: Record, shop: ShopClient, customers: Customers, herald: Herald, clock: Clock) -> None:
        self._record = record
        self._shop = shop
        self._customers = customers
        self._herald = herald
        self._clock = clock

    async def verdict_on(self, agent: AgentRecord, conversation_id: str, wish: NewCase) -> Verdict:
        """What the shop would decide, before anything is opened."""
        row = await self._row(agent, conversation_id)
        return await self._shop.verdict_on(self._customers.token(agent, row), wish)

    async def open_case(self, agent: AgentRecord, conversation_id: str, client_id: str, wish: NewCase) -> Case:
        """Sent twice under one client id, opened and shown once. Raises ShopRefused with the shop's words."""
        row = await self._own(agent, conversation_id)
        case = await self._shop.open_case(
            self._customers.token(agent, row), wish, idempotency_key=f"{conversation_id}:{client_id}"
        )
        card = CaseCard(case=case)
        await self._show(agent, row, lines.CASE_OPENED, card, client_id, "case.opened", case_id=case.case_id)
        return case

    async def take_step(
        self, agent: AgentRecord, conversation_id: str, client_id: str, case_id: str, change: CaseChange
    ) -> Case:
        """The shop tells the shopper itself, by a notice."""
        row = await self._own(agent, conversation_id)
        case = await self._shop.change_case(
            self._customers.token(agent, row), case_id, change, idempotency_key=f"{conversation_id}:{client_id}"
        )
        async with self._record.writing() as session:
            service.audit(
                session,
                row.shop_id,
                agent.agent_id,
                "case.changed",
                conversation_id,
                now=self._clock(),
                case_id=case_id,
                step=change.step.value,
            )
        return case

    async def open_ticket(self, agent: AgentRecord, conversation_id: str, client_id: str, new: NewTicket) -> Ticket:
        row = await self._own(agent, conversation_id)
        ticket = await self._shop.open_ticket(
            self._customers.token(agent, row), new, idempotency_key=f"{conversation_id}:{client_id}"
        )
        card = TicketCard(ticket=ticket)
        await self._show(agent, row, lines.TICKET_OPENED, card, client_id, "ticket.opened", ticket_id=ticket.ticket_id)
        return ticket

    # --- who may ----------------------------------------------------------------------------------------------------
    async def _row(self, agent: AgentRecord, conversation_id: str) -> ConversationRecord:
        require(agent.role, Right.WORK)
        async with self._record.reading() as session:
            row = await conversations.by_id(session, conversation_id)
        if row.shop_id != agent.shop_id:
            raise ConversationNotFound
        return row

    async def _own(self, agent: AgentRecord, conversation_id: str) -> ConversationRecord:
        """Money and goods move only by whoever holds the conversation, or by a lead."""
        row = await self._row(agent, conversation_id)
        if row.agent_id != agent.agent_id and not may(agent.role, Right.LEAD):
            raise NotYourConversation
        return row

    async def _show(
        self,
        agent: AgentRecord,
        seen: ConversationRecord,
        line: str,
        card: Card,
        client_id: str,
        action: str,
        **facts: Any,
    ) -> None:
        """In the audit log always; to the shopper as the agent's words while the agent still holds the conversation."""
        now = self._clock()
        async with self._record.writing() as session:
            row = await conversations.locked(session, seen.conversation_id)
            if await events.request_seen(session, row.conversation_id, agent.agent_id, client_id):
                return
            shown: Event | None = None
            if row.status == Status.ACTIVE.value and row.agent_id == agent.agent_id:
                body = MessageBody(text=line, cards=[OfferedCard(card=card)], client_message_id=client_id)
                author = Author(kind=AuthorKind.AGENT, id=agent.agent_id, name=agent.name)
                shown = await events.append(session, row, body, author, now=now, client_message_id=client_id)
                row.unanswered_since = None
            seq = shown.seq if shown else None
            await events.remember_request(session, row.conversation_id, agent.agent_id, client_id, seq, now=now)
            service.audit(session, row.shop_id, agent.agent_id, action, row.conversation_id, now=now, **facts)
        if shown:
            await self._herald.announce(row, shown)
