"""A store that is misspelt in `endpoints.yml`: stock Rasa takes its own and goes on, this bot is never ready."""

import asyncio
import json
import warnings
from types import SimpleNamespace
from typing import Any, Dict, Text, Tuple

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's and TensorFlow's own, at import
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.core.domain import Domain
    from rasa.utils.endpoints import EndpointConfig

    from bot.extensions.bridge_channel import BridgeInput

TOKEN = "t" * 32
RIGHT = "bot.extensions.tracker_memory.TrackerMemory"


def _asked_whether_ready(store: Text) -> Tuple[int, Dict[Text, Any]]:
    made = TrackerStore.create(EndpointConfig(type=store), domain=Domain.empty())
    processor = SimpleNamespace(tracker_store=made, model_metadata=SimpleNamespace(model_id="m"))
    agent = SimpleNamespace(processor=processor, is_ready=lambda: True)
    request: Any = SimpleNamespace(
        app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)), headers={"authorization": f"Bearer {TOKEN}"}
    )
    channel = BridgeInput(TOKEN)
    answer = asyncio.run(channel._guarded(channel._ready)(request))
    return answer.status, json.loads(answer.body or b"{}")


def test_with_our_store_it_is_ready() -> None:
    assert _asked_whether_ready(RIGHT) == (200, {"ready": True, "model": "m"})


@pytest.mark.parametrize("misspelt", [RIGHT + "s", "bot.extensions.tracker_memry.TrackerMemory", "redsi"])
def test_with_a_misspelt_one_it_never_is(misspelt: Text, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(UserWarning, match="racker|endpoint"):  # all that Rasa does about it
        status, body = _asked_whether_ready(misspelt)

    assert (status, body["error"]["code"]) == (503, "bot_failed")
    assert "tracker_store in bot/endpoints.yml must be TrackerMemory" in caplog.text
