"""Staff ask in Feishu or DingTalk how the desk stands: checked, once, answered at the platform's own address."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from handoff_api.channels.accounts import ChannelsFile
from handoff_api.channels.build import build_channels
from handoff_api.channels.hub import Channels
from handoff_api.channels.receiving import Call
from handoff_api.channels.staff_bots import feishu
from handoff_api.errors import RequestInvalid, SignatureRefused
from handoff_api.services.bridge import Bridge
from tests.fakes import staff_platforms as fakes
from tests.fakes.staff_platforms import StaffPlatforms, dingtalk_call, feishu_call, feishu_message, sealed
from tests.handoff_api.channels.conftest import call
from tests.handoff_api.conftest import Clock, Desk, serving

VECTOR: dict[str, str] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["feishu"]
FEISHU, DINGTALK = "feishu:team", "dingtalk:team"


@pytest.fixture(scope="session")
def platforms_server() -> Iterator[tuple[StaffPlatforms, str]]:
    platforms = StaffPlatforms()
    with serving(fakes.create_staff_platforms(platforms)) as url:
        yield platforms, url


@pytest.fixture
def platforms(platforms_server: tuple[StaffPlatforms, str]) -> StaffPlatforms:
    platforms, _ = platforms_server
    platforms.reset()
    return platforms


@pytest.fixture
def base(platforms_server: tuple[StaffPlatforms, str]) -> str:
    return platforms_server[1]


def bots(base: str, **feishu_changes: Any) -> dict[str, Any]:
    return {
        "workspace_url": "https://shop.example/workspace",
        "bots": [
            {
                "kind": "feishu", "name": "team", "app_id": fakes.APP_ID, "app_secret": fakes.APP_SECRET,
                "verification_token": fakes.VERIFICATION_TOKEN, "encrypt_key": fakes.ENCRYPT_KEY, "api_base": base,
                **feishu_changes,
            },
            {
                "kind": "dingtalk", "name": "team", "app_secret": fakes.DING_SECRET, "reply_base": f"{base}/robot/",
                "allowed": ["lead"],
            },
        ],
    }  # fmt: skip


@pytest.fixture
async def hub(bridge: Bridge, base: str, platforms: StaffPlatforms) -> AsyncIterator[Channels]:
    hub = build_channels(bridge, ChannelsFile.model_validate({"alerts": bots(base)}))
    yield hub
    await bridge.background.settle()
    await hub.close()


async def ask(hub: Channels, bridge: Bridge, channel: str, made: Call) -> Response:
    response: Response = await call(hub, channel, made)
    await bridge.background.settle()
    return response


async def test_a_question_in_feishu_is_answered_with_the_figures_and_links(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, desk: Desk, clock: Clock
) -> None:
    shopper = await desk.shopper()
    await desk.want_person(shopper)
    clock.advance(minutes=4)

    response = await ask(hub, bridge, FEISHU, feishu_call(sealed(feishu_message()), clock()))

    assert response.status_code == 200
    [(where, said)] = platforms.shown
    assert where == "om_ev1"
    assert "排队 1 人，最长已等 4 分钟" in said
    assert f"https://shop.example/workspace/#{shopper.conversation_id}" in said


async def test_an_event_that_is_repeated_for_hours_is_answered_once(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, clock: Clock
) -> None:
    for _ in range(4):
        await ask(hub, bridge, FEISHU, feishu_call(sealed(feishu_message("ev7")), clock()))

    assert len(platforms.shown) == 1


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "plain"])
async def test_the_check_of_the_address_is_answered_in_both_forms(hub: Channels, is_sealed: bool) -> None:
    plain = json.dumps({"type": "url_verification", "challenge": "c-1", "token": fakes.VERIFICATION_TOKEN}).encode()

    response: Response = await call(hub, FEISHU, Call("POST", {}, {}, sealed(plain) if is_sealed else plain))

    assert json.loads(bytes(response.body)) == {"challenge": "c-1"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda now: feishu_call(sealed(feishu_message()), now, key="another key"),
        lambda now: feishu_call(sealed(feishu_message(), "another key"), now),
        lambda now: feishu_call(sealed(feishu_message(token="forged")), now),
        lambda now: feishu_call(sealed(feishu_message()), now - timedelta(minutes=6)),
        lambda now: feishu_call(feishu_message(), now),
        lambda now: Call("POST", {}, {}, sealed(feishu_message())),
        lambda now: Call("POST", {}, {}, b'{"type":"url_verification","token":"forged","challenge":"x"}'),
        lambda now: Call("POST", {}, {**feishu_call(sealed(b"{}"), now).headers}, sealed(feishu_message())),
    ],
    ids=["signed by another", "sealed by another", "token", "stale", "unsealed", "unsigned", "check", "other body"],
)
async def test_a_forged_call_is_refused_and_answers_nothing(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, clock: Clock, spoil: Any
) -> None:
    with pytest.raises(SignatureRefused):
        await call(hub, FEISHU, spoil(clock()))
    await bridge.background.settle()

    assert platforms.shown == []


async def test_a_token_that_feishu_refuses_is_renewed_once(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, clock: Clock
) -> None:
    await ask(hub, bridge, FEISHU, feishu_call(sealed(feishu_message("ev1")), clock()))
    platforms.codes = [99991663]

    await ask(hub, bridge, FEISHU, feishu_call(sealed(feishu_message("ev2")), clock()))

    assert [where for where, _ in platforms.shown] == ["om_ev1", "om_ev2"]
    assert platforms.token_fetches == 2


def test_the_vector_of_feishu_is_signed_and_opened() -> None:
    sealed_body = json.loads(VECTOR["raw_body"])["encrypt"]

    assert feishu.decrypt(sealed_body, VECTOR["encrypt_key"]).decode() == VECTOR["plain"]
    assert feishu.decrypt("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == b"hello world"


async def test_a_question_in_dingtalk_is_answered_at_its_session(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, base: str, clock: Clock
) -> None:
    for _ in range(2):
        await ask(hub, bridge, DINGTALK, dingtalk_call(base, clock()))

    [(session, said)] = platforms.shown
    assert session == "s1"
    assert "排队 0 人" in said


@pytest.mark.parametrize(("minutes", "is_taken"), [(59, True), (-59, True), (61, False), (-61, False)])
async def test_dingtalks_clock_may_differ_by_an_hour(
    hub: Channels, base: str, clock: Clock, minutes: int, is_taken: bool
) -> None:
    made = dingtalk_call(base, clock() + timedelta(minutes=minutes), sender="nobody")

    if is_taken:
        assert (await call(hub, DINGTALK, made)).status_code == 200
    else:
        with pytest.raises(SignatureRefused):
            await call(hub, DINGTALK, made)


async def test_an_answer_never_goes_to_an_address_that_is_not_dingtalks(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, base: str, clock: Clock
) -> None:
    with pytest.raises(RequestInvalid):
        await call(hub, DINGTALK, dingtalk_call(base, clock(), sessionWebhook="http://127.0.0.1:1/internal"))


async def test_who_is_not_on_the_list_is_not_answered(
    hub: Channels, bridge: Bridge, platforms: StaffPlatforms, base: str, clock: Clock
) -> None:
    await ask(hub, bridge, DINGTALK, dingtalk_call(base, clock(), sender="guest"))

    assert platforms.shown == []
