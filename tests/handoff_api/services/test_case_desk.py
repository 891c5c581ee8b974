"""What an agent does at the shop for the shopper: who may, what is shown, what is written down."""

import pytest
from sqlalchemy import select

from contracts.events import MessageBody
from contracts.identity import VisitorIdentity
from contracts.shop import CaseChange, CaseReason, CaseStep, CaseType, NewCase, NewTicket, TicketKind
from contracts.verdict import Decision
from handoff_api.errors import Forbidden, NotYourConversation, ShopRefused
from handoff_api.record.tables import AgentRecord, AuditRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk
from tests.handoff_api.stand_in_shop import StandInShop

EXCHANGE = NewCase(type=CaseType.EXCHANGE, order_number="8821", line_id="L1", reason=CaseReason.QUALITY)
TOO_LATE = NewCase(type=CaseType.RETURN_REFUND, order_number="8821", line_id="L1", reason=CaseReason.NO_REASON)


@pytest.fixture
async def agent(desk: Desk) -> AgentRecord:
    return await desk.agent("xiaolin")


@pytest.fixture
async def visitor(desk: Desk, agent: AgentRecord) -> VisitorIdentity:
    visitor = await desk.shopper("S1")
    await desk.with_agent(agent, visitor)
    return visitor


async def audited(bridge: Bridge, action: str) -> list[AuditRecord]:
    async with bridge.record.reading() as session:
        return list((await session.execute(select(AuditRecord).where(AuditRecord.action == action))).scalars())


async def test_a_case_is_opened_once_shown_and_audited_under_the_agents_name(
    desk: Desk, bridge: Bridge, shop: StandInShop, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    first = await bridge.case_desk.open_case(agent, visitor.conversation_id, "press-0001", EXCHANGE)
    again = await bridge.case_desk.open_case(agent, visitor.conversation_id, "press-0001", EXCHANGE)

    assert first == again
    [shown] = [event for event in await desk.events(visitor) if event.author.kind == "agent"]
    assert isinstance(shown.body, MessageBody)
    assert [offered.card.type for offered in shown.body.cards] == ["case"]
    assert (shop.callers[-1].role, shop.callers[-1].agent_name, shop.callers[-1].shopper_id) == (
        "agent",
        "xiaolin",
        "S1",
    )
    [entry] = await audited(bridge, "case.opened")
    assert (entry.actor, entry.facts) == (agent.agent_id, {"case_id": first.case_id})


async def test_the_verdict_comes_before_and_opens_nothing(
    desk: Desk, bridge: Bridge, shop: StandInShop, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    verdict = await bridge.case_desk.verdict_on(agent, visitor.conversation_id, TOO_LATE)

    assert verdict.decision is Decision.REFUSED
    assert shop.cases == {}


async def test_the_shops_refusal_is_said_in_its_own_words_and_nothing_is_shown(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    with pytest.raises(ShopRefused) as refusal:
        await bridge.case_desk.open_case(agent, visitor.conversation_id, "press-0001", TOO_LATE)

    assert refusal.value.message == "已过 7 天无理由期限。"
    assert await desk.texts(visitor, "agent") == []
    assert await audited(bridge, "case.opened") == []


async def test_a_colleague_moves_no_money_an_auditor_does_not_even_ask(
    desk: Desk, bridge: Bridge, shop: StandInShop, visitor: VisitorIdentity
) -> None:
    colleague = await desk.agent("colleague", online=False)
    auditor = await desk.agent("auditor", role="auditor", online=False)
    change = CaseChange(step=CaseStep.APPROVE, version=1)

    for refused in (
        bridge.case_desk.open_case(colleague, visitor.conversation_id, "press-0001", EXCHANGE),
        bridge.case_desk.take_step(colleague, visitor.conversation_id, "press-0002", "AS1", change),
    ):
        with pytest.raises(NotYourConversation):
            await refused
    with pytest.raises(Forbidden):
        await bridge.case_desk.verdict_on(auditor, visitor.conversation_id, EXCHANGE)
    assert (shop.cases, shop.steps) == ({}, [])


async def test_a_step_is_audited_with_its_case(
    bridge: Bridge, shop: StandInShop, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    change = CaseChange(step=CaseStep.REJECT, version=1, note="照片看不清")

    await bridge.case_desk.take_step(agent, visitor.conversation_id, "press-0001", "AS7", change)

    assert shop.steps == [("AS7", "reject")]
    [entry] = await audited(bridge, "case.changed")
    assert entry.facts == {"case_id": "AS7", "step": "reject"}


async def test_a_lead_may_but_does_not_speak_in_the_agents_place(
    desk: Desk, bridge: Bridge, visitor: VisitorIdentity
) -> None:
    lead = await desk.agent("zhuguan", role="supervisor", online=False)

    await bridge.case_desk.open_case(lead, visitor.conversation_id, "press-0001", EXCHANGE)

    assert await desk.texts(visitor, "agent") == []
    assert [entry.actor for entry in await audited(bridge, "case.opened")] == [lead.agent_id]


async def test_a_ticket_is_shown_with_its_deadline(
    desk: Desk, bridge: Bridge, agent: AgentRecord, visitor: VisitorIdentity
) -> None:
    new = NewTicket(kind=TicketKind.OTHER, subject="约定回电", description="明天上午 10 点")

    ticket = await bridge.case_desk.open_ticket(agent, visitor.conversation_id, "press-0001", new)

    [shown] = [event for event in await desk.events(visitor) if event.author.kind == "agent"]
    assert isinstance(shown.body, MessageBody)
    assert shown.body.cards[0].card.ticket == ticket  # type: ignore[union-attr]
