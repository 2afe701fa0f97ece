"""What a sweep measures, as a steady frequency would have measured it. Pure: no I/O, no clock.

A sweep is not a steady state: the wheel answers to what the platform did a moment ago, at another
frequency. Let H be the transfer function, w the angular frequency and b = dw/dt the rate of the
sweep. The response to exp(j p(t)) with dp/dt = w(t) is the convolution with the impulse response h;
put p(t - s) = p - w s + b s^2 / 2 into it, expand exp(j b s^2 / 2) to the first order, and

    G = H - (j b / 2) H''          (' = d/dw; the integral of s^2 h exp(-j w s) is -H'')

is what a sweep shows in place of H. This is the quasi-stationary expansion of J. R. Carson and
T. C. Fry, "Variable Frequency Electric Circuit Theory", Bell System Technical Journal 16 (1937)
513-540. To the same order H = G + (j b / 2) G'', and with G = exp(a + j q) its argument is

    arg H = q + (b / 2) (a'' + a'^2 - q'^2).

So the phase of each period is mended by what the sweep itself shows around it: how amplitude and
phase change. Nothing is assumed of the wheel but that it is linear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WINDOW = 1.0  # Hz to each side, over which amplitude and phase are fitted by parabolas
_LEAST = 3  # periods to each side, where a fast sweep has fewer in the window
_SLOW = 0.1  # Hz/s; what is slower is a steady state, and has no slope over the frequency
_MOST = 6.0  # degrees that are mended; what would take more is beyond the first order
_NOTHING = 1e-6  # N; an amplitude has a logarithm

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SteadyCurve:
    """Phase shifts in degrees over frequencies in Hz, as they would be without the sweep.

    `roughness` in degrees is how far the periods around are from a smooth curve, as a root mean
    square: noise, or a wheel that does not follow the platform.
    """

    frequency: Array
    phase_shift: Array
    roughness: Array

    def within(self, low: float, high: float) -> SteadyCurve:
        """Return the part from `low` to `high` Hz."""
        chosen = (self.frequency >= low) & (self.frequency <= high)
        return self.where(chosen)

    def where(self, chosen: NDArray[np.bool_]) -> SteadyCurve:
        """Return the part that is chosen."""
        return SteadyCurve(self.frequency[chosen], self.phase_shift[chosen], self.roughness[chosen])

    def __len__(self) -> int:
        return len(self.frequency)


def steady_curve(
    time: Array, frequency: Array, phase_shift: Array, amplitude: Array
) -> SteadyCurve:
    """Return the curve of a sweep, smoothed and freed of what the sweep has done to it.

    Takes one value for each period, in the order of their `time` in s. The first and last few
    periods, which have no neighbours on one side, are left out.
    """
    # The phase shift is 180 degrees less the argument of force over platform.
    argument, logarithm = -np.radians(phase_shift), np.log(np.maximum(amplitude, _NOTHING))
    columns = np.column_stack((argument, logarithm, frequency))
    curve: list[tuple[float, float, float]] = []
    for index, window in _windows(frequency):
        powers = np.vander(time[window] - time[index], 3, increasing=True)
        fitted = np.linalg.lstsq(powers, columns[window], rcond=None)[0]
        here, slope, half_bend = fitted
        rest = columns[window, 0] - powers @ fitted[:, 0]
        rate = float(slope[2])  # Hz/s
        found = -float(np.degrees(here[0]))
        if abs(rate) >= _SLOW:
            # d/dw = (1 / b) d/dt while the rate is steady, so one b of the two is left.
            change = 2 * half_bend[1] + slope[1] ** 2 - slope[0] ** 2
            lag = float(np.degrees(change / (2 * 2 * np.pi * rate)))
            found -= min(_MOST, max(-_MOST, lag))
        roughness = float(np.degrees(np.sqrt(np.mean(rest**2))))
        curve.append((float(here[2]), found, roughness))
    return SteadyCurve(*np.array(curve).reshape(-1, 3).T)


def _windows(frequency: Array) -> Iterator[tuple[int, slice]]:
    """Yield the periods that have enough neighbours, each with the window around it."""
    for index in range(_LEAST, len(frequency) - _LEAST):
        far = np.flatnonzero(np.abs(frequency - frequency[index]) > _WINDOW)
        behind = int(np.searchsorted(far, index))
        first = int(far[behind - 1]) + 1 if behind else 0
        last = int(far[behind]) - 1 if behind < len(far) else len(frequency) - 1
        yield index, slice(min(first, index - _LEAST), max(last, index + _LEAST) + 1)
