"""What a recording has to be like to be judged. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STROKE = 6.0  # mm, from the lowest to the highest point of the platform
_STROKE_TOLERANCE = 0.2  # of it
_MIN_RATE = 90.0  # Hz; five samples in a period of 18 Hz
_MAX_GAP = 2.5  # intervals; more than one sample is missing then
_WEIGHTS = 200.0, 30_000.0  # N, of one wheel
_MIN_SPAN = 0.02  # of the static weight, which the force has to move by
_MEAN_TOLERANCE = 0.2  # of the static weight, by which the mean of the force may differ from it


def check(
    time: Sequence[float],
    platform: Sequence[float],
    force: Sequence[float],
    static_weight: float,
) -> str | None:
    """Return why a recording cannot be judged, or None.

    Times in s, platform in mm, forces and static weight in N.
    """
    if not len(time) == len(platform) == len(force):
        return (
            f"the arrays differ in length: {len(time)} times, {len(platform)} positions, "
            f"{len(force)} forces"
        )
    low, high = _WEIGHTS
    if not low <= static_weight <= high:
        return f"a static weight of {static_weight:.0f} N; {low:g} to {high:g} N can be judged"
    times, positions, forces = (np.asarray(values) for values in (time, platform, force))
    for name, values in (("times", times), ("positions", positions), ("forces", forces)):
        if not np.isfinite(values).all():
            return f"the {name} are not all finite"
    return _check_times(times) or _check_signals(positions, forces, static_weight)


def _check_times(times: NDArray[np.float64]) -> str | None:
    if len(times) < 3:
        return f"only {len(times)} samples"
    steps = np.diff(times)
    if (steps <= 0).any():
        return f"the times do not ascend at {times[int(np.argmax(steps <= 0)) + 1]:.3f} s"
    interval = float(np.median(steps))
    if 1 / interval < _MIN_RATE:
        return f"{1 / interval:.0f} samples a second; {_MIN_RATE:g} are needed"
    widest = int(steps.argmax())
    if steps[widest] > _MAX_GAP * interval:
        return f"no samples from {times[widest]:.2f} s to {times[widest + 1]:.2f} s"
    return None


def _check_signals(
    positions: NDArray[np.float64], forces: NDArray[np.float64], static_weight: float
) -> str | None:
    # Not the extremes: one wrong value must not speak for the whole recording.
    lowest, highest = np.percentile(positions, (0.5, 99.5))
    stroke = float(highest - lowest)
    if abs(stroke - STROKE) > _STROKE_TOLERANCE * STROKE:
        return f"the platform has moved by {stroke:.1f} mm; {STROKE:g} mm are needed"
    span = float(forces.max() - forces.min())
    if span < _MIN_SPAN * static_weight:
        return f"the force has changed by {span:.0f} N only"
    mean = float(forces.mean())
    if abs(mean - static_weight) > _MEAN_TOLERANCE * static_weight:
        return (
            f"the mean force is {mean:.0f} N and the static weight {static_weight:.0f} N; "
            "the sensors have moved, or the wheel has left the platform"
        )
    return None
