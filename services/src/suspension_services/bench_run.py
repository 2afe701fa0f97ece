"""One sweep as the bridge sees it: what the frames say of it. Pure: no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from suspension_services.frames import (
    MotorFault,
    MotorState,
    MotorStatus,
    PlateAtTop,
    PlatformFrame,
    Side,
)
from suspension_services.platforms import Recording
from suspension_services.quarter_car import Excitation

_FAULTS = {
    MotorFault.NONE: "the motor has stopped for a reason that it does not tell",
    MotorFault.DOES_NOT_START: "the motor does not start",
    MotorFault.NO_WHEEL: "there is no wheel on the platform",
    MotorFault.COMMANDS_CEASED: "the motor has got no more commands",
}


@dataclass
class BenchRun:
    """A sweep of one platform, from the command to the motor until it has stopped."""

    side: Side
    excitation: Excitation
    recording: Recording
    has_moved: bool = False
    has_ended: bool = False
    fault: str | None = None
    frequency: float | None = None
    _top: float | None = field(default=None, repr=False)

    @property
    def is_recording(self) -> bool:
        """Whether what the platform measures belongs to the sweep."""
        return self.has_moved and not self.has_ended

    @property
    def begun(self) -> float | None:
        """Bus time of the first sample."""
        return self.recording.times[0] if self.recording.times else None

    @property
    def progress(self) -> float:
        """How much of the sweep is done, 0 to 1."""
        if not self.recording.times:
            return 0.0
        elapsed = self.recording.times[-1] - self.recording.times[0]
        return min(1.0, elapsed / self.excitation.length)

    def take_motor(self, status: MotorStatus) -> None:
        """See what the motor does."""
        if self.has_ended or self.fault or status.side not in (self.side, Side.NONE):
            return
        match status.state:
            case MotorState.SWEEPING:
                self.has_moved = True
            case MotorState.FAULT:
                self.fault = _FAULTS[status.fault]
            case MotorState.STOPPING | MotorState.AT_REST:
                self.has_ended = self.has_moved
            case MotorState.STARTING:
                pass

    def take_top(self, top: PlateAtTop) -> None:
        """See the platform pass its top, which tells the frequency."""
        if top.side is not self.side:
            return
        if self._top is not None and top.time > self._top:
            self.frequency = 1 / (top.time - self._top)
        self._top = top.time

    def take_platform(self, frame: PlatformFrame, force: float) -> bool:
        """Record a sample; return whether it belongs to the sweep."""
        if frame.side is not self.side or not self.is_recording:
            return False
        if self.recording.times and frame.time <= self.recording.times[-1]:
            self.fault = "the bench has started anew in the middle of the sweep"
            return False
        self.recording.add(frame, force)
        return True
