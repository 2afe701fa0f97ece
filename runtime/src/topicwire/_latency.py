"""Percentiles of durations, in constant memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Eight buckets between a power of two and the next: a percentile is at most 12.5 % too high.
_STEPS = 8
_SMALLEST = -20  # 2**-20 s, about a microsecond
_LARGEST = 18  # 2**18 s, about three days


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of a duration, in seconds, over `count` measurements; at most 12.5 % too high."""

    count: int = 0
    p50: float = 0.0
    p90: float = 0.0
    p99: float = 0.0
    maximum: float = 0.0


class Histogram:
    """Counts durations in buckets that grow with them. One thread adds, any may look."""

    def __init__(self) -> None:
        self._counts = [0] * ((_LARGEST - _SMALLEST) * _STEPS)
        self._maximum = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; a negative one, which clocks out of step produce, as zero."""
        self._counts[_bucket(seconds)] += 1
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
            p50=percentile(0.50),
            p90=percentile(0.90),
            p99=percentile(0.99),
            maximum=maximum,
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
