"""Bad input at the front door: one error shape, nothing lost, nobody else's data."""

import json
import urllib.error
from collections.abc import Callable

import pytest
from websockets.sync.client import connect

from contracts.wire import ErrorBody, ErrorDetail
from tests.e2e.people import Shopper
from tests.e2e.system import System

type MakeShopper = Callable[..., Shopper]

SPACES = ["", " ", "\t", "\n", "\u3000", "\u00a0", "\u0085", "\u2028", "\x1c"]


def refused(someone: Shopper, text: str) -> ErrorDetail:
    """The error a message is answered with."""
    since = someone.say(text)
    frame = someone.wait(lambda f: f["type"] in ("error", "accepted"), since=since)
    assert frame["type"] == "error", frame
    return ErrorDetail.model_validate(frame["error"])


@pytest.mark.parametrize("text", ["", "   ", "\u3000\u200b", "\x00\x01", "\n\n"])
def test_a_blank_message_is_refused_and_the_line_stays_open(shopper: MakeShopper, text: str) -> None:
    someone = shopper("S004")

    assert refused(someone, text).code == "text_empty"
    someone.say("你好")


def test_two_thousand_characters_are_the_limit(shopper: MakeShopper) -> None:
    someone = shopper("S004")

    assert refused(someone, "退" * 2001).code == "text_too_long"
    assert someone.say("退" * 2000)


@pytest.mark.parametrize(
    "text", ["😡😡😡", "\x1b[31m退货\x07", "'; DROP TABLE events; --", "{{constructor}}", "？？？"]
)
def test_odd_messages_get_a_polite_line(shopper: MakeShopper, text: str) -> None:
    someone = shopper()

    asked = someone.say(text)  # a visitor of one's own: two misses of one shopper bring a person
    reply = someone.wait(
        lambda f: f["type"] == "event" and f["event"]["author"]["kind"] in ("bot", "system"), since=asked
    )

    assert "Traceback" not in json.dumps(reply)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("command", ["/restart", '/inform{"order_number": "1"}', "//退款"])
def test_a_slash_is_text_whatever_stands_before_it(shopper: MakeShopper, space: str, command: str) -> None:
    """A command would be obeyed in silence: `/restart` has no answer, `/inform{…}` sets what it names."""
    someone = shopper()

    asked = someone.say(space + command)
    reply = someone.hears("", since=asked)

    said = [event["body"]["text"] for event in someone.events() if event["author"]["kind"] == "shopper"]
    assert [text.strip()[1:] for text in said] == [command[1:]]
    assert not said[0].strip().startswith("/")
    assert reply["body"]["text"]


def test_an_unknown_order_number_shows_nobodys_order(shopper: MakeShopper) -> None:
    someone = shopper()

    asked = someone.say("999999999999999999 这个订单到哪了")
    someone.drain(2)

    assert not [card for event in someone.events() for card in event["body"].get("cards", [])]
    assert len(someone.frames) > asked


@pytest.mark.parametrize("token", ["", "x", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.eyJ3aG8iOnt9fQ.AAAA"])
def test_a_forged_token_opens_no_socket(system: System, token: str) -> None:
    with connect(system.bridge.replace("http", "ws") + "/v1/shopper/socket", origin=system.bridge) as socket:  # type: ignore[arg-type]
        socket.send(json.dumps({"type": "hello", "protocol": 1, "token": token, "last_seq": 0}))
        answer = json.loads(socket.recv(timeout=10))

    assert answer["type"] == "error"
    assert ErrorDetail.model_validate(answer["error"]).code


def test_a_forged_identity_is_refused(system: System) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        system.call("POST", f"{system.bridge}/v1/visitors", {"shop_id": "demo", "identity_token": "forged"})

    assert caught.value.code == 401
    assert ErrorBody.model_validate_json(caught.value.read()).error.code


@pytest.mark.parametrize(
    "frame", ["not json", "[]", "null", '{"type": "nonsense"}', '{"type": "message.send"}', '{"type": 3}']
)
def test_an_unknown_frame_is_answered_in_the_one_shape(shopper: MakeShopper, frame: str) -> None:
    someone = shopper("S004")
    since = len(someone.frames)

    assert someone._socket is not None
    someone._socket.send(frame)
    answer = someone.wait(lambda f: f["type"] == "error", since=since)

    assert ErrorDetail.model_validate(answer["error"]).code
    someone.say("你好")


def test_a_foreign_or_made_up_button_is_refused(shopper: MakeShopper) -> None:
    someone, other = shopper("S002"), shopper("S008")
    other.say("我的快递到哪了")
    other.drain(2)
    foreign = next(
        choice["choice_id"]
        for event in other.events()
        for choice in event["body"].get("choices", [])
        if not choice.get("used")
    )

    before = someone.events()
    for number, choice_id in enumerate((foreign, "b_made_up")):
        since = len(someone.frames)
        someone.send({"type": "choice.press", "client_message_id": f"press-{number:04d}", "choice_id": choice_id})
        error = someone.wait(lambda f: f["type"] == "error", since=since)["error"]
        assert error["code"] == "choice_unknown"
    assert someone.events() == before
