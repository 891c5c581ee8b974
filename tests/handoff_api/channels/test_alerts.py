"""Staff hears of waiting shoppers, silence, bad ratings and failures: signed, grouped, once, with a link."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from handoff_api.channels.accounts import ChannelsFile
from handoff_api.channels.alerts.alerts import MOST_LINES, Alerts
from handoff_api.channels.alerts.robots import dingtalk_sign, is_taken
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.record import conversations
from handoff_api.record.tables import ChannelOutboxRecord, CsatRecord
from handoff_api.services.bridge import Bridge
from tests.fakes.group_robots import SECRET, GroupRobots, create_robots
from tests.handoff_api.conftest import Clock, Desk, serving

VECTOR = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def robots_server() -> Iterator[tuple[GroupRobots, str]]:
    robots = GroupRobots()
    with serving(create_robots(robots)) as url:
        yield robots, url


@pytest.fixture
def robots(robots_server: tuple[GroupRobots, str]) -> GroupRobots:
    robots, _ = robots_server
    robots.reset()
    return robots


def rules(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "workspace_url": "https://shop.example/workspace",
        "group_s": 20,
        "robots": [
            {"kind": "dingtalk", "name": "d", "url": f"{url}/robot/send?access_token=t", "secret": SECRET},
            {"kind": "feishu", "name": "f", "url": f"{url}/open-apis/bot/v2/hook/t", "secret": SECRET},
            {"kind": "wecom", "name": "w", "url": f"{url}/cgi-bin/webhook/send?key=robot-key"},
        ],
        **changes,
    }


@pytest.fixture
async def hub(bridge: Bridge, robots_server: tuple[GroupRobots, str], robots: GroupRobots) -> AsyncIterator[Channels]:
    hub = build_channels(bridge, ChannelsFile.model_validate({"alerts": rules(robots_server[1])}))
    yield hub
    await hub.close()


async def sweeps(alerts: Alerts, clock: Clock, count: int = 2, step_s: float = 25) -> None:
    for _ in range(count):
        await alerts.sweep()
        clock.advance(seconds=step_s)


def test_the_signature_is_the_platforms() -> None:
    vector = VECTOR["dingtalk_http"]

    assert dingtalk_sign(vector["timestamp"], vector["app_secret"]) == vector["sign"]
    assert dingtalk_sign("1577262236757", "this is a secret") == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="


@pytest.mark.parametrize(
    ("said", "taken"),
    [({"errcode": 0}, True), ({"code": 0}, True), ({"errcode": 310000}, False), ([], False), ({}, False)],
)
def test_only_zero_is_a_success(said: Any, taken: bool) -> None:
    assert is_taken(said) is taken


async def test_who_waits_too_long_is_told_once_to_all_three(
    hub: Channels, robots: GroupRobots, desk: Desk, clock: Clock
) -> None:
    visitor = await desk.shopper("S001")
    await desk.say(visitor, "我的手机号是13800001234")
    row = await desk.want_person(visitor)
    await sweeps(hub.alerts, clock, 1)
    assert robots.shown == [], "not before a minute has passed"
    clock.advance(seconds=60)

    await sweeps(hub.alerts, clock, 6)

    assert sorted(kind for kind, _ in robots.shown) == ["dingtalk", "feishu", "wecom"]
    for _, text in robots.shown:
        assert f"https://shop.example/workspace/#{row.conversation_id}" in text
        assert "顾客等待人工 1 分钟" in text
        assert "13800001234" not in text
    assert robots.refused == 0


async def test_many_at_once_are_one_message_with_a_count(
    hub: Channels, robots: GroupRobots, desk: Desk, clock: Clock
) -> None:
    for _ in range(MOST_LINES + 3):
        await desk.want_person(await desk.shopper())
    clock.advance(seconds=90)

    await sweeps(hub.alerts, clock, 3)

    assert len(robots.shown) == 3
    for _, text in robots.shown:
        assert f"等待人工 {MOST_LINES + 3}" in text
        assert "另有 3 条" in text


async def test_bad_ratings_and_failures_are_told_and_good_ones_are_not(
    hub: Channels, robots: GroupRobots, desk: Desk, bridge: Bridge, clock: Clock
) -> None:
    visitor = await desk.shopper()
    now = clock()
    async with bridge.record.writing() as session:
        row = await conversations.by_id(session, visitor.conversation_id)
        for name, score in (("s_bad", 1), ("s_good", 5)):
            session.add(
                CsatRecord(
                    session_id=name,
                    conversation_id=row.conversation_id,
                    agent_id=None,
                    score=score,
                    comment="太慢了",
                    at=now,
                )
            )
        session.add(
            ChannelOutboxRecord(
                delivery_id="d1", channel="wechat:main", user_id="o1", conversation_id=row.conversation_id, seq=1,
                body={}, state="dead", next_at=now, created_at=now, reason="平台拒绝了这条消息。",
            )
        )  # fmt: skip

    await sweeps(hub.alerts, clock, 3)

    text = robots.shown[0][1]
    assert "低分评价 1" in text
    assert "发送失败 1" in text
    assert "顾客评价 1 分" in text
    assert "太慢了" not in text


async def test_a_robot_that_fails_is_told_later_and_nothing_is_lost(
    hub: Channels, robots: GroupRobots, desk: Desk, clock: Clock
) -> None:
    await desk.want_person(await desk.shopper())
    clock.advance(seconds=90)
    robots.failures_left = 3

    await sweeps(hub.alerts, clock, 5)

    assert sorted(kind for kind, _ in robots.shown) == ["dingtalk", "feishu", "wecom"]


async def test_it_is_told_no_more_often_than_the_robot_may(
    bridge: Bridge, robots_server: tuple[GroupRobots, str], robots: GroupRobots, desk: Desk, clock: Clock
) -> None:
    said = rules(robots_server[1], group_s=1, waiting_s=5)
    said["robots"] = [{**said["robots"][2], "per_minute": 2}]
    hub = build_channels(bridge, ChannelsFile.model_validate({"alerts": said}))

    shoppers = [await desk.shopper() for _ in range(8)]

    for shopper in shoppers:
        await desk.want_person(shopper)
        clock.advance(seconds=6)
        await sweeps(hub.alerts, clock, 2, 1)
    told = len(robots.shown)
    await hub.close()

    assert 2 <= told <= 4, "two at once, and two a minute after that"


async def test_after_a_restart_nothing_is_told_again(
    hub: Channels, bridge: Bridge, robots_server: tuple[GroupRobots, str], robots: GroupRobots, desk: Desk, clock: Clock
) -> None:
    await desk.want_person(await desk.shopper())
    clock.advance(seconds=90)
    await sweeps(hub.alerts, clock, 3)
    again = build_channels(bridge, ChannelsFile.model_validate({"alerts": rules(robots_server[1])}))

    await sweeps(again.alerts, clock, 3)

    assert len(robots.shown) == 3
    await again.close()
