"""What an agent sees of a shopper's IM channel: what it still allows, and what did not arrive."""

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.events import ChannelState, Undelivered
from handoff_api.domain import budget
from handoff_api.record import channels
from handoff_api.record.tables import ChannelLinkRecord, ChannelOutboxRecord

MOST_SHOWN = 5


async def channel_states(
    session: AsyncSession, conversation_ids: Collection[str], *, now: datetime
) -> dict[str, ChannelState]:
    """Per conversation of an IM channel; the web page's have none."""
    if not conversation_ids:
        return {}
    links = await channels.current_links(session, conversation_ids)
    undelivered = await channels.undelivered(session, conversation_ids)
    return {
        conversation_id: _state(link, undelivered.get(conversation_id, []), now=now)
        for conversation_id, link in links.items()
    }


def _state(link: ChannelLinkRecord, undelivered: list[ChannelOutboxRecord], *, now: datetime) -> ChannelState:
    known = budget.open_grants(link.grants, now=now)
    return ChannelState(
        left=budget.left_of(known) if link.context.get("is_counted") else None,
        allowed=max(grant[3] for grant in known) if known else None,
        window_until=datetime.fromtimestamp(max(grant[0] for grant in known) / 1000, UTC) if known else None,
        held=sum(row.state == "held" for row in undelivered),
        dead=sum(row.state == "dead" for row in undelivered),
        undelivered=[_undelivered(row) for row in undelivered[:MOST_SHOWN]],
    )


def _undelivered(row: ChannelOutboxRecord) -> Undelivered:
    return Undelivered(seq=row.seq, state="held" if row.state == "held" else "dead", reason=row.reason)
