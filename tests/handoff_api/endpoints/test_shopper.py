"""The long poll says what the socket says."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

Frame = dict[str, Any]


@pytest.fixture
def shopper(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, trust_env=False, timeout=20) as client:
        token = client.post("/v1/visitors", json={"shop_id": "demo"}).json()["visitor_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def poll(client: httpx.Client, *commands: Frame, last_seq: int = 0, wait_s: float = 0) -> list[Frame]:
    answer = client.post("/v1/shopper/poll", json={"last_seq": last_seq, "wait_s": wait_s, "commands": commands})
    frames: list[Frame] = answer.json()["frames"]
    return frames


def said(text: str, client_id: str = "client-01") -> Frame:
    return {"type": "message.send", "client_message_id": client_id, "text": text}


def test_a_hello_is_welcomed_without_its_token(shopper: httpx.Client) -> None:
    [welcome] = poll(shopper, {"type": "hello", "protocol": 1, "last_seq": 0})

    assert welcome["type"] == "welcome"
    assert len(welcome["events"]) == 1


def test_a_message_is_accepted_and_its_answer_waited_for(shopper: httpx.Client) -> None:
    accepted = poll(shopper, said("你好"))[0]
    frames: list[Frame] = []
    while len([frame for frame in frames if frame["type"] == "event"]) < 1:
        frames = poll(shopper, last_seq=2, wait_s=10)

    event = next(frame["event"] for frame in frames if frame["type"] == "event")
    assert (accepted["type"], accepted["seq"]) == ("accepted", 2)
    assert (event["seq"], event["body"]["text"]) == (3, "收到：你好")
    assert frames[-1]["type"] == "conversation"


def test_one_bad_command_spoils_no_other(shopper: httpx.Client) -> None:
    frames = poll(shopper, said(" "), {"type": "unknown"}, said("你好", "client-02"))

    assert [frame["type"] for frame in frames[:3]] == ["error", "error", "accepted"]
    assert [frame["error"]["code"] for frame in frames[:2]] == ["text_empty", "frame_unknown"]


def test_a_single_frame_is_refused_by_status(shopper: httpx.Client) -> None:
    refused = shopper.post("/v1/shopper/frames", json=said("好" * 2001))
    taken = shopper.post("/v1/shopper/frames", json=said("你好"))

    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "text_too_long")
    assert taken.json()["frames"][0]["type"] == "accepted"


def test_events_come_after_a_seq(shopper: httpx.Client) -> None:
    frames = shopper.get("/v1/shopper/events", params={"after": 0}).json()["frames"]

    assert [frame["type"] for frame in frames] == ["event", "conversation"]
