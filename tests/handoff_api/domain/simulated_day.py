"""A day at the desks: shoppers in waves, shifts, long and short conversations, slow accepts, urgent ones first.

Nothing of the estimate's own reasoning is in here: only arrivals, desks and a queue.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.events import QueuePlace
from handoff_api.domain.estimate import Desks, estimate

OPENS_S, CLOSES_S = 9 * 3600.0, 21 * 3600.0
RECENT = 60
URGENT_SHARE, URGENT_BOOST_S = 0.04, 180.0
SHIFTS = ((9.0, 6), (11.0, 10), (13.0, 8), (18.0, 12), (20.0, 7))
"""From this hour on, so many conversations in parallel."""


@dataclass(frozen=True)
class Guess:
    """What a shopper who had to wait was told, and what came."""

    place: QueuePlace
    waited_s: float

    @property
    def holds(self) -> bool:
        low, high = self.place.wait_low_s, self.place.wait_high_s
        return low is not None and high is not None and low <= self.waited_s <= high


def slots_at(now_s: float) -> int:
    return next(slots for hour, slots in reversed(SHIFTS) if now_s >= hour * 3600)


def rate_at(now_s: float, load: float) -> float:
    """Arrivals per second: busy before noon and in the evening, and beyond what the desks can take at the peaks."""
    hour = now_s / 3600
    wave = 0.8 + (0.32 if 10 <= hour < 12 else 0.0) + (0.3 if 19 <= hour < 20.5 else 0.0)
    return load * wave * slots_at(now_s) / 420


def conversation_s(dice: random.Random) -> float:
    """Lognormal, seven minutes on average, plus the seconds until the offer is accepted."""
    return dice.lognormvariate(5.78, 0.72) + dice.uniform(2, 18)


def arrivals(dice: random.Random, load: float) -> Iterator[float]:
    now_s, fastest = OPENS_S, load * 1.2 * 12 / 420
    while (now_s := now_s + dice.expovariate(fastest)) < CLOSES_S:
        if dice.random() < rate_at(now_s, load) / fastest:
            yield now_s


Estimate = Callable[[int, Desks], QueuePlace]


def simulate(seed: int, *, load: float = 1.0, told: Estimate = estimate) -> list[Guess]:
    """One day. Only who had to wait is counted: an offer at once is no estimate."""
    dice = random.Random(seed)
    running: list[float] = []
    queue: list[tuple[float, int, float, QueuePlace]] = []
    handled: deque[tuple[float, float]] = deque(maxlen=RECENT)
    ends: list[tuple[float, float]] = []
    guesses: list[Guess] = []

    def fill(now_s: float) -> None:
        while queue and len(running) < slots_at(now_s):
            _, _, came_s, place = heapq.heappop(queue)
            if place.wait_high_s is not None and place.wait_high_s > 0:
                guesses.append(Guess(place, now_s - came_s))
            took_s = conversation_s(dice)
            heapq.heappush(running, now_s + took_s)
            heapq.heappush(ends, (now_s + took_s, took_s))

    def run_until(now_s: float) -> None:
        while running and running[0] <= now_s:
            done_s = heapq.heappop(running)
            fill(done_s)
        while ends and ends[0][0] <= now_s:
            handled.append(heapq.heappop(ends))

    for number, now_s in enumerate(arrivals(dice, load)):
        run_until(now_s)
        fill(now_s)
        rank = now_s - (URGENT_BOOST_S if dice.random() < URGENT_SHARE else 0.0)
        position = 1 + sum(1 for entry in queue if entry[0] < rank)
        slots = slots_at(now_s)
        desks = Desks(slots, max(0, slots - len(running)), [took for _, took in handled])
        place = told(position, desks) if desks.free_slots == 0 else QueuePlace(position=position)
        heapq.heappush(queue, (rank, number, now_s, place))
        fill(now_s)
    run_until(CLOSES_S + 6 * 3600)
    return guesses
