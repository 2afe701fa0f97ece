"""A wheel on a shaking platform, as a quarter-car model. Pure: no I/O, no clock.

Two masses on springs: the body's share `ms` over the wheel `mu`, the tyre between wheel and
platform. A tyre cannot pull, so the contact force ends at zero when the wheel lifts off.
"""

from __future__ import annotations

import cmath
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

GRAVITY = 9.81  # m/s^2
AMPLITUDE = 0.003  # m; the platform's stroke is 6 mm
HIGH, LOW = 25.0, 5.0  # Hz; the sweep goes from high to low
HOLD = 1.0  # s at the highest frequency before the sweep begins
# s; forty steps in a period of 25 Hz, and more in longer ones: the error is far below 0.1 degrees
_STEP = 1 / 1000


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
        return 180 - math.degrees(cmath.phase(self._transfer(frequency)))

    def amplification(self, frequency: float) -> float:
        """Return the amplitude of the contact force over that of the platform, in N/mm."""
        return abs(self._transfer(frequency)) / 1000

    def _transfer(self, frequency: float) -> complex:
        """Return F / z in N/m at a frequency in Hz."""
        s = 2j * math.pi * frequency
        spring, tyre = self.spring * 1000, self.tyre * 1000
        link = spring + self.damping * s
        body = self.sprung_mass * s * s + link
        wheel = self.unsprung_mass * s * s + link + tyre - link * link / body
        return tyre * (1 - tyre / wheel)

    def minimum_phase_shift(self, low: float = 6.0, high: float = 18.0) -> float:
        """Return the lowest phase shift in degrees between two frequencies in Hz."""
        steps = 2000
        return min(self.phase_shift(low + (high - low) * i / steps) for i in range(steps + 1))


@dataclass(frozen=True, slots=True)
class Excitation:
    """How the platform moves: a second at `high` Hz, then a sweep to `low` Hz in `duration` s."""

    duration: float
    high: float = HIGH
    low: float = LOW

    @property
    def length(self) -> float:
        """Seconds from the first movement to the last."""
        return HOLD + self.duration

    def frequency(self, time: float) -> float:
        """Return the frequency in Hz at a time in s."""
        return self.high - (self.high - self.low) * max(0.0, time - HOLD) / self.duration

    def turns(self, time: float) -> float:
        """Return how many turns the eccentric has made: the integral of the frequency."""
        swept = max(0.0, time - HOLD)
        return self.high * time - (self.high - self.low) * swept * swept / (2 * self.duration)

    def platform(self, time: float) -> float:
        """Return the displacement of the platform in m."""
        return AMPLITUDE * math.sin(2 * math.pi * self.turns(time))


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment: time in s, frequency in Hz, platform in mm, contact force in N."""

    time: float
    frequency: float
    platform: float
    force: float


def sweep(
    car: QuarterCar,
    excitation: Excitation,
    sampling_rate: float,
    *,
    noise: float = 0.0,
    seed: int = 0,
) -> Iterator[Sample]:
    """Yield the samples of a sweep, from the first movement of the platform to the last.

    `sampling_rate` in Hz; `noise` is the standard deviation of the force sensor in N, and the
    same `seed` gives the same noise. Integrated by the classical Runge-Kutta method.
    """
    rng = random.Random(seed)  # noqa: S311 - noise, not secrets
    every = max(1, round(1 / (sampling_rate * _STEP)))
    state = (0.0, 0.0, 0.0, 0.0)
    for step in range(math.floor(excitation.length / _STEP) + 1):
        time = step * _STEP
        if step % every == 0:
            platform = excitation.platform(time)
            force = max(0.0, _force(car, state[2], platform) + rng.gauss(0, noise))
            yield Sample(time, excitation.frequency(time), platform * 1000, force)
        state = _advance(car, state, time, excitation)


def _force(car: QuarterCar, wheel: float, platform: float) -> float:
    return max(0.0, car.static_weight + car.tyre * 1000 * (platform - wheel))


_State = tuple[float, float, float, float]  # body position, speed, wheel position, speed


def _slope(car: QuarterCar, state: _State, platform: float) -> _State:
    body, body_speed, wheel, wheel_speed = state
    link = car.spring * 1000 * (body - wheel) + car.damping * (body_speed - wheel_speed)
    tyre = _force(car, wheel, platform) - car.static_weight
    return body_speed, -link / car.sprung_mass, wheel_speed, (link + tyre) / car.unsprung_mass


def _advance(car: QuarterCar, state: _State, time: float, excitation: Excitation) -> _State:
    half, end = excitation.platform(time + _STEP / 2), excitation.platform(time + _STEP)
    k1 = _slope(car, state, excitation.platform(time))
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
