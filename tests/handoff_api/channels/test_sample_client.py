"""The sample in the docs works as it stands, and the OpenAPI document says what the code does."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from handoff_api.app import create_app
from handoff_api.channels.webhook.openapi import document
from tests.fakes.webhook_app import KEYS
from tests.handoff_api.conftest import SettingsFor, free_port, serving
from tests.handoff_api.pictures import picture

SAMPLE = Path(__file__).resolve().parents[3] / "docs" / "channels" / "sample_client.py"


def test_the_sample_talks_with_a_running_bridge_and_shows_it_a_picture(
    settings_for: SettingsFor, tmp_path: Path
) -> None:
    port, own_port = free_port(), free_port()
    own = f"http://127.0.0.1:{own_port}/"
    account = {"kind": "webhook", "name": "app", "keys": KEYS, "deliver_url": own, "media_base": f"{own}media/"}
    file, photo = tmp_path / "channels.yml", tmp_path / "photo.jpg"
    file.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    photo.write_bytes(picture())

    with serving(create_app(settings_for(bridge_port=port, channels_file=file)), port) as url:
        address = {"SHOUHOU_URL": f"{url}/channels/webhook/app", "KEY": KEYS["k1"], "PORT": str(own_port)}
        command = [sys.executable, str(SAMPLE)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env={**os.environ, **address}, **pipes) as sample:  # type: ignore[call-overload]
            end = threading.Timer(60, sample.kill)
            end.start()
            said = shown(sample, "我的快递到哪了", until="收到：我的快递到哪了")
            answered = shown(sample, f"/picture {photo}", until="'choice': 'picture'")
            end.cancel()
            sample.stdin.close()

    assert "    1. 查物流\n" in said
    assert answered


def shown(sample: Any, line: str, until: str) -> list[str]:
    """What it prints after this line was typed, up to the one with these words."""
    sample.stdin.write(f"{line}\n")
    sample.stdin.flush()
    lines: list[str] = []
    for printed in sample.stdout:
        lines.append(printed)
        if until in printed:
            return lines
    raise AssertionError(f"never said: {lines}")


def test_the_document_names_both_directions() -> None:
    said = document()

    assert set(said["paths"]) == {"/channels/webhook/{name}"}
    assert set(said["webhooks"]) == {"deliver"}
    assert {"WebhookMessage", "WebhookDelivery", "WebhookAccepted"} <= set(said["components"]["schemas"])
