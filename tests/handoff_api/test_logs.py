"""One JSON line per event, counted by name, without what local variables hold."""

import json
from collections.abc import Iterator

import pytest
import structlog

from handoff_api import logs


@pytest.fixture(autouse=True)
def as_in_production() -> Iterator[None]:
    logs.configure(is_terminal=False)
    yield
    structlog.reset_defaults()


def test_an_event_is_one_line_and_one_more_in_its_count(capsys: pytest.CaptureFixture[str]) -> None:
    before = logs.counted().get(("conversation.offered", "info"), 0)

    structlog.get_logger().info("conversation.offered", conversation_id="c_1")

    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["level"], line["conversation_id"]) == ("conversation.offered", "info", "c_1")
    assert line["timestamp"].endswith("Z")
    assert logs.counted()["conversation.offered", "info"] == before + 1


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], is_terminal: bool) -> None:
    logs.configure(is_terminal=is_terminal)
    text = "我的电话" + "13800138000"
    try:
        raise ValueError(len(text))
    except ValueError:
        structlog.get_logger().error("sweep.failed", exc_info=True)

    shown = capsys.readouterr().out
    assert "ValueError" in shown
    assert "13800138000" not in shown
