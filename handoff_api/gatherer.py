"""Doing together what is asked for at the same time.

Rule 1. Nobody waits for company where little is asked for: one alone is done at once. What comes while a batch is under
        way is the next batch; two batches begin at least `apart_s` apart, so that much that is asked for is done in
        few of them.
Rule 2. Whoever asks gets their own answer or their own error; a batch that fails as a whole fails each of them.
Rule 3. What was asked for is done even if the asker is gone.
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

LARGEST = 64


class Gatherer[Wish, Answer]:
    """`work` answers wishes in their order, an error standing for itself in the place of an answer."""

    def __init__(
        self,
        work: Callable[[Sequence[Wish]], Awaitable[Sequence[Answer | Exception]]],
        *,
        largest: int = LARGEST,
        apart_s: float = 0.0,
    ) -> None:
        self._work = work
        self._largest = largest
        self._apart_s = apart_s
        self._began_s = 0.0
        self._wishes: deque[tuple[Wish, asyncio.Future[Answer]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def do(self, wish: Wish) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._wishes.append((wish, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work_off())
        return await answer

    async def _work_off(self) -> None:
        while self._wishes:
            early_s = self._began_s + self._apart_s - time.monotonic()
            if early_s > 0 and len(self._wishes) < self._largest:
                await asyncio.sleep(early_s)
            self._began_s = time.monotonic()
            batch = [self._wishes.popleft() for _ in range(min(self._largest, len(self._wishes)))]
            try:
                answers = await self._work([wish for wish, _ in batch])
            except Exception as error:  # it belongs to those who asked
                answers = [error] * len(batch)
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if waiting.done():
                    continue
                if isinstance(answer, Exception):
                    waiting.set_exception(answer)
                else:
                    waiting.set_result(answer)


class Shared[Answer]:
    """One and the same answer for all who ask at the same moment: who asks while it is being made waits for the next,
    which is made after they asked."""

    def __init__(self, make: Callable[[], Awaitable[Answer]]) -> None:
        self._make = make
        self._gatherer = Gatherer[None, Answer](self._work, largest=sys.maxsize)

    async def get(self) -> Answer:
        return await self._gatherer.do(None)

    async def _work(self, asked: Sequence[None]) -> Sequence[Answer]:
        return [await self._make()] * len(asked)
