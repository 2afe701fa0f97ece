"""Phase shift between platform and tyre contact force. Pure: no I/O, no clock.

The method, evaluated period by period, and its constants come from secondary descriptions of the
procedure that European test benches use; no conformity with a standard is claimed. What is not
from there: values between the samples come from a cubic spline, and so does the platform's phase
between its tops, where the frequency is not the same all the time; and the curve of the phase shift
is smoothed, so that its lowest value is not that of the noise, and freed of what the sweep itself
does to it (`steady_state`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from suspension_services.recordings import check
from suspension_services.steady_state import SteadyCurve, steady_curve

PHASE_SHIFT_LIMIT = 35.0  # degrees; below it the wheel fails
EVALUATED = (6.0, 18.0)  # Hz
_RIGIDITY_FREQUENCY = 24.0  # Hz; periods from here up count as those at 25 Hz
_MIN_PERIODS = 10
_TOP = 0.5  # of the platform's amplitude; what is lower is no top
_LIFTED = 95.0  # percent of the static weight; a wheel that loses more leaves the platform
_BOUNCES = 3  # periods
_ROUGH = 10.0  # degrees from period to period; a wheel that follows the platform is smoother
_COURSE = 2  # periods; fewer have no course of the frequency
_FINE = 0.001  # s between two values of the spline

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class NotJudgeable(ValueError):
    """The recording does not allow a verdict; the text says why."""


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a recording, one entry each, in their order.

    `time` of the middle in s, `frequency` in Hz, `phase_shift` in degrees, `amplitude` of the
    force in N.
    """

    time: Array
    frequency: Array
    phase_shift: Array
    amplitude: Array

    def __len__(self) -> int:
        return len(self.time)

    def within(self, low: float, high: float) -> Periods:
        """Return those with a frequency from `low` to `high` Hz."""
        chosen = (self.frequency >= low) & (self.frequency <= high)
        return Periods(
            self.time[chosen],
            self.frequency[chosen],
            self.phase_shift[chosen],
            self.amplitude[chosen],
        )

    def steady(self) -> SteadyCurve:
        """Return the phase shift over the frequency as it is without the sweep; smoothed."""
        return steady_curve(self.time, self.frequency, self.phase_shift, self.amplitude)


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
    time: ArrayLike, platform: ArrayLike, force: ArrayLike, static_weight: float
) -> Periods:
    """Find the periods of a recording: times in s, platform in mm, forces in N.

    A period goes from one top of the platform to the next. The reference of the force is the
    middle between its first fall below the static weight and the next rise above it. The phase
    shift is the way of the platform from its top to there: 360 * frequency * time where the
    frequency is steady.
    """
    fine, platform_fine, force_fine = _interpolated(time, platform, force)
    tops = _tops(fine, platform_fine - platform_fine.mean())
    change = force_fine - static_weight
    falls = _crossings(fine, change, rising=False)
    rises = _crossings(fine, change, rising=True)
    begins, lengths = tops[:-1], np.diff(tops)
    if len(begins) < _COURSE:
        return Periods(*(np.empty(0) for _ in range(4)))
    turns = CubicSpline(tops, np.arange(len(tops)))
    amplitudes = _amplitudes(fine, change, turns(fine), tops)
    # The force leads by up to half a period, so its fall may come before the platform's top.
    falls = _first_after(falls, begins - lengths / 4)
    rises = _first_after(rises, falls)
    complete = rises - falls < lengths  # not so when one of them is missing, and NaN
    begins, lengths = begins[complete], lengths[complete]
    reference = (falls[complete] + rises[complete]) / 2
    phase_shifts = (turns(reference) - np.flatnonzero(complete)) * 360
    return Periods(begins + lengths / 2, 1 / lengths, phase_shifts, amplitudes[complete])


def evaluate(
    time: Sequence[float],
    platform: Sequence[float],
    force: Sequence[float],
    static_weight: float,
    limit: float = PHASE_SHIFT_LIMIT,
) -> Evaluation:
    """Judge one recorded sweep by a limit in degrees; raises `NotJudgeable`."""
    problem = check(time, platform, force, static_weight)
    if problem is not None:
        raise NotJudgeable(problem)
    everything = periods(time, platform, force, static_weight)
    judged = everything.within(*EVALUATED)
    _check_coverage(judged)
    # What is around the evaluated part tells how its ends go on.
    curve = everything.steady().within(*EVALUATED)
    fine, _, force_fine = _interpolated(time, platform, force)
    swept = force_fine[(fine >= judged.time[0]) & (fine <= judged.time[-1])]
    lost = (static_weight - float(swept.min())) / static_weight * 100
    if lost > _LIFTED:
        curve = _following(curve, limit)
    if not len(curve):
        raise NotJudgeable("the frequency jumps from period to period")
    lowest = int(curve.phase_shift.argmin())
    found = float(curve.phase_shift[lowest])
    if not 0 <= found <= 180:
        raise NotJudgeable(f"the lowest phase shift is {found:.1f} degrees, which cannot be")
    return Evaluation(
        min_phase_shift=found,
        frequency=float(curve.frequency[lowest]),
        rfa_max=min(100.0, max(0.0, lost)),
        rigidity=_rigidity(time, platform, force),
        passed=passes(found, limit),
    )


def passes(min_phase_shift: float, limit: float = PHASE_SHIFT_LIMIT) -> bool:
    """Return the verdict on a lowest phase shift in degrees: the limit itself passes."""
    return min_phase_shift >= limit


def _following(curve: SteadyCurve, limit: float) -> SteadyCurve:
    """Return the part of the curve in which a wheel that lifts off follows the platform.

    Where it bounces, its force has no phase; so it may fail by the rest, but it cannot pass.
    """
    bounces = _lasting(curve.roughness > _ROUGH)
    if not bounces.any():
        return curve
    rest = curve.where(~bounces)
    if not len(rest) or passes(float(rest.phase_shift.min()), limit):
        frequencies = curve.frequency[bounces]
        raise NotJudgeable(
            f"the wheel bounces on the platform between {frequencies.min():.1f} and "
            f"{frequencies.max():.1f} Hz, where its force has no phase"
        )
    return rest


def _lasting(rough: Flags) -> Flags:
    """Return where it is rough for several periods together; a single one may be noise."""
    found = rough.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], rough, [False]])))
    for begin, end in edges.reshape(-1, 2):
        found[begin:end] = end - begin >= _BOUNCES
    return found


def _check_coverage(judged: Periods) -> None:
    low, high = EVALUATED
    if len(judged) < _MIN_PERIODS:
        raise NotJudgeable(
            f"only {len(judged)} periods between {low:g} and {high:g} Hz, {_MIN_PERIODS} are needed"
        )
    reached = float(judged.frequency.min()), float(judged.frequency.max())
    if reached[0] > low + 1 or reached[1] < high - 1:
        raise NotJudgeable(
            f"the sweep goes from {reached[1]:.1f} to {reached[0]:.1f} Hz only; "
            f"{high:g} to {low:g} Hz are needed"
        )


def _interpolated(
    time: ArrayLike, platform: ArrayLike, force: ArrayLike
) -> tuple[Array, Array, Array]:
    times = np.asarray(time, np.float64)
    fine = np.arange(times[0], times[-1], _FINE)
    values = CubicSpline(times, np.column_stack((platform, force)))(fine)
    return fine, values[:, 0], values[:, 1]


def _tops(time: Array, platform: Array) -> Array:
    """Return when the platform was at its top: midway between its rise and the next fall.

    A platform that stands still passes its middle as well, by as little as it shakes; a recording
    ends with some of that, because the motor is not heard with every sample.
    """
    rises = _crossings(time, platform, rising=True)
    tops = (rises + _first_after(_crossings(time, platform, rising=False), rises)) / 2
    tops = tops[~np.isnan(tops)]
    lowest = _TOP * float(np.sqrt(2) * platform.std())
    heights: Array = np.interp(tops, time, platform)
    return tops[heights >= lowest]


def _amplitudes(time: Array, change: Array, turns: Array, tops: Array) -> Array:
    """Return the amplitude that the force has with the platform in each period, by Fourier."""
    waves = change * np.exp(2j * np.pi * turns)
    integral = np.concatenate(([0], np.cumsum((waves[1:] + waves[:-1]) / 2 * np.diff(time))))
    return 2 * np.abs(np.diff(np.interp(tops, time, integral))) / np.diff(tops)


def _crossings(time: Array, values: Array, *, rising: bool) -> Array:
    """Return the times at which `values` pass zero, interpolated between neighbours."""
    before, after = values[:-1], values[1:]
    at = np.flatnonzero((before < 0) & (after >= 0) if rising else (before >= 0) & (after < 0))
    return time[at] + (time[at + 1] - time[at]) * before[at] / (before[at] - after[at])


def _first_after(times: Array, moments: Array) -> Array:
    """Return for each moment the first of `times` that is not before it, or NaN."""
    padded = np.append(times, np.nan)
    # What comes after no time at all is searched as infinity.
    return padded[np.searchsorted(times, np.where(np.isnan(moments), np.inf, moments))]


def _rigidity(time: ArrayLike, platform: ArrayLike, force: ArrayLike) -> float | None:
    """Return 0.571 * H25 / ep + 46, of the amplitudes of force and platform at 25 Hz."""
    times = np.asarray(time, np.float64)
    fine, platform_fine, _ = _interpolated(time, platform, force)
    tops = _tops(fine, platform_fine - platform_fine.mean())
    fast = np.flatnonzero(1 / np.diff(tops) >= _RIGIDITY_FREQUENCY)
    if len(fast) < _MIN_PERIODS:
        return None
    # The first half is the model's, or the bench's, way into the steady state.
    first, last = tops[fast[len(fast) // 2]], tops[fast[-1]]
    chosen = (times >= first) & (times <= last)
    # Four samples a period do not show its extremes, but they determine the sine through them.
    turns = np.interp(times[chosen], tops, np.arange(len(tops))) * 2 * np.pi
    waves = np.column_stack((np.sin(turns), np.cos(turns), np.ones_like(turns)))
    values = np.column_stack((platform, force))[chosen]
    sines, cosines, _ = np.linalg.lstsq(waves, values, rcond=None)[0]
    platform_amplitude, force_amplitude = np.hypot(sines, cosines)
    return float(0.571 * force_amplitude / platform_amplitude + 46)
