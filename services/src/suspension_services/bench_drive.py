"""What the bridge has the bench do for a test: weigh the wheel, shake it, record it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from suspension_protocol.models import RawData, TestCommand, WheelPosition

from suspension_services.bench_link import SILENCE, BenchLink
from suspension_services.bench_run import BenchRun
from suspension_services.frames import (
    Display,
    Frame,
    Lamps,
    MotorCommand,
    MotorStatus,
    PlateAtTop,
    PlatformFrame,
    Side,
)
from suspension_services.platforms import Platform, Recording
from suspension_services.quarter_car import Excitation

_COMMAND_INTERVAL = 0.1  # s between repetitions of the command to the motor
_WHEEL_TIMEOUT = 30.0  # s for a wheel to stand still on the platform
_START_TIMEOUT = 5.0  # s for the motor to start

ProgressHandler = Callable[[BenchRun], Awaitable[None]]


class BenchFailure(Exception):
    """The bench cannot carry out a test; the text says why."""


class BenchDrive:
    """Drives one platform at a time. Every method raises `BenchFailure` when the bench fails."""

    def __init__(self, link: BenchLink) -> None:
        self._link = link
        self._platforms = {Side.LEFT: Platform(), Side.RIGHT: Platform()}
        self._run: BenchRun | None = None

    def take(self, frame: Frame) -> float | None:
        """See a frame; return the contact force of one that belongs to the sweep."""
        run = self._run
        if isinstance(frame, PlatformFrame):
            platform = self._platforms[frame.side]
            platform.add(frame)
            force = platform.force(frame)
            if run is not None and run.take_platform(frame, force):
                return force
        elif run is not None and isinstance(frame, MotorStatus):
            run.take_motor(frame)
        elif run is not None and isinstance(frame, PlateAtTop):
            run.take_top(frame)
        return None

    async def weigh(self, position: WheelPosition) -> float:
        """Zero the sensors, wait for the wheel to stand still; return its static weight in N."""
        side = Side.of(position)
        platform = self._platforms[side]
        platform.zero()
        # One that has just come back is heard within a moment.
        with contextlib.suppress(TimeoutError):
            await self._link.until(lambda: self._link.is_alive, SILENCE)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _WHEEL_TIMEOUT
        while (weight := platform.static_weight()) is None:
            self._check_alive()
            if loop.time() > deadline:
                raise BenchFailure(f"no wheel stands still on the {side.name.lower()} platform")
            with contextlib.suppress(TimeoutError):
                await self._link.until(lambda: platform.static_weight() is not None, SILENCE / 4)
        self._link.send(
            Display(
                left=weight if side is Side.LEFT else 0.0,
                right=weight if side is Side.RIGHT else 0.0,
            )
        )
        return weight

    async def sweep(
        self, command: TestCommand, weight: float, on_progress: ProgressHandler
    ) -> RawData:
        """Have the motor sweep, and stop it however that ends; return what was recorded.

        `weight` is the static weight in N; `on_progress` is called ten times a second.
        """
        side = Side.of(command.position)
        low, high = command.parameters.frequency_range
        excitation = Excitation(command.parameters.duration, high, low)
        order = MotorCommand(
            side=side, run=True, duration=excitation.duration, high=high, low=low
        )  # fmt: skip
        self._platforms[side].forget()
        self._link.send(MotorCommand())  # a bench starts only after it was told to stop
        run = self._run = BenchRun(side, excitation, Recording(weight))
        self._link.send(Lamps(yellow=True))
        try:
            await self._shake(run, order, on_progress)
        finally:
            self._run = None
            self.stop()
        return _raw_data(command, run.recording)

    def stop(self) -> None:
        """Stop the motor, and put the lamps out."""
        self._link.send(MotorCommand())
        self._link.send(Lamps())

    def show(self, passed: bool | None) -> None:
        """Show a verdict with the lamps; None: there is none, which is no good sign."""
        self._link.send(Lamps(red=passed is not True, green=passed is True))

    async def _shake(
        self, run: BenchRun, order: MotorCommand, on_progress: ProgressHandler
    ) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        # Twice as long as a bench takes, so that it ends even if it forgets to stop.
        longest = 2 * run.excitation.length + _START_TIMEOUT
        while not run.has_ended:
            self._link.send(order)
            self._check(run, loop.time() - begun, longest)
            await on_progress(run)
            with contextlib.suppress(TimeoutError):
                await self._link.until(
                    lambda: run.has_ended or run.fault is not None, _COMMAND_INTERVAL
                )

    def _check(self, run: BenchRun, elapsed: float, longest: float) -> None:
        if run.fault is not None:
            raise BenchFailure(run.fault)
        self._check_alive()
        if elapsed > _START_TIMEOUT and not run.has_moved:
            raise BenchFailure(f"the motor has not started within {_START_TIMEOUT:g} s")
        if elapsed > longest:
            raise BenchFailure(f"the motor has not stopped within {longest:g} s")

    def _check_alive(self) -> None:
        if not self._link.is_alive:
            raise BenchFailure(f"nothing heard of the bench for {SILENCE:g} s")


def _raw_data(command: TestCommand, recording: Recording) -> RawData:
    if len(recording) < 2:
        raise BenchFailure("nothing was recorded")
    stuck = recording.stuck_cells()
    if stuck:
        cells = ", ".join(str(number) for number in stuck)
        raise BenchFailure(f"load cell {cells} has shown the same value all the time")
    first = recording.times[0]
    return RawData(
        test_id=command.test_id,
        position=command.position,
        time=[round(moment - first, 6) for moment in recording.times],
        platform_position=[round(value, 4) for value in recording.positions],
        tire_force=[round(value, 2) for value in recording.forces],
        static_weight=recording.static_weight,
        sampling_rate=recording.sampling_rate,
        timestamp=time.time(),
    )
