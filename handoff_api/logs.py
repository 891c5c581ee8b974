"""How this process logs: one line per event with its name and ids, JSON unless a person is looking. Every event is
counted by its name, so whatever is worth a line is also a number in `/metrics`."""

import sys
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import structlog

_counted: Counter[tuple[str, str]] = Counter()


def counted() -> dict[tuple[str, str], int]:
    """(event, level) → how often since the process began."""
    return dict(_counted)


def configure(*, is_terminal: bool | None = None) -> None:
    """Tracebacks without local variables: those hold what shoppers wrote."""
    is_terminal = sys.stdout.isatty() if is_terminal is None else is_terminal
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if is_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(processors=[structlog.processors.add_log_level, _count, stamp, *last])


def _count(_: Any, level: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    _counted[str(event.get("event", "")), level] += 1
    return event
