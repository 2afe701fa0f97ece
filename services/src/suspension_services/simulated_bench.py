"""A bench without hardware: takes the motor's commands, makes the frames. Pure: no I/O, no clock.

Time is that of the bench, and goes on by `tick`. What real benches do and this one does not: the
platform stops at once, and the wheel has left it when the motor has stopped.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from suspension_services.frames import (
    FRAME_INTERVAL,
    STATUS_INTERVAL,
    Frame,
    MotorCommand,
    MotorFault,
    MotorState,
    MotorStatus,
    PlateAtTop,
    PlatformFrame,
    Side,
)
from suspension_services.quarter_car import HOLD, Excitation, QuarterCar, Sample, sweep

_SHARES = (0.36, 0.33, 0.31)  # of the force, on each load cell
_ZERO = 15.0  # N that each cell shows too much
_STARTING = 0.3  # s from the command to the first movement
_NO_START = 2.0  # s after which a motor that does not start is given up
_STOPPING = 0.3  # s from the end of the sweep to rest
_DROPOUT = 0.4  # s without frames, with that fault
_FAULT_AT = 0.5  # part of the sweep after which a fault comes
_TICKS_PER_STATUS = round(STATUS_INTERVAL / FRAME_INTERVAL)


class Fault(StrEnum):
    """What can be wrong with a simulated bench."""

    NONE = "none"
    MOTOR = "motor"  # does not start
    STUCK = "stuck"  # a load cell shows the same all the time
    DROPOUT = "dropout"  # frames are missing for a while
    SILENT = "silent"  # no more frames


@dataclass
class _Platform:
    """What stands on one platform, and what its sensors last showed."""

    car: QuarterCar | None = None
    is_tested: bool = False  # the wheel leaves when the motor is at rest
    stuck: float = _ZERO  # what the second load cell showed when it got stuck

    @property
    def weight(self) -> float:
        return 0.0 if self.car is None else self.car.static_weight


@dataclass
class _Run:
    side: Side
    excitation: Excitation
    begun: float  # time of the first movement
    samples: Iterator[Sample]
    tops: int = 0


@dataclass
class SimulatedBench:
    """Two platforms and the motor that shakes one of them.

    `clock` is the bench's time in s, `noise` the standard deviation of each load cell in N.
    """

    clock: float
    noise: float = 2.0
    fault: Fault = Fault.NONE
    seed: int = 1
    _platforms: dict[Side, _Platform] = field(
        default_factory=lambda: {Side.LEFT: _Platform(), Side.RIGHT: _Platform()}
    )
    _motor: MotorStatus = field(
        default_factory=lambda: MotorStatus(0.0, Side.NONE, MotorState.AT_REST)
    )
    _until: float = 0.0  # when the motor's state ends by itself
    _run: _Run | None = None
    _last: Sample | None = None
    _ticks: int = 0
    # A command to run is obeyed once; the next one needs a command to stop in between.
    _is_released: bool = True
    _is_silent: bool = False

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - noise, not secrets

    @property
    def is_moving(self) -> bool:
        """Whether the motor runs or is about to."""
        return self._motor.state in _MOVING

    @property
    def sample(self) -> Sample | None:
        """What the moving wheel did last, as it was computed; times since the first movement."""
        return self._last

    @property
    def length(self) -> float:
        """Seconds from the first movement to the last; 0 when nothing is about to move."""
        return 0.0 if self._run is None else self._run.excitation.length

    def load(self, side: Side, car: QuarterCar) -> None:
        """Put a wheel on a platform, and take away what stands on the other."""
        self._is_silent = False
        for platform in self._platforms.values():
            platform.car, platform.is_tested = None, False
        self._platforms[side].car = car

    def command(self, command: MotorCommand) -> None:
        """Obey the motor's command; repetitions of one that is being carried out change nothing."""
        if not command.run:
            self._is_released = True
            if self.is_moving:
                self._stop()
            elif self._motor.state is MotorState.FAULT:
                self._enter(MotorState.AT_REST)
        elif self._is_released and self._motor.state is MotorState.AT_REST and command.side:
            self._is_released = False
            car = self._platforms[command.side].car
            if car is None:
                self._enter(MotorState.FAULT, side=command.side, fault=MotorFault.NO_WHEEL)
                return
            broken = self.fault is Fault.MOTOR
            begun = self.clock + (_NO_START if broken else _STARTING)
            excitation = Excitation(command.duration, command.high, command.low)
            self._run = _Run(
                command.side, excitation, begun, sweep(car, excitation, 1 / FRAME_INTERVAL)
            )
            self._enter(MotorState.STARTING, side=command.side, until=begun)

    def commands_ceased(self) -> None:
        """Stop the motor, because nobody commands it any more."""
        if self.is_moving:
            side = self._motor.side
            self._stop()
            self._enter(MotorState.FAULT, side=side, fault=MotorFault.COMMANDS_CEASED)

    def tick(self) -> Sequence[Frame]:
        """Go on by one interval; return the frames of it, in the order of their times."""
        self.clock += FRAME_INTERVAL
        self._ticks += 1
        if self._until and self.clock >= self._until:
            self._go_on()
        frames: list[Frame] = []
        sample = self._advance(frames)
        for side in self._platforms:
            frames.append(self._measure(side, sample))
        if self._ticks % _TICKS_PER_STATUS == 0:
            frames.append(self._status(sample))
        return () if self._is_mute() else frames

    def _go_on(self) -> None:
        side = self._motor.side
        if self._motor.state is MotorState.STARTING:
            if self.fault is Fault.MOTOR:
                self._run = None
                self._enter(MotorState.FAULT, side=side, fault=MotorFault.DOES_NOT_START)
            else:
                self._enter(MotorState.SWEEPING, side=side)
        elif self._motor.state is MotorState.STOPPING:
            # The next wheel may have come while the motor was still stopping.
            if self._platforms[side].is_tested:
                self._platforms[side].car = None
            self._enter(MotorState.AT_REST)

    def _advance(self, frames: list[Frame]) -> Sample | None:
        """Return what the moving wheel does now; add the frame of its platform's top."""
        run = self._run
        if run is None or self._motor.state is not MotorState.SWEEPING:
            return None
        sample = next(run.samples, None)
        if sample is None:
            self._stop()
            return None
        self._last = sample
        earlier = max(0.0, sample.time - FRAME_INTERVAL)
        before, now = (run.excitation.turns(time) - 0.25 for time in (earlier, sample.time))
        if now >= run.tops:
            # Within an interval the frequency is as good as constant.
            part = (run.tops - before) / (now - before) if now > before else 1.0
            moment = self.clock - FRAME_INTERVAL * (1 - part)
            frames.append(PlateAtTop(moment, run.side, run.tops % 256))
            run.tops += 1
        return sample

    def _measure(self, side: Side, sample: Sample | None) -> PlatformFrame:
        platform = self._platforms[side]
        moves = sample is not None and self._motor.side is side
        force = sample.force if sample is not None and moves else platform.weight
        cells = [
            share * force + _ZERO + (self._random.gauss(0, self.noise) if self.noise else 0.0)
            for share in _SHARES
        ]
        if self.fault is not Fault.STUCK:
            platform.stuck = cells[1]
        cells[1] = platform.stuck
        position = sample.platform if sample is not None and moves else 0.0
        return PlatformFrame(self.clock, side, tuple(cells), position)

    def _status(self, sample: Sample | None) -> MotorStatus:
        frequency = 0.0 if sample is None else sample.frequency
        motor = self._motor
        return MotorStatus(self.clock, motor.side, motor.state, frequency, motor.fault)

    def _is_mute(self) -> bool:
        run, sample = self._run, self._last
        if self._is_silent or run is None or sample is None:
            return self._is_silent
        since = sample.time - HOLD - _FAULT_AT * run.excitation.duration
        self._is_silent = self.fault is Fault.SILENT and since >= 0
        return self._is_silent or (self.fault is Fault.DROPOUT and 0 <= since < _DROPOUT)

    def _stop(self) -> None:
        self._run = self._last = None
        self._platforms[self._motor.side].is_tested = True
        self._enter(MotorState.STOPPING, side=self._motor.side, until=self.clock + _STOPPING)

    def _enter(
        self,
        state: MotorState,
        *,
        side: Side = Side.NONE,
        fault: MotorFault = MotorFault.NONE,
        until: float = 0.0,
    ) -> None:
        self._motor = MotorStatus(self.clock, side, state, 0.0, fault)
        self._until = until


_MOVING = (MotorState.STARTING, MotorState.SWEEPING)
