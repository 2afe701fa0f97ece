"""Percentiles of durations, in constant memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Eight buckets between a power of two and the next: a percentile is at most 12.5 % too high.
_STEPS = 8
_SMALLEST = -20  # 2**-20 s, about a microsecond
_LARGEST = 18  # 2**18 s, about three days
# Between which powers of two there are buckets for others: a quarter of a millisecond to 256 s.
_LOWEST_BOUND, _HIGHEST_BOUND = -12, 8
_EMPTY = tuple((math.ldexp(1, power), 0) for power in range(_LOWEST_BOUND, _HIGHEST_BOUND + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of a duration, in seconds, over `count` measurements; at most 12.5 % too high.

    `total` is their sum, and `buckets` say how many were below each bound.
    """

    count: int = 0
    total: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    p99: float = 0.0
    maximum: float = 0.0
    buckets: tuple[tuple[float, int], ...] = _EMPTY


class Histogram:
    """Counts durations in buckets that grow with them. One thread adds, any may look."""

    def __init__(self) -> None:
        self._counts = [0] * ((_LARGEST - _SMALLEST) * _STEPS)
        self._maximum = 0.0
        self._total = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; a negative one, which clocks out of step produce, as zero."""
        self._counts[_bucket(seconds)] += 1
        if seconds > 0.0:
            self._total += seconds
        self._maximum = max(self._maximum, seconds)

    def snapshot(self) -> Latency:
        """Return the percentiles as they are now."""
        counts, maximum = list(self._counts), self._maximum
        total = sum(counts)
        if not total:
            return Latency()

        def percentile(share: float) -> float:
            wanted, passed = math.ceil(share * total), 0
            for index, count in enumerate(counts):
                passed += count
                if passed >= wanted:
                    return min(_upper_bound(index), maximum)
            return maximum

        return Latency(
            count=total,
            total=self._total,
            p50=percentile(0.50),
            p90=percentile(0.90),
            p99=percentile(0.99),
            maximum=maximum,
            buckets=_cumulated(counts),
        )


def _bucket(seconds: float) -> int:
    if seconds <= 2.0**_SMALLEST:
        return 0
    mantissa, exponent = math.frexp(seconds)  # mantissa in [0.5, 1)
    index = (exponent - 1 - _SMALLEST) * _STEPS + int((mantissa * 2 - 1) * _STEPS)
    return min(index, (_LARGEST - _SMALLEST) * _STEPS - 1)


def _upper_bound(index: int) -> float:
    power, step = divmod(index, _STEPS)
    return math.ldexp(1 + (step + 1) / _STEPS, power + _SMALLEST)


def _cumulated(counts: list[int]) -> tuple[tuple[float, int], ...]:
    passed, below = 0, list[tuple[float, int]]()
    for power in range(_SMALLEST, _HIGHEST_BOUND):
        start = (power - _SMALLEST) * _STEPS
        passed += sum(counts[start : start + _STEPS])
        if power + 1 >= _LOWEST_BOUND:
            below.append((math.ldexp(1, power + 1), passed))
    return tuple(below)
