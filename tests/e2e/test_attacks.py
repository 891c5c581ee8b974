"""People who do not keep to the rules: the wrong page, the wrong moment, the wrong hands, and ears at the logs."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from contracts.notices import sign_notice
from contracts.wire import ErrorBody
from tests.e2e.people import Agent, Frame, Shopper
from tests.e2e.system import System

type MakeShopper = Callable[..., Shopper]
type MakeAgent = Callable[..., Agent]

CANARY, PHONE, IDENTITY_NUMBER = "金丝雀七七四十九", "13912345678", "110101199003078515"


def an_id() -> str:
    return uuid.uuid4().hex


def answers(person: Shopper | Agent, frame: Frame) -> list[str]:
    """What this frame is answered with: `accepted`, or the code of the error."""
    since = len(person.frames)
    person.send(frame)
    person.drain(1.5)
    shown = [f for f in person.frames[since:] if f["type"] in ("accepted", "error")]
    return [f["error"]["code"] if f["type"] == "error" else "accepted" for f in shown]


def away(person: Agent) -> Agent:
    """Here, but offered nothing: what happens is what they do by hand."""
    person.turn("away")
    return person


def claim(person: Agent, conversation_id: str) -> list[str]:
    epoch = person.epoch_of(conversation_id)
    return answers(person, {"type": "conversation.claim", "conversation_id": conversation_id, "epoch": epoch})


# --- the wrong hands ----------------------------------------------------------------------------------------------
def test_of_two_agents_who_claim_at_once_one_gets_the_conversation(shopper: MakeShopper, agent: MakeAgent) -> None:
    someone, rivals = shopper("S003"), [away(agent("xiaolin")), away(agent("xiaozhou"))]
    someone.ask_for_person()
    for rival in rivals:
        rival.row(someone.conversation_id, "queued")

    with ThreadPoolExecutor() as pool:
        refusals = list(pool.map(lambda rival: claim(rival, someone.conversation_id), rivals))

    assert sorted(map(len, refusals)) == [0, 1]
    assert {code for codes in refusals for code in codes} <= {"stale_epoch", "illegal_step"}
    owners = {rival.row(someone.conversation_id, "active")["agent_id"] for rival in rivals}
    assert len(owners) == 1


def test_a_colleague_may_read_but_not_speak_and_an_old_epoch_is_refused(shopper: MakeShopper, agent: MakeAgent) -> None:
    someone, owner, colleague = shopper("S005"), away(agent("xiaolin")), away(agent("xiaozhou"))
    someone.ask_for_person()
    owner.row(someone.conversation_id, "queued")
    assert claim(owner, someone.conversation_id) == []
    owner.row(someone.conversation_id, "active")
    epoch = owner.epoch_of(someone.conversation_id)
    words = {"type": "message.send", "conversation_id": someone.conversation_id, "text": "不该出现的话"}

    stale = answers(owner, {**words, "client_message_id": an_id(), "epoch": epoch - 1})
    foreign = answers(colleague, {**words, "client_message_id": an_id(), "epoch": epoch})
    colleague.open(someone.conversation_id)
    someone.drain()

    assert stale == ["stale_epoch"]
    assert foreign == ["not_your_conversation"]
    assert "不该出现的话" not in str(someone.events())


def test_a_button_pressed_in_two_tabs_is_pressed_once(shopper: MakeShopper) -> None:
    tabs = [shopper("S010"), shopper("S010")]
    choices = [choice for event in tabs[0].events() for choice in event["body"].get("choices", [])]
    choice_id = next(choice["choice_id"] for choice in choices if not choice["used"])

    def press(tab: Shopper) -> list[str]:
        return answers(tab, {"type": "choice.press", "client_message_id": an_id(), "choice_id": choice_id})

    with ThreadPoolExecutor() as pool:
        got = sorted(code for codes in pool.map(press, tabs) for code in codes)

    assert got == ["accepted", "choice_unknown"]


# --- the wrong page -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/v1/shopper/socket", "/v1/agent/socket"])
@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "{bridge}.evil.example", "{bridge}/"])
def test_a_page_of_another_origin_is_told_so_and_closed(system: System, path: str, origin: str | None) -> None:
    wanted = origin and origin.format(bridge=system.bridge)

    with connect(system.bridge.replace("http", "ws") + path, origin=wanted) as socket:  # type: ignore[arg-type]
        answer = json.loads(socket.recv(timeout=10))
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)

    assert answer["error"]["code"] == "origin_refused"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "{shop}"])
def test_another_page_gets_no_ticket_with_an_agents_cookie(system: System, agent: MakeAgent, origin: str) -> None:
    person = away(agent())
    headers = {"Content-Type": "application/json", "Origin": origin.format(shop=system.shop)}
    request = urllib.request.Request(system.bridge + "/v1/agent/socket-tickets", data=b"{}", headers=headers)

    with pytest.raises(urllib.error.HTTPError) as caught:
        person._web.open(request, timeout=10)

    assert refused_with(caught.value) == "origin_refused"


# --- the wrong moment ---------------------------------------------------------------------------------------------
def test_a_notice_is_believed_with_a_fresh_signature_and_said_once(system: System) -> None:
    secret, now = system.environment["NOTICE_SECRET"], datetime.now(UTC)
    body = json.dumps(_notice(system)).encode()

    def told(signed_at: datetime, sent: bytes = body) -> str | bool:
        headers = {"Content-Type": "application/json", **sign_notice(body, secret, now=signed_at)}
        request = urllib.request.Request(system.bridge + "/v1/notices", data=sent, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return bool(json.load(reply)["is_new"])
        except urllib.error.HTTPError as error:
            return refused_with(error)

    assert told(now - timedelta(minutes=6)) == "notice_refused"
    assert told(now + timedelta(minutes=6)) == "notice_refused"
    assert told(now, body + b" ") == "notice_refused"
    assert [told(now), told(now)] == [True, False]


def _notice(system: System) -> Frame:
    at = datetime.now(UTC).isoformat()
    case = {
        "case_id": "AS000000000000", "type": "return_refund", "status": "refunding", "line_id": "L1",
        "order_number": "880000000000000000", "title": "测试商品", "quantity": 1, "reason": "size", "version": 1,
        "next_step": "退款正在处理", "waiting_for": "shop", "created_at": at,
    }  # fmt: skip
    return {"notice_id": an_id(), "shop_id": "demo", "shopper_id": "S010", "case": case, "text": "退款正在处理"}


# --- one shape, no traces -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nope"),
        ("PUT", "/v1/visitors"),
        ("GET", "/v1/agent/me"),
        ("GET", "/v1/shopper/events"),
        ("GET", "/docs/nope.js"),
        ("GET", "/chat/%2e%2e/%2e%2e/package.json"),
    ],
)
def test_the_bridge_refuses_in_the_one_shape(system: System, method: str, path: str) -> None:
    assert refusal(system.bridge + path, method)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/orders"), ("GET", "/v1/nope"), ("DELETE", "/v1/cases"), ("GET", "/..%2f..%2fetc/passwd")],
)
def test_the_shop_refuses_in_the_one_shape(system: System, method: str, path: str) -> None:
    assert refusal(system.shop + path, method)


def refusal(url: str, method: str) -> str:
    """The code of the error this call is answered with."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10)
    return refused_with(caught.value)


def refused_with(error: urllib.error.HTTPError) -> str:
    with error:
        body = error.read()
    assert b"Traceback" not in body
    return ErrorBody.model_validate_json(body).error.code


def test_what_a_shopper_wrote_and_who_they_are_stand_in_no_log(
    shopper: MakeShopper, agent: MakeAgent, system: System
) -> None:
    someone, person = shopper("S009"), agent()
    asked = someone.say(f"{CANARY}，电话{PHONE}，身份证{IDENTITY_NUMBER}，我的换货到哪一步了")
    someone.drain(2)
    someone.ask_for_person()
    person.take(someone.conversation_id)
    person.say(someone.conversation_id, CANARY)
    someone.hears(CANARY, since=asked, by="agent")

    secrets = [value for name, value in system.environment.items() if name.endswith(("_SECRET", "_TOKEN"))]
    forbidden = [CANARY, PHONE, IDENTITY_NUMBER, someone.token, *secrets]
    found = [
        (log.name, number)
        for log in sorted((system.folder / "var" / "log").glob("*.log"))
        for number, word in enumerate(forbidden)
        if word in log.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []
