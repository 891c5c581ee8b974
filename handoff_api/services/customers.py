"""What an agent sees of the shopper beside the conversation: profile, orders, cases, fresh from the shop."""

from datetime import timedelta

from contracts.identity import Audience, TurnIdentity, issue
from contracts.shop import Case, Order, Shopper, Ticket
from contracts.wire import WireModel
from handoff_api.clients.shop import ShopClient
from handoff_api.domain.clock import Clock
from handoff_api.domain.ids import new_id
from handoff_api.record import conversations, service
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord, ConversationRecord

TOKEN_LIFETIME = timedelta(minutes=1)


class Customer(WireModel):
    """`shopper` is None for an anonymous visitor; its orders are the ones it has proved."""

    shopper: Shopper | None
    orders: list[Order]
    cases: list[Case]
    tickets: list[Ticket]


class Customers:
    def __init__(self, record: Record, shop: ShopClient, clock: Clock, *, turn_secret: str) -> None:
        self._record = record
        self._shop = shop
        self._clock = clock
        self._turn_secret = turn_secret

    async def of(self, agent: AgentRecord, row: ConversationRecord) -> Customer:
        """Every look is in the audit log."""
        async with self._record.writing() as session:
            service.audit(
                session, row.shop_id, agent.agent_id, "customer.viewed", row.conversation_id, now=self._clock()
            )
        token = self.token(agent, row)
        shopper = await self._shop.shopper(token) if row.shopper_id else None
        orders, cases = await self._shop.orders(token), await self._shop.cases(token)
        tickets = await self._shop.tickets(token)
        if shopper and shopper.phone != row.shopper_phone:
            await self._remember_phone(row.conversation_id, shopper.phone)
        return Customer(shopper=shopper, orders=orders, cases=cases, tickets=tickets)

    async def _remember_phone(self, conversation_id: str, phone: str) -> None:
        """As masked as the shop shows it; by it the conversation is found again."""
        async with self._record.writing() as session:
            (await conversations.locked(session, conversation_id)).shopper_phone = phone

    def token(self, agent: AgentRecord, row: ConversationRecord) -> str:
        """Lets this agent ask the shop about this conversation's shopper, and about nobody else."""
        identity = TurnIdentity(
            shop_id=row.shop_id,
            shopper_id=row.shopper_id,
            conversation_id=row.conversation_id,
            turn_id=new_id("look"),
            role="agent",
            agent_name=agent.name,
        )
        return issue(identity, Audience.TURN, self._turn_secret, now=self._clock(), lifetime=TOKEN_LIFETIME)
