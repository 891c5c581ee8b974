"""Uploads: who may send what, who may see it, and how it is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from handoff_api.services.files import LARGEST
from tests.handoff_api.agents import SignedIn, sign_in
from tests.handoff_api.conftest import PASSWORD, SECRETS
from tests.handoff_api.pictures import HTML, PDF, SVG, picture


@pytest.fixture
def shopper(server: str) -> Iterator[httpx.Client]:
    with visitor(server) as client:
        yield client


@contextmanager
def visitor(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, trust_env=False, timeout=20) as client:
        token = client.post("/v1/visitors", json={"shop_id": "demo"}).json()["visitor_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def agent(server: str, database_url: str) -> Iterator[SignedIn]:
    with sign_in(server, database_url, "小李", PASSWORD) as signed_in:
        yield signed_in


def upload(client: httpx.Client, content: bytes = b"", name: str = "破损.jpg") -> httpx.Response:
    return client.post("/v1/shopper/files", content=content or picture(), headers={"X-File-Name": quote(name)})


def send(client: httpx.Client, *attachment_ids: str, text: str = "", client_id: str = "client-01") -> dict[str, Any]:
    frame = {
        "type": "message.send",
        "client_message_id": client_id,
        "text": text,
        "attachments": list(attachment_ids),
    }
    poll = client.post("/v1/shopper/poll", json={"commands": [frame]})
    answer: dict[str, Any] = poll.json()["frames"][0]
    return answer


def test_a_picture_goes_with_a_message_and_comes_back(shopper: httpx.Client) -> None:
    attachment = upload(shopper).json()
    accepted = send(shopper, attachment["attachment_id"])
    events = shopper.get("/v1/shopper/events", params={"after": 0}).json()["frames"]

    message = next(f["event"] for f in events if f["type"] == "event" and f["event"]["seq"] == accepted["seq"])
    assert message["body"]["attachments"] == [attachment]
    assert (attachment["kind"], attachment["name"], attachment["width"]) == ("picture", "破损.jpg", 60)


def test_sent_twice_it_is_said_once(shopper: httpx.Client) -> None:
    attachment_id = upload(shopper).json()["attachment_id"]

    first, second = send(shopper, attachment_id), send(shopper, attachment_id)
    again = send(shopper, attachment_id, client_id="client-02")

    assert first == second
    assert again["error"]["code"] == "file_not_found"


def test_it_is_served_so_that_it_can_do_nothing(shopper: httpx.Client) -> None:
    attachment_id = upload(shopper, name="<script>.jpg").json()["attachment_id"]

    for path in (f"/v1/files/{attachment_id}", f"/v1/files/{attachment_id}/thumbnail"):
        served = shopper.get(path)
        assert served.headers["content-type"] == "image/jpeg"
        assert served.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%3Cscript%3E.jpg")
        assert served.headers["x-content-type-options"] == "nosniff"
        assert served.headers["content-security-policy"].startswith("default-src 'none'")
        assert "sandbox" in served.headers["content-security-policy"]
        assert served.headers["cross-origin-resource-policy"] == "same-origin"


def test_only_the_conversations_own_people_see_it(server: str, shopper: httpx.Client, agent: SignedIn) -> None:
    attachment_id = upload(shopper).json()["attachment_id"]
    path = f"/v1/files/{attachment_id}"
    shop = {"Authorization": f"Bearer {SECRETS['shop_api_token']}"}

    with visitor(server) as stranger:
        assert stranger.get(path).status_code == 404
    assert httpx.get(server + path, trust_env=False).status_code == 401
    assert httpx.get(server + path, headers={"Authorization": "Bearer x"}, trust_env=False).status_code == 401
    assert httpx.get(server + path, headers=shop, trust_env=False).status_code == 200
    assert agent.get(path).status_code == 200


def test_nobody_sends_what_another_uploaded(server: str, shopper: httpx.Client) -> None:
    attachment_id = upload(shopper).json()["attachment_id"]

    with visitor(server) as stranger:
        assert send(stranger, attachment_id)["error"]["code"] == "file_not_found"


@pytest.mark.parametrize("content", [SVG, HTML, PDF])
def test_a_shopper_sends_pictures_only_whatever_they_are_called(shopper: httpx.Client, content: bytes) -> None:
    refused = upload(shopper, content, name="a.jpg")

    assert (refused.status_code, refused.json()["error"]["code"]) == (415, "file_refused")


def test_what_is_too_large_is_refused(shopper: httpx.Client) -> None:
    refused = upload(shopper, picture() + b"\0" * LARGEST)

    assert refused.status_code == 413


def test_a_blank_message_needs_a_picture(shopper: httpx.Client) -> None:
    assert send(shopper, text=" ")["error"]["code"] == "text_empty"


def test_an_agent_uploads_only_where_they_may_speak(shopper: httpx.Client, agent: SignedIn) -> None:
    opened = shopper.post("/v1/shopper/frames", json={"type": "hello", "token": ""}).json()["frames"][0]
    path = f"/v1/agent/conversations/{opened['conversation']['conversation_id']}/files"

    refused = agent.send("POST", path, content=picture())

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_your_conversation")
