"""The phase shift while a test runs, from the readings of the sensors. Pure: no I/O, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from suspension_protocol.models import (
    LiveMeasurement,
    SensorReading,
    TestStatus,
    WheelPosition,
)

from suspension_services.frames import CELLS, Side
from suspension_services.phase_shift import periods

_WINDOW = 100  # samples that the phase shift looks back on: a second
_EVERY = 5  # samples between two measurements: 20 a second of the bench
_MIN_SAMPLES = 20


@dataclass
class LiveView:
    """Makes live measurements of one test out of the readings of the platform under its wheel.

    `static_weight` in N, `begun` is the bus time of the first sample, `length` that of the sweep
    in s.
    """

    test_id: str
    position: WheelPosition
    static_weight: float
    begun: float
    length: float
    _values: dict[str, float] = field(default_factory=dict[str, float])
    _moment: float = -1.0
    _samples: deque[tuple[float, float, float]] = field(
        default_factory=lambda: deque(maxlen=_WINDOW)
    )
    _count: int = 0

    @classmethod
    def of(cls, status: TestStatus) -> LiveView | None:
        """Make the view of the test that the bridge tells of, if it tells enough."""
        details = status.details if isinstance(status.details, dict) else {}
        weight, begun, length = (details.get(name) for name in ("static_weight", "begun", "length"))
        if (
            not isinstance(weight, float)
            or not isinstance(begun, float)
            or not isinstance(length, float)
            or min(weight, length) <= 0
        ):
            return None
        return cls(status.test_id, status.position, weight, begun, length)

    def add(self, readings: Iterable[SensorReading]) -> Iterator[LiveMeasurement]:
        """Take readings in the order of the bus; yield a measurement now and then."""
        prefix = f"{Side.of(self.position).name.lower()}_platform_"
        for reading in readings:
            if not reading.sensor.startswith(prefix):
                continue
            if reading.timestamp != self._moment:
                self._moment = reading.timestamp
                self._values.clear()
            self._values[reading.sensor.removeprefix(prefix)] = reading.value
            if len(self._values) == CELLS + 1 and "position" in self._values:
                measurement = self._sample()
                self._values.clear()
                if measurement is not None:
                    yield measurement

    def _sample(self) -> LiveMeasurement | None:
        position = self._values["position"]
        force = sum(value for name, value in self._values.items() if name != "position")
        elapsed = self._moment - self.begun
        if elapsed < 0:
            return None  # of the test before
        self._samples.append((elapsed, position, force))
        self._count += 1
        if self._count % _EVERY or len(self._samples) < _MIN_SAMPLES:
            return None
        frequency, phase_shift = self._last_period()
        return LiveMeasurement(
            event="live_data",
            test_id=self.test_id,
            position=self.position,
            timestamp=self._moment,
            elapsed=elapsed,
            frequency=frequency,
            phase_shift=phase_shift,
            tire_force=force,
            platform_position=position,
            progress=min(1.0, elapsed / self.length),
        )

    def _last_period(self) -> tuple[float, float | None]:
        times, positions, forces = zip(*self._samples, strict=True)
        found = periods(times, positions, forces, self.static_weight)
        if not len(found):
            return 0.0, None
        return float(found.frequency[-1]), min(180.0, max(0.0, float(found.phase_shift[-1])))
