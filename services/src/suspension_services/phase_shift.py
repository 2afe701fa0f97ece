"""Phase shift between platform and tyre contact force. Pure: no I/O, no clock.

The method, evaluated period by period, and its constants come from secondary descriptions of the
procedure that European test benches use; no conformity with a standard is claimed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

PHASE_SHIFT_LIMIT = 35.0  # degrees; below it the wheel fails
IMBALANCE_LIMIT = 30.0  # percent between left and right, reported above
EVALUATED = (6.0, 18.0)  # Hz
_RIGIDITY_FREQUENCY = 24.0  # Hz; periods from here up count as those at 25 Hz
_MIN_PERIODS = 10


class NotJudgeable(ValueError):
    """The recording does not allow a verdict; the text says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its beginning in s, frequency in Hz, phase shift in degrees."""

    time: float
    frequency: float
    phase_shift: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Result of one wheel.

    Lowest phase shift in degrees and its frequency in Hz, largest relative force amplitude in
    percent, rigidity in N/mm (None: the recording has no part at 25 Hz), and the verdict.
    """

    min_phase_shift: float
    frequency: float
    rfa_max: float
    rigidity: float | None
    passed: bool


def periods(
    time: Sequence[float], platform: Sequence[float], force: Sequence[float], static_weight: float
) -> list[Period]:
    """Return the periods of a recording: times in s, platform in mm, forces in N.

    A period goes from one top of the platform to the next. The reference of the force is the
    middle between its first fall below the static weight and the next rise above it.
    """
    tops = [
        (rise + fall) / 2
        for rise, fall in _spans(
            crossings(time, platform, 0.0, rising=True),
            crossings(time, platform, 0.0, rising=False),
        )
    ]
    falls = crossings(time, force, static_weight, rising=False)
    rises = crossings(time, force, static_weight, rising=True)
    found: list[Period] = []
    for top, next_top in pairwise(tops):
        length = next_top - top
        # The force leads by up to half a period, so its fall may come before the platform's top.
        fall = _first_after(falls, top - length / 4)
        rise = _first_after(rises, fall) if fall is not None else None
        if fall is None or rise is None or rise - fall > length:
            continue
        phase = ((fall + rise) / 2 - top) / length * 360
        found.append(Period(top, 1 / length, phase))
    return found


def evaluate(
    time: Sequence[float], platform: Sequence[float], force: Sequence[float], static_weight: float
) -> Evaluation:
    """Judge one recorded sweep; raises `NotJudgeable` for one that does not allow it."""
    if not len(time) == len(platform) == len(force):
        raise NotJudgeable(
            f"the arrays differ in length: {len(time)} times, {len(platform)} positions, "
            f"{len(force)} forces"
        )
    if any(later <= earlier for earlier, later in pairwise(time)):
        raise NotJudgeable("the times do not ascend")
    everything = periods(time, platform, force, static_weight)
    low, high = EVALUATED
    judged = [period for period in everything if low <= period.frequency <= high]
    if len(judged) < _MIN_PERIODS:
        raise NotJudgeable(
            f"only {len(judged)} periods between {low:g} and {high:g} Hz, {_MIN_PERIODS} are needed"
        )
    lowest = min(judged, key=lambda period: period.phase_shift)
    first = bisect_left(time, judged[0].time)
    last = bisect_left(time, judged[-1].time)
    smallest = min(force[first : last + 1])
    return Evaluation(
        min_phase_shift=lowest.phase_shift,
        frequency=lowest.frequency,
        rfa_max=min(100.0, max(0.0, (static_weight - smallest) / static_weight * 100)),
        rigidity=_rigidity(time, platform, force, everything),
        passed=lowest.phase_shift >= PHASE_SHIFT_LIMIT,
    )


def imbalance(left: float, right: float) -> float:
    """Return the difference between left and right in percent of the larger value."""
    larger = max(abs(left), abs(right))
    return abs(left - right) / larger * 100 if larger else 0.0


def crossings(
    time: Sequence[float], values: Sequence[float], level: float, *, rising: bool
) -> list[float]:
    """Return the times at which `values` pass `level`, interpolated between the samples."""
    found: list[float] = []
    for i in range(1, len(values)):
        before, after = values[i - 1] - level, values[i] - level
        if (before < 0 <= after) if rising else (before >= 0 > after):
            found.append(time[i - 1] + (time[i] - time[i - 1]) * before / (before - after))
    return found


def _rigidity(
    time: Sequence[float],
    platform: Sequence[float],
    force: Sequence[float],
    everything: Sequence[Period],
) -> float | None:
    fast = [period for period in everything if period.frequency >= _RIGIDITY_FREQUENCY]
    if len(fast) < _MIN_PERIODS:
        return None
    # The first half is the model's, or the bench's, way into the steady state.
    first = bisect_left(time, fast[len(fast) // 2].time)
    last = bisect_left(time, fast[-1].time)
    force_amplitude = (max(force[first:last]) - min(force[first:last])) / 2
    platform_amplitude = (max(platform[first:last]) - min(platform[first:last])) / 2
    return 0.571 * force_amplitude / platform_amplitude + 46


def _spans(begins: Sequence[float], ends: Sequence[float]) -> list[tuple[float, float]]:
    """Pair each begin with the first end after it."""
    found: list[tuple[float, float]] = []
    for begin in begins:
        end = _first_after(ends, begin)
        if end is not None:
            found.append((begin, end))
    return found


def _first_after(times: Sequence[float], moment: float) -> float | None:
    i = bisect_left(times, moment)
    return times[i] if i < len(times) else None
