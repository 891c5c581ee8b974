"""The web parts are served under strict policies; no file outside them is reachable."""

from pathlib import Path

import httpx
import pytest

from handoff_api.app import create_app
from tests.handoff_api.conftest import SettingsFor, free_port, serving


@pytest.fixture
def web(tmp_path: Path) -> Path:
    for path, text in {
        "workspace/dist/index.html": "desk",
        "workspace/dist/assets/app.js": "js",
        "widget/dist/widget.js": "widget",
        "widget/dist/widget.d.ts": "types",
        "widget/dist/chat/index.html": "chat",
        "widget/dist/options/index.html": "options",
        "secret.txt": "secret",
    }.items():
        file = tmp_path / "web" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "web"


def test_each_part_is_served_under_its_policy(settings_for: SettingsFor, web: Path) -> None:
    port = free_port()
    with (
        serving(create_app(settings_for(web_dir=web, bridge_port=port)), port) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        desk, route, chat = (client.get(path) for path in ("/workspace/", "/workspace/c/c_1", "/chat/"))
        script, asset = client.get("/widget.js"), client.get("/workspace/assets/app.js")
        types, options = client.get("/widget.d.ts"), client.get("/widget-options/")
        outside = client.get("/workspace/..%2f..%2fsecret.txt")

    assert (desk.text, route.text, chat.text, script.text) == ("desk", "desk", "chat", "widget")
    assert (types.text, options.text) == ("types", "options")
    assert {each.headers["cross-origin-resource-policy"] for each in (script, types)} == {"cross-origin"}
    assert "frame-ancestors 'none'" in options.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in desk.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://store.example" in chat.headers["content-security-policy"]
    assert "script-src 'self';" in chat.headers["content-security-policy"]
    assert {response.headers["x-content-type-options"] for response in (desk, chat, script)} == {"nosniff"}
    assert "immutable" in asset.headers["cache-control"]
    assert outside.status_code == 404
