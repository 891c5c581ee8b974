"""Who may keep which canned replies."""

import pytest

from contracts.desk import NewCannedReply
from handoff_api.errors import CannedReplyNotFound, Forbidden, TextEmpty
from handoff_api.services.bridge import Bridge
from tests.handoff_api.conftest import Desk

SHARED = NewCannedReply(title="退款进度", group="退款", text="退款在路上了。")
PERSONAL = NewCannedReply(title="我的开场", text="您好，{顾客}", is_personal=True)


async def test_a_lead_keeps_the_shops_replies_and_everybody_sees_them(desk: Desk, bridge: Bridge) -> None:
    lead, agent = await desk.agent("zhuguan", role="supervisor"), await desk.agent("xiaolin")

    added = await bridge.canned_replies.add(lead, SHARED)
    [seen] = await bridge.canned_replies.listed(agent)

    assert (seen.title, seen.initials, seen.can_edit) == ("退款进度", "tkjd", False)
    assert added.can_edit


async def test_an_agent_writes_only_personal_ones(desk: Desk, bridge: Bridge) -> None:
    agent, lead = await desk.agent("xiaolin"), await desk.agent("zhuguan", role="supervisor")
    shared = await bridge.canned_replies.add(lead, SHARED)

    for refused in (
        bridge.canned_replies.add(agent, SHARED),
        bridge.canned_replies.change(agent, shared.reply_id, SHARED),
        bridge.canned_replies.remove(agent, shared.reply_id),
    ):
        with pytest.raises(Forbidden):
            await refused
    assert (await bridge.canned_replies.add(agent, PERSONAL)).can_edit


async def test_a_personal_one_cannot_be_made_the_shops_by_its_author(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    own = await bridge.canned_replies.add(agent, PERSONAL)

    with pytest.raises(Forbidden):
        await bridge.canned_replies.change(agent, own.reply_id, SHARED)


async def test_a_personal_one_does_not_exist_for_others_not_even_for_leads(desk: Desk, bridge: Bridge) -> None:
    agent, lead = await desk.agent("xiaolin"), await desk.agent("zhuguan", role="supervisor")
    own = await bridge.canned_replies.add(agent, PERSONAL)

    assert await bridge.canned_replies.listed(lead) == []
    with pytest.raises(CannedReplyNotFound):
        await bridge.canned_replies.remove(lead, own.reply_id)


async def test_changed_and_removed(desk: Desk, bridge: Bridge) -> None:
    agent = await desk.agent("xiaolin")
    own = await bridge.canned_replies.add(agent, PERSONAL)

    changed = await bridge.canned_replies.change(agent, own.reply_id, PERSONAL.model_copy(update={"title": "早上好"}))
    assert changed.initials == "zsh"
    await bridge.canned_replies.remove(agent, own.reply_id)

    assert await bridge.canned_replies.listed(agent) == []
    with pytest.raises(CannedReplyNotFound):
        await bridge.canned_replies.remove(agent, own.reply_id)


async def test_an_auditor_writes_nothing_and_a_blank_is_no_reply(desk: Desk, bridge: Bridge) -> None:
    auditor, agent = await desk.agent("auditor", role="auditor"), await desk.agent("xiaolin")

    with pytest.raises(Forbidden):
        await bridge.canned_replies.add(auditor, PERSONAL)
    with pytest.raises(TextEmpty):
        await bridge.canned_replies.add(agent, PERSONAL.model_copy(update={"title": "\x01 "}))
    with pytest.raises(TextEmpty):
        await bridge.canned_replies.add(agent, PERSONAL.model_copy(update={"text": "​ "}))


async def test_a_shop_with_replies_of_its_own_is_given_none(desk: Desk, bridge: Bridge) -> None:
    lead = await desk.agent("zhuguan", role="supervisor")

    assert await bridge.canned_replies.install("demo", [SHARED]) == 1
    assert await bridge.canned_replies.install("demo", [SHARED]) == 0
    assert len(await bridge.canned_replies.listed(lead)) == 1
