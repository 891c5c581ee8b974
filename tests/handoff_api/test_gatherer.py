"""Together what comes together, and to everybody their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from handoff_api.gatherer import Gatherer, Shared


class Work:
    """Doubles numbers; refuses odd ones; fails as a whole where a batch holds 0. It waits for `gate`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, wishes: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(wishes))
        await self.gate.wait()
        if 0 in wishes:
            raise ConnectionError
        return [ValueError(wish) if wish % 2 else wish * 2 for wish in wishes]


async def test_one_alone_is_done_at_once() -> None:
    work = Work()

    assert await Gatherer(work, apart_s=60).do(4) == 8

    assert work.batches == [[4]]


async def test_what_comes_during_a_batch_is_the_next_in_order_and_never_too_large() -> None:
    work = Work()
    gatherer = Gatherer(work, largest=3)
    work.gate.clear()
    first = asyncio.create_task(gatherer.do(2))
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(gatherer.do(number)) for number in (4, 6, 8, 10)]
    await asyncio.sleep(0.01)

    work.gate.set()

    assert await asyncio.gather(first, *later) == [4, 8, 12, 16, 20]
    assert work.batches == [[2], [4, 6, 8], [10]]


async def test_a_refusal_is_for_the_one_who_is_refused() -> None:
    gatherer = Gatherer(Work())

    answers = await asyncio.gather(*(gatherer.do(number) for number in (2, 3, 4)), return_exceptions=True)

    assert [answers[0], answers[2]] == [4, 8]
    assert isinstance(answers[1], ValueError)


async def test_a_batch_that_fails_fails_all_of_it_and_nothing_after_it() -> None:
    gatherer = Gatherer(Work(), largest=2)

    answers = await asyncio.gather(*(gatherer.do(number) for number in (2, 0, 4, 6)), return_exceptions=True)

    assert [type(each) for each in answers[:2]] == [ConnectionError, ConnectionError]
    assert answers[2:] == [8, 12]


async def test_what_was_asked_for_is_done_though_the_asker_is_gone() -> None:
    work = Work()
    gatherer = Gatherer(work)
    work.gate.clear()
    gone = asyncio.create_task(gatherer.do(2))
    waits = asyncio.create_task(gatherer.do(4))
    await asyncio.sleep(0.01)

    gone.cancel()
    work.gate.set()

    assert await waits == 8
    assert work.batches == [[2, 4]]
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_much_is_done_in_few_batches() -> None:
    work = Work()
    gatherer = Gatherer(work, apart_s=0.2)

    async def one(number: int) -> int:
        await asyncio.sleep(number / 1000)
        return await gatherer.do(number)

    await asyncio.gather(*(one(number) for number in range(2, 42, 2)))

    assert len(work.batches) <= 3
    assert sorted(number for batch in work.batches for number in batch) == list(range(2, 42, 2))


async def test_who_asks_while_it_is_made_is_given_the_next() -> None:
    made = 0

    async def make() -> int:
        nonlocal made
        made += 1
        mine = made
        await asyncio.sleep(0.01)
        return mine

    shared = Shared(make)
    first = asyncio.create_task(shared.get())
    await asyncio.sleep(0.002)
    later = [asyncio.create_task(shared.get()) for _ in range(300)]

    assert await first == 1
    assert set(await asyncio.gather(*later)) == {2}
