"""Frames of the platforms as readings of their sensors. Pure: no I/O, no clock.

Forces in N, positions in mm; the times are those of the bus.
"""

from __future__ import annotations

from suspension_protocol.models import SensorQuantity, SensorReading

from suspension_services.frames import PlatformFrame


def cell_readings(frame: PlatformFrame) -> list[SensorReading]:
    """Return what each sensor of a platform shows, as the bus has it."""
    side = frame.side.name.lower()
    cells = [
        _reading(f"{side}_platform_force_{number}", SensorQuantity.FORCE, force, frame.time)
        for number, force in enumerate(frame.forces, 1)
    ]
    position = f"{side}_platform_position"
    return [*cells, _reading(position, SensorQuantity.POSITION, frame.position, frame.time)]


def platform_readings(frame: PlatformFrame, force: float) -> list[SensorReading]:
    """Return the contact force on a platform, without the zeros of the cells, and its position."""
    side = frame.side.name.lower()
    return [
        _reading(f"{side}_platform_force", SensorQuantity.FORCE, force, frame.time),
        _reading(f"{side}_platform_position", SensorQuantity.POSITION, frame.position, frame.time),
    ]


def _reading(sensor: str, quantity: SensorQuantity, value: float, moment: float) -> SensorReading:
    unit = "N" if quantity is SensorQuantity.FORCE else "mm"
    return SensorReading(sensor=sensor, quantity=quantity, value=value, unit=unit, timestamp=moment)
