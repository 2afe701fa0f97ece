"""Differences between the wheels of an axle. Pure: no I/O, no clock.

The limits come from secondary descriptions; no conformity with a standard is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

IMBALANCE_LIMIT = 30.0  # percent between left and right, reported above
RIGIDITY_IMBALANCE_LIMIT = 35.0  # percent


@dataclass(frozen=True, slots=True)
class WheelValues:
    """What is compared: phase shift in degrees, force amplitude in percent, rigidity in N/mm."""

    min_phase_shift: float
    rfa_max: float
    rigidity: float | None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Differences between left and right in percent of the larger value, and the judgement."""

    min_phase_shift: float
    rfa_max: float
    rigidity: float | None
    exceeded: bool


def imbalance(left: float, right: float) -> float:
    """Return the difference between left and right in percent of the larger value."""
    larger = max(abs(left), abs(right))
    return abs(left - right) / larger * 100 if larger else 0.0


def compare(
    one: WheelValues,
    other: WheelValues,
    limit: float = IMBALANCE_LIMIT,
    rigidity_limit: float = RIGIDITY_IMBALANCE_LIMIT,
) -> Imbalance:
    """Compare the wheels of an axle; which of them is which does not matter."""
    phase_shift = imbalance(one.min_phase_shift, other.min_phase_shift)
    rfa = imbalance(one.rfa_max, other.rfa_max)
    rigidity = (
        None
        if one.rigidity is None or other.rigidity is None
        else imbalance(one.rigidity, other.rigidity)
    )
    return Imbalance(
        phase_shift,
        rfa,
        rigidity,
        exceeded=max(phase_shift, rfa) > limit
        or (rigidity is not None and rigidity > rigidity_limit),
    )
