"""A wheel on a shaking platform, as a quarter-car model. Pure: no I/O, no clock.

Two masses on springs: the body's share `ms` over the wheel `mu`, the tyre between wheel and
platform. A tyre cannot pull, so the contact force ends at zero when the wheel lifts off.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

GRAVITY = 9.81  # m/s^2
AMPLITUDE = 0.003  # m; the platform's stroke is 6 mm
HIGH, LOW = 25.0, 5.0  # Hz; the sweep goes from high to low
HOLD = 1.0  # s at the highest frequency before the sweep begins
_STEP = (
    1 / 2000
)  # s; forty steps in a period of 25 Hz and more keep the error far below 0.1 degrees


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterCar:
    """Parameters of one wheel: masses in kg, stiffnesses in N/mm, damping in N s/m."""

    sprung_mass: float
    unsprung_mass: float
    spring: float
    tyre: float
    damping: float

    @property
    def static_weight(self) -> float:
        """Contact force at rest, in N."""
        return (self.sprung_mass + self.unsprung_mass) * GRAVITY

    def phase_shift(self, frequency: float) -> float:
        """Return the phase shift in degrees at a frequency in Hz, from the transfer function.

        The convention is 180 - arg(F / z), with the contact force F and the platform z; it
        holds while the wheel does not lift off.
        """
        s = 2j * math.pi * frequency
        spring, tyre = self.spring * 1000, self.tyre * 1000
        link = spring + self.damping * s
        body = self.sprung_mass * s * s + link
        wheel = self.unsprung_mass * s * s + link + tyre - link * link / body
        force = tyre * (1 - tyre / wheel)
        return 180 - math.degrees(math.atan2(force.imag, force.real))

    def minimum_phase_shift(self, low: float = 6.0, high: float = 18.0) -> float:
        """Return the lowest phase shift in degrees between two frequencies in Hz."""
        steps = 2000
        return min(self.phase_shift(low + (high - low) * i / steps) for i in range(steps + 1))


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: time in s, frequency in Hz, platform in mm, contact force in N."""

    time: float
    frequency: float
    platform: float
    force: float


def sweep(
    car: QuarterCar, duration: float, sampling_rate: float, *, noise: float = 0.0, seed: int = 0
) -> Iterator[Sample]:
    """Yield the samples of a sweep of `duration` s (and a second of hold before it).

    `sampling_rate` in Hz; `noise` is the standard deviation of the force sensor in N, and the
    same `seed` gives the same noise. Integrated by the classical Runge-Kutta method.
    """
    rng = random.Random(seed)  # noqa: S311 - noise, not secrets
    every = max(1, round(1 / (sampling_rate * _STEP)))
    state = (0.0, 0.0, 0.0, 0.0)
    for step in range(math.floor((HOLD + duration) / _STEP) + 1):
        time = step * _STEP
        if step % every == 0:
            platform = _platform(time, duration)
            force = max(0.0, _force(car, state[2], platform) + rng.gauss(0, noise))
            yield Sample(time, _frequency(time, duration), platform * 1000, force)
        state = _advance(car, state, time, duration)


def _frequency(time: float, duration: float) -> float:
    return HIGH - (HIGH - LOW) * max(0.0, time - HOLD) / duration


def _platform(time: float, duration: float) -> float:
    # The phase is the integral of the frequency.
    swept = max(0.0, time - HOLD)
    turns = HIGH * time - (HIGH - LOW) * swept * swept / (2 * duration)
    return AMPLITUDE * math.sin(2 * math.pi * turns)


def _force(car: QuarterCar, wheel: float, platform: float) -> float:
    return max(0.0, car.static_weight + car.tyre * 1000 * (platform - wheel))


_State = tuple[float, float, float, float]  # body position, speed, wheel position, speed


def _slope(car: QuarterCar, state: _State, platform: float) -> _State:
    body, body_speed, wheel, wheel_speed = state
    link = car.spring * 1000 * (body - wheel) + car.damping * (body_speed - wheel_speed)
    tyre = _force(car, wheel, platform) - car.static_weight
    return body_speed, -link / car.sprung_mass, wheel_speed, (link + tyre) / car.unsprung_mass


def _advance(car: QuarterCar, state: _State, time: float, duration: float) -> _State:
    half, end = _platform(time + _STEP / 2, duration), _platform(time + _STEP, duration)
    k1 = _slope(car, state, _platform(time, duration))
    k2 = _slope(car, _moved(state, k1, _STEP / 2), half)
    k3 = _slope(car, _moved(state, k2, _STEP / 2), half)
    k4 = _slope(car, _moved(state, k3, _STEP), end)
    mean = (
        (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]) / 6,
        (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]) / 6,
        (k1[2] + 2 * k2[2] + 2 * k3[2] + k4[2]) / 6,
        (k1[3] + 2 * k2[3] + 2 * k3[3] + k4[3]) / 6,
    )
    return _moved(state, mean, _STEP)


def _moved(state: _State, slope: _State, step: float) -> _State:
    return (
        state[0] + slope[0] * step,
        state[1] + slope[1] * step,
        state[2] + slope[2] * step,
        state[3] + slope[3] * step,
    )
