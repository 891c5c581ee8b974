"""The wait, honestly: an 80 % interval from what happened lately, or nothing at all.

Whoever stands in place p behind full desks waits for p conversations to end. With c desks and a mean handling time m
that takes p·m/c on average. How far it scatters depends on both: a few endings among many desks come as irregularly as
arrivals do, many endings at few desks as regularly as the handling times themselves. Between the two the wait is close
to a gamma distribution, whose quantiles are computed by Wilson and Hilferty's cube. What few samples leave open widens
the interval. `tests/handoff_api/domain/test_estimate.py` holds it against simulated days.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from contracts.events import QueuePlace

ENOUGH = 5
"""Fewer finished conversations than this say nothing about the next one."""

AT_ONCE = (0, 40)
"""A free agent gets the offer now and has 20 seconds to accept it; one refusal is allowed for."""

OUTER = 1.2816
"""Standard deviations that leave 10 % on each side."""

DRIFT_PER_HOUR = 0.045
"""How much of the wait's square becomes uncertain per hour, because agents come and go and urgent ones go first."""


@dataclass(frozen=True)
class Desks:
    """`slots` conversations are handled in parallel, `free_slots` of them idle; `handling_s`: how long recent ones took
    from the offer to the end."""

    slots: int
    free_slots: int
    handling_s: Sequence[float] = ()


def estimate(position: int, desks: Desks) -> QueuePlace:
    """The wait of place `position` (from 1)."""
    if desks.slots <= 0:
        return QueuePlace(position=position)
    if position <= desks.free_slots:
        return QueuePlace(position=position, wait_low_s=AT_ONCE[0], wait_high_s=AT_ONCE[1])
    if len(desks.handling_s) < ENOUGH:
        return QueuePlace(position=position)
    low, high = _interval(position - max(0, desks.free_slots), desks)
    return QueuePlace(position=position, wait_low_s=math.floor(low), wait_high_s=math.ceil(high))


def _interval(endings: int, desks: Desks) -> tuple[float, float]:
    mean_s = fmean(desks.handling_s)
    scatter = pvariance(desks.handling_s) / mean_s**2 if mean_s > 0 else 0.0
    wait_s = endings * mean_s / desks.slots
    unknown = scatter / len(desks.handling_s) + DRIFT_PER_HOUR * wait_s / 3600
    shape = 1 / (_irregularity(endings, desks.slots, scatter) / endings + unknown)
    return _quantile(wait_s, shape, -OUTER), _quantile(wait_s, shape, OUTER)


def _irregularity(endings: int, slots: int, scatter: float) -> float:
    """1: endings come like arrivals; `scatter`: they come like the handling times of one desk after the other."""
    rounds = endings / slots
    return (1 + rounds * scatter) / (1 + rounds)


def _quantile(mean: float, shape: float, deviations: float) -> float:
    cube = 1 - 1 / (9 * shape) + deviations * math.sqrt(1 / (9 * shape))
    return mean * max(0.0, cube) ** 3
