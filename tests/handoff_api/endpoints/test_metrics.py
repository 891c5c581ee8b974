"""Numbers for Prometheus: for this machine, or for who has the token; never an id."""

import re
from pathlib import Path

import httpx
import pytest

from handoff_api.app import create_app
from tests.handoff_api.conftest import SettingsFor, free_port, serving
from tests.handoff_api.sockets.test_shopper import new_visitor, tab


def read(url: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{url}/metrics", headers=headers, trust_env=False)


def test_what_happened_is_counted(server: str) -> None:
    token = new_visitor(server)
    with tab(server, token) as shopper:
        shopper.until("welcome")
        shopper.send({"type": "message.send", "client_message_id": "client-01", "text": "你好"})
        shopper.until("accepted")
        shopper.send({"type": "message.send", "client_message_id": "client-02", "text": " "})
        shopper.until("error")

        text = read(server).text

    assert 'shouhou_connections{kind="shopper"} 1' in text
    assert 'shouhou_conversations{status="bot"} 1' in text
    assert 'shouhou_messages_accepted_total{side="shopper"} 1' in text
    assert 'shouhou_commands_refused_total{code="text_empty"} 1' in text
    assert "shouhou_accept_seconds_count 1" in text
    assert "shouhou_redis_up 1" in text


def test_every_line_is_one_prometheus_can_read(server: str) -> None:
    response = read(server)

    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in response.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+.e0-9]+', line), line


def test_every_metric_is_explained(server: str) -> None:
    page = Path("docs/operations.md").read_text()

    names = re.findall(r"^# TYPE (\S+)", read(server).text, re.MULTILINE)

    assert len(names) > 15
    assert [name for name in names if f"`{name}" not in page] == []


@pytest.mark.parametrize(
    ("changes", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "203.0.113.5"}, 403),
        ({"trusted_proxy": True}, {}, 403),
        ({"public_url": "https://service.example"}, {}, 403),
        ({"trusted_proxy": True, "metrics_token": "m-token"}, {"Authorization": "Bearer wrong"}, 403),
        ({"trusted_proxy": True, "metrics_token": "m-token"}, {"Authorization": "Bearer m-token"}, 200),
        ({"trusted_proxy": True, "metrics_token": ""}, {"Authorization": "Bearer"}, 403),
    ],
)
def test_who_may_read_them(
    settings_for: SettingsFor, changes: dict[str, object], headers: dict[str, str], status: int
) -> None:
    port = free_port()
    with serving(create_app(settings_for(bridge_port=port, **changes)), port) as url:
        assert read(url, **headers).status_code == status
