"""What this process has counted since its start, for Prometheus. Numbers only, never an id."""

from bisect import bisect_left
from collections import Counter

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Tally:
    def __init__(self) -> None:
        self._accepted: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._buckets = [0] * (len(BOUNDS_S) + 1)
        self._seconds = 0.0

    def accepted(self, side: str, took_s: float) -> None:
        """A message of `side` is in the record; `took_s` from its arrival to the commit."""
        self._accepted[side] += 1
        self._buckets[bisect_left(BOUNDS_S, took_s)] += 1
        self._seconds += took_s

    def refused(self, code: str) -> None:
        self._refused[code] += 1

    def lines(self) -> list[str]:
        """In Prometheus' text format."""
        lines = ["# TYPE shouhou_messages_accepted_total counter"]
        lines += [f'shouhou_messages_accepted_total{{side="{side}"}} {n}' for side, n in sorted(self._accepted.items())]
        lines.append("# TYPE shouhou_commands_refused_total counter")
        lines += [f'shouhou_commands_refused_total{{code="{code}"}} {n}' for code, n in sorted(self._refused.items())]
        return lines + self._histogram("shouhou_accept_seconds")

    def _histogram(self, name: str) -> list[str]:
        lines, passed = [f"# TYPE {name} histogram"], 0
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self._buckets, strict=True):
            passed += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {passed}')
        return [*lines, f"{name}_sum {self._seconds:.6f}", f"{name}_count {passed}"]
