"""Left and right of an axle, of what the results say. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from suspension_protocol.models import ResultLimits, WheelImbalance, WheelPosition

from suspension_services.gui.records import Record


class Axle(StrEnum):
    """An axle of a car."""

    FRONT = "front"
    REAR = "rear"

    @property
    def wheels(self) -> tuple[WheelPosition, WheelPosition]:
        """The wheels of the axle, left and right."""
        return WheelPosition(f"{self.value}_left"), WheelPosition(f"{self.value}_right")


@dataclass(frozen=True, slots=True)
class AxleDifference:
    """What the processing has found between the wheels of an axle, in percent, and its limits."""

    axle: Axle
    imbalance: WheelImbalance
    limits: ResultLimits | None


def difference(axle: Axle, wheels: Mapping[WheelPosition, Record]) -> AxleDifference | None:
    """Return the difference of an axle, or None as long as not both wheels were tested.

    It is in the result of the wheel that was tested last.
    """
    both = [wheels[position] for position in axle.wheels if position in wheels]
    if len(both) < 2:
        return None
    last = max(both, key=lambda record: record.ended).result
    if last is None or not isinstance(last.imbalance, WheelImbalance):
        return None
    limits = last.limits if isinstance(last.limits, ResultLimits) else None
    return AxleDifference(axle, last.imbalance, limits)
