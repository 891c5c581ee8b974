"""The sample in the docs works as it stands, and the OpenAPI document says what the code does."""

import json
import os
import subprocess
import sys
from pathlib import Path

from handoff_api.app import create_app
from handoff_api.channels.webhook.openapi import document
from tests.fakes.webhook_app import KEYS
from tests.handoff_api.conftest import SettingsFor, free_port, serving

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "channels" / "sample_client.py"


def test_the_sample_talks_with_a_running_bridge(settings_for: SettingsFor, tmp_path: Path) -> None:
    port, own_port = free_port(), free_port()
    account = {"kind": "webhook", "name": "app", "keys": KEYS, "deliver_url": f"http://127.0.0.1:{own_port}/"}
    file = tmp_path / "channels.yml"
    file.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")

    with serving(create_app(settings_for(bridge_port=port, channels_file=file)), port) as url:
        environment = {
            **os.environ,
            "SHOUHOU_URL": f"{url}/channels/webhook/app",
            "KEY": KEYS["k1"],
            "PORT": str(own_port),
            "LINGER_S": "4",
        }
        done = subprocess.run(
            [sys.executable, str(SAMPLE)],
            input="我的快递到哪了\n",
            env=environment,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    assert "[bot] 收到：我的快递到哪了" in done.stdout
    assert "1. 查物流" in done.stdout


def test_the_document_names_both_directions() -> None:
    said = document()

    assert set(said["paths"]) == {"/channels/webhook/{name}"}
    assert set(said["webhooks"]) == {"deliver"}
    assert {"WebhookMessage", "WebhookDelivery", "WebhookAccepted"} <= set(said["components"]["schemas"])
