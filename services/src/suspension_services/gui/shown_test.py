"""One test as it is shown, from the wish for it to its end. Pure: no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from suspension_protocol.models import SensorReading, TestResult, TestState, WheelPosition

from suspension_services.frames import Side
from suspension_services.gui.curves import Curve, TimeCurve

_EARLY = 1_000  # readings that may come before it is known when the sweep has begun


class Stage(StrEnum):
    """How far a test has come."""

    ASKED = "asked"  # the wish is on its way to the orchestrator
    PREPARING = "preparing"
    RUNNING = "running"
    JUDGING = "judging"
    PASSED = "passed"
    FAILED = "failed"
    ABORTED = "aborted"
    ERROR = "error"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected of the test."""
        return self in _OVER

    @property
    def is_verdict(self) -> bool:
        """Whether the wheel was judged."""
        return self in (Stage.PASSED, Stage.FAILED)


_OVER = (Stage.PASSED, Stage.FAILED, Stage.ABORTED, Stage.ERROR)

PATIENCE = {
    # s without a word of the test until it is given up here: longer than the orchestrator takes to
    # end one by itself, so that its own reason is shown wherever there is one.
    Stage.ASKED: 8.0,
    Stage.PREPARING: 60.0,
    Stage.RUNNING: 15.0,
    Stage.JUDGING: 90.0,
}


@dataclass
class ShownTest:
    """A test, with the curves of what was measured.

    `visit` is that of the vehicle, empty for a test that somebody else has begun; `begun` is in s
    since the epoch; `heard` by a clock that only goes on. `reading` has the last values.
    """

    test_id: str
    position: WheelPosition
    begun: float
    heard: float
    visit: str = ""
    stage: Stage = Stage.ASKED
    progress: float = 0.0
    frequency: float | None = None
    phase_shift: float | None = None
    force: float | None = None
    elapsed: float = 0.0
    static_weight: float | None = None
    cause: str = ""
    given_up: bool = False  # here, while it may still come to its end
    ended: float | None = None
    end: TestState | None = None  # as it was announced
    end_heard: float | None = None
    result: TestResult | None = None
    phase_curve: Curve = field(default_factory=Curve)
    force_curve: TimeCurve = field(default_factory=TimeCurve)
    _sweep_begun: float | None = None
    _early: list[SensorReading] = field(default_factory=list[SensorReading])

    def take_details(self, static_weight: object, begun: object) -> None:
        """See what the bridge tells of the sweep: the weight in N, the bus time of its begin."""
        if isinstance(static_weight, float) and static_weight > 0:
            self.static_weight = static_weight
        if isinstance(begun, float) and self._sweep_begun is None:
            self._sweep_begun = begun
            early, self._early = self._early, []
            for reading in early:
                self._take_force(reading, begun)

    def take_phase_shift(self, elapsed: float, frequency: float, phase_shift: float | None) -> None:
        """See a live measurement; before the first period there is no phase shift."""
        self.elapsed = max(self.elapsed, elapsed)
        if phase_shift is None or frequency <= 0:
            return
        self.frequency, self.phase_shift = frequency, phase_shift
        # Several measurements fall into one period, and tell the same of it.
        if not self.phase_curve.points or self.phase_curve.points[-1][0] != frequency:
            self.phase_curve.add(round(frequency, 3), round(phase_shift, 2))

    def take_force(self, reading: SensorReading) -> None:
        """See the force on a platform; that of the other one is none of this test."""
        if reading.sensor != f"{Side.of(self.position).name.lower()}_platform_force":
            return
        if self._sweep_begun is not None:
            self._take_force(reading, self._sweep_begun)
        elif len(self._early) < _EARLY:
            self._early.append(reading)

    def _take_force(self, reading: SensorReading, begun: float) -> None:
        elapsed = reading.timestamp - begun
        if elapsed >= -0.05:  # else of the test before
            self.force = reading.value
            self.force_curve.add(round(max(0.0, elapsed), 3), round(reading.value, 1))
