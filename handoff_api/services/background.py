"""Work that goes on after an answer was given. The edge of the process: a surprise here is logged, never lost."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()


class Background:
    """Keeps the tasks alive and ends them with the process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        try:
            await work
        except Exception as error:  # the edge: whatever it was, the sweeps of the worker try again
            log.error("background.failed", task=name, error=type(error).__name__, exc_info=True)

    async def settle(self) -> None:
        """Wait until nothing is left to do; for tests and for a clean end."""
        while tasks := [task for task in self._tasks if task is not asyncio.current_task()]:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
