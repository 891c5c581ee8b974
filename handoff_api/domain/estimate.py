"""The wait, honestly: an interval from what happened lately, or nothing at all."""

from collections.abc import Sequence

from contracts.events import QueuePlace

ENOUGH = 3
"""Fewer finished conversations than this say nothing about the next one."""

AT_ONCE = (0, 40)
"""A free agent gets the offer now and has 20 seconds to accept it; one refusal is allowed for."""


def estimate(position: int, *, slots: int, free_slots: int, handling_s: Sequence[float]) -> QueuePlace:
    """Place `position` (from 1) with `slots` conversations handled in parallel, `free_slots` of them idle.

    handling_s: how long recent conversations took. Half and one and a half times the mean wait are said,
    because handling times scatter by about that much.
    """
    if slots <= 0:
        return QueuePlace(position=position)
    if position <= free_slots:
        return QueuePlace(position=position, wait_low_s=AT_ONCE[0], wait_high_s=AT_ONCE[1])
    if len(handling_s) < ENOUGH:
        return QueuePlace(position=position)
    mean_s = sum(handling_s) / len(handling_s)
    wait_s = (position - free_slots) * mean_s / slots
    return QueuePlace(position=position, wait_low_s=round(wait_s * 0.5), wait_high_s=round(wait_s * 1.5) + 1)
