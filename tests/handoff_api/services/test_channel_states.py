"""What an agent sees of a shopper's IM channel."""

from datetime import timedelta

from contracts.events import ChannelState
from handoff_api.record import conversations
from handoff_api.record.tables import ChannelLinkRecord, ChannelOutboxRecord
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Clock, Desk


async def seen(bridge: Bridge, conversation_id: str) -> ChannelState | None:
    async with bridge.record.reading() as session:
        row = await conversations.by_id(session, conversation_id)
        [line] = await bridge.views.for_agents(session, [row])
    return line.channel_state


async def test_the_web_page_has_no_limits_to_show(bridge: Bridge, desk: Desk) -> None:
    visitor = await desk.shopper()

    assert await seen(bridge, visitor.conversation_id) is None


async def test_an_agent_sees_what_is_left_and_what_did_not_arrive(bridge: Bridge, desk: Desk, clock: Clock) -> None:
    visitor = await desk.shopper()
    now = clock()
    until = now + timedelta(hours=3)
    async with bridge.record.writing() as session:
        row = await conversations.locked(session, visitor.conversation_id)
        row.channel = "wechat:main"
        known = {"channel": "wechat:main", "user_id": "o1", "conversation_id": row.conversation_id}
        session.add(
            ChannelLinkRecord(
                **known,
                relayed_seq=1,
                grants=[[int(until.timestamp() * 1000), 2, 1, 5]],
                menu=[],
                context={"is_counted": True},
                created_at=now,
                last_inbound_at=now,
            )
        )
        for seq, state in ((3, "sent"), (4, "dead"), (5, "held")):
            session.add(
                ChannelOutboxRecord(
                    **known,
                    delivery_id=f"d{seq}",
                    seq=seq,
                    body={},
                    state=state,
                    next_at=now,
                    created_at=now,
                    reason=f"r{seq}",
                )
            )

    state = await seen(bridge, visitor.conversation_id)

    assert state
    assert (state.left, state.allowed, state.held, state.dead) == (2, 5, 1, 1)
    assert state.window_until
    assert abs(state.window_until - until) < timedelta(seconds=1)
    assert [(one.seq, one.state, one.reason) for one in state.undelivered] == [(5, "held", "r5"), (4, "dead", "r4")]
