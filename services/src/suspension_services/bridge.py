"""The bridge to the bench's hardware: CAN frames become sensor readings and recordings."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import ClassVar

from prometheus_client import Counter
from pydantic import MISSING, JsonValue
from suspension_protocol.aio.apps import Tester
from suspension_protocol.aio.publishers import HardwareStatusPublisher
from suspension_protocol.models import (
    HardwareAction,
    HardwareCommand,
    RawData,
    SensorQuantity,
    SensorReading,
    ServiceState,
    TestCommand,
    TestCompleted,
    TestState,
    TestStatus,
    TestStop,
    WheelPosition,
)
from topicwire import Context, Delivery, TopicwireError

from suspension_services.access import Access
from suspension_services.bench_link import SILENCE, BenchLink
from suspension_services.bench_run import BenchRun
from suspension_services.can_access import BusAddress
from suspension_services.commands import CommandRefused, CommandTable
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
from suspension_services.logs import get_logger
from suspension_services.platforms import Platform, Recording
from suspension_services.quarter_car import Excitation
from suspension_services.service import BackendService, ServiceSettings
from suspension_services.sweep_parameters import problem

log = get_logger(__name__)

_FIRST_FRAME = 5.0  # s for the first frame from the bench
_COMMAND_INTERVAL = 0.1  # s between repetitions of the command to the motor
_REPORT_EVERY = 2  # of these intervals
_WHEEL_TIMEOUT = 30.0  # s for a wheel to stand still on the platform
_START_TIMEOUT = 5.0  # s for the motor to start
_HAND_OVER_TIMEOUT = 30.0  # s for the broker to acknowledge a recording


class BenchFailure(Exception):
    """The bench cannot carry out a test; the text says why."""


class Bridge(BackendService):
    """Drives the bench for one test at a time, and publishes what it measures.

    Times of readings are those of the bus, of whatever kind it is; they are never those at which
    the bridge got them.
    """

    name: ClassVar[str] = "bridge"
    status_publisher = HardwareStatusPublisher

    def __init__(
        self,
        access: Access,
        bus: BusAddress,
        settings: ServiceSettings = ServiceSettings(),  # noqa: B008 - it is frozen
        *,
        speed: float = 1.0,
        record: Path | None = None,
    ) -> None:
        super().__init__(access, settings)
        self._app = Tester(self.client)
        self._link = BenchLink(bus, self._take, speed=speed, record=record)
        self._platforms = {Side.LEFT: Platform(), Side.RIGHT: Platform()}
        self._weights: dict[str, float] = {}  # static weight of the test that was prepared
        self._run: BenchRun | None = None
        self._test: asyncio.Task[None] | None = None
        self._test_id: str | None = None
        self._abort_reason = ""
        self._frames = Counter(
            "suspension_frames", "Frames from the bench.", ["kind"], registry=self.registry
        )
        self._tests = Counter(
            "suspension_sweeps", "Sweeps, by their ends.", ["state"], registry=self.registry
        )

    def set_up(self) -> None:
        """Listen for tests and commands."""
        self._app.on.test_start(self._on_start)
        self._app.on.test_stop(self._on_stop)
        self._app.on.test_completed(self._on_completed)
        self._app.on.hardware_command(
            CommandTable[HardwareCommand](
                {
                    HardwareAction.PREPARE_TEST: self._prepare,
                    HardwareAction.RESTART: self.restart,
                    HardwareAction.SHUTDOWN: self.shut_down,
                },
                self.refuse,
            )
        )

    async def begin(self) -> None:
        """Go on the bus, and wait a little for the bench to be heard."""
        self.spawn(self._link.run(), "bus")
        try:
            await self._link.until(lambda: self._link.is_alive, _FIRST_FRAME)
        except TimeoutError:
            await self.set_state(
                ServiceState.ERROR, f"nothing heard of the bench at {self._link.address}"
            )
        self.spawn(self._watch(), "watch")

    async def end(self) -> None:
        """Stop the motor."""
        await self._abort("the bridge has been stopped")

    # ---- commands over MQTT ------------------------------------------------------------------

    async def _prepare(self, command: HardwareCommand) -> None:
        if not isinstance(command.position, WheelPosition) or not isinstance(command.test_id, str):
            raise CommandRefused("prepare_test needs test_id and position")
        if self._is_busy():
            raise CommandRefused(f"busy with {self._test_id}")
        self._begin_test(self._get_ready(command.test_id, command.position), command.test_id)

    async def _on_start(self, command: TestCommand, context: Context) -> None:
        if self._test_id == command.test_id and self._run is not None:
            return  # told twice
        cause = problem(command.parameters)
        if self._is_busy() and self._test_id != command.test_id:
            cause = f"the bench is busy with {self._test_id}"
        if cause is not None:
            await self._report(command, TestState.ERROR, 0.0, {"cause": cause})
            return
        if self._test is not None and self._is_busy():
            self._test.cancel()  # it was still getting ready; carrying out does that too
        self._begin_test(self._carry_out(command), command.test_id)

    async def _on_stop(self, command: TestStop, context: Context) -> None:
        if command.test_id == self._test_id and self._is_busy():
            reason = command.reason if isinstance(command.reason, str) else "stopped"
            await self._abort(reason)

    async def _on_completed(self, message: TestCompleted, context: Context) -> None:
        self._link.send(Lamps(red=message.result is not True, green=message.result is True))

    def _begin_test(self, work: Coroutine[object, object, None], test_id: str) -> None:
        self._test_id = test_id
        self._test = self.spawn(work, f"test {test_id}")

    def _is_busy(self) -> bool:
        return self._test is not None and not self._test.done()

    async def _abort(self, reason: str) -> None:
        """End what is being done for a test, and wait until it has ended."""
        test = self._test
        if test is not None and not test.done():
            self._abort_reason = reason
            test.cancel()
            await asyncio.wait([test])

    # ---- one test ----------------------------------------------------------------------------

    async def _get_ready(self, test_id: str, position: WheelPosition) -> None:
        """Zero the sensors, wait for the wheel, and tell that it stands there."""
        try:
            weight = await self._weigh(position)
        except BenchFailure as error:
            log.warning("not ready", test_id=test_id, reason=str(error))
            await self.tell(test_id=test_id, refused="prepare_test", reason=str(error))
            return
        self._weights = {test_id: weight}
        log.info("ready", test_id=test_id, static_weight=round(weight, 1))
        await self.tell(prepared=test_id, static_weight=weight)

    async def _weigh(self, position: WheelPosition) -> float:
        side = Side.of(position)
        platform = self._platforms[side]
        platform.zero()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _WHEEL_TIMEOUT
        while (weight := platform.static_weight()) is None:
            if not self._link.is_alive:
                raise BenchFailure(f"nothing heard of the bench for {SILENCE:g} s")
            if loop.time() > deadline:
                raise BenchFailure(f"no wheel stands still on the {side.name.lower()} platform")
            try:
                await self._link.until(lambda: platform.static_weight() is not None, SILENCE / 4)
            except TimeoutError:
                continue
        self._link.send(
            Display(
                left=weight if side is Side.LEFT else 0.0,
                right=weight if side is Side.RIGHT else 0.0,
            )
        )
        return weight

    async def _carry_out(self, command: TestCommand) -> None:
        state, cause = TestState.COMPLETED, ""
        try:
            await self._report(command, TestState.STARTING, 0.0)
            weight = self._weights.pop(command.test_id, None)
            if weight is None:
                weight = await self._weigh(command.position)
            await self.set_state(ServiceState.RUNNING, details={"test_id": command.test_id})
            run = await self._sweep(command, weight)
            await self._report(command, TestState.STOPPING, 1.0)
            await self._hand_over(command, run.recording)
        except BenchFailure as error:
            state, cause = TestState.ERROR, str(error)
        except asyncio.CancelledError:
            state, cause = TestState.ABORTED, self._abort_reason
        finally:
            # First of all the motor, whatever else has gone wrong.
            self._link.send(MotorCommand())
            self._link.send(Lamps())
            self._run = None
        self._tests.labels(state.value).inc()
        if state is not TestState.COMPLETED:
            log.warning("test ended", test_id=command.test_id, state=state.value, cause=cause)
            await self._report(command, state, 0.0, {"cause": cause})
        if self.state is ServiceState.RUNNING:
            await self.set_state(ServiceState.ONLINE)

    async def _sweep(self, command: TestCommand, weight: float) -> BenchRun:
        """Have the motor sweep, telling the progress; return what was recorded."""
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
        loop = asyncio.get_running_loop()
        begun = loop.time()
        # Twice as long as a bench takes, so that it ends even if it forgets to stop.
        longest = 2 * excitation.length + _START_TIMEOUT
        intervals = 0
        while not run.has_ended:
            self._link.send(order)
            self._check(run, loop.time() - begun, longest)
            if run.is_recording and intervals % _REPORT_EVERY == 0:
                await self._report_progress(command, run)
            intervals += 1
            self.client.flush()
            try:
                await self._link.until(
                    lambda: run.has_ended or run.fault is not None, _COMMAND_INTERVAL
                )
            except TimeoutError:
                pass
        self.client.flush()
        return run

    def _check(self, run: BenchRun, elapsed: float, longest: float) -> None:
        if run.fault is not None:
            raise BenchFailure(run.fault)
        if not self._link.is_alive:
            raise BenchFailure(f"nothing heard of the bench for {SILENCE:g} s")
        if elapsed > _START_TIMEOUT and not run.has_moved:
            raise BenchFailure(f"the motor has not started within {_START_TIMEOUT:g} s")
        if elapsed > longest:
            raise BenchFailure(f"the motor has not stopped within {longest:g} s")

    async def _hand_over(self, command: TestCommand, recording: Recording) -> None:
        """Publish the recording, and wait until the broker has it."""
        if len(recording) < 2:
            raise BenchFailure("nothing was recorded")
        stuck = recording.stuck_cells()
        if stuck:
            cells = ", ".join(str(number) for number in stuck)
            raise BenchFailure(f"load cell {cells} has shown the same value all the time")
        first = recording.times[0]
        delivery = await self._app.send.raw_data_complete(
            RawData(
                test_id=command.test_id,
                position=command.position,
                time=[round(moment - first, 6) for moment in recording.times],
                platform_position=[round(value, 4) for value in recording.positions],
                tire_force=[round(value, 2) for value in recording.forces],
                static_weight=recording.static_weight,
                sampling_rate=recording.sampling_rate,
                timestamp=time.time(),
            )
        )
        try:
            await asyncio.wait_for(_acknowledged(delivery), _HAND_OVER_TIMEOUT)
        except TimeoutError:
            # It is still in the queue, or the outbox, and goes when the broker is there.
            log.warning("recording not acknowledged yet", test_id=command.test_id)
        except TopicwireError as error:
            raise BenchFailure(f"the recording could not be handed over: {error}") from error
        log.info("recording handed over", test_id=command.test_id, samples=len(recording))

    async def _report_progress(self, command: TestCommand, run: BenchRun) -> None:
        details: dict[str, JsonValue] = {
            "static_weight": run.recording.static_weight,
            "begun": run.begun,
            "length": run.excitation.length,
        }
        await self._report(command, TestState.RUNNING, run.progress, details, run.frequency)

    async def _report(
        self,
        command: TestCommand,
        state: TestState,
        progress: float,
        details: dict[str, JsonValue] | None = None,
        frequency: float | None = None,
    ) -> None:
        self.note_activity()
        await self._app.send.test_status(
            TestStatus(
                test_id=command.test_id,
                position=command.position,
                state=state,
                progress=progress,
                frequency=MISSING if frequency is None else frequency,
                details=MISSING if details is None else details,
                timestamp=time.time(),
            )
        )

    # ---- what the bench tells ----------------------------------------------------------------

    async def _take(self, frames: Sequence[Frame]) -> None:
        readings: list[SensorReading] = []
        totals: list[SensorReading] = []
        run = self._run
        for frame in frames:
            self._frames.labels(type(frame).__name__).inc()
            if isinstance(frame, PlatformFrame):
                platform = self._platforms[frame.side]
                platform.add(frame)
                total = platform.force(frame)
                if run is not None and run.take_platform(frame, total):
                    readings += _cell_readings(frame)
                    totals += _platform_readings(frame, total)
            elif run is not None and isinstance(frame, MotorStatus):
                run.take_motor(frame)
            elif run is not None and isinstance(frame, PlateAtTop):
                run.take_top(frame)
        for reading in readings:
            await self._app.send.hardware_sensor(reading)
        for reading in totals:
            force = reading.quantity is SensorQuantity.FORCE
            await self._app.send.sensor(reading, quantity="force" if force else "position")

    async def _watch(self) -> None:
        """Tell when the bench is lost, and when it is back."""
        while True:
            if self._link.is_alive and self.state is ServiceState.ERROR:
                await self.set_state(ServiceState.ONLINE)
            elif not self._link.is_alive and self.state is not ServiceState.ERROR:
                await self.set_state(
                    ServiceState.ERROR, f"nothing heard of the bench for {SILENCE:g} s"
                )
            await asyncio.sleep(SILENCE / 4)


def _cell_readings(frame: PlatformFrame) -> list[SensorReading]:
    """Return what each sensor of a platform shows, as the bus has it."""
    side = frame.side.name.lower()
    cells = [
        _reading(f"{side}_platform_force_{number}", SensorQuantity.FORCE, force, frame.time)
        for number, force in enumerate(frame.forces, 1)
    ]
    position = f"{side}_platform_position"
    return [*cells, _reading(position, SensorQuantity.POSITION, frame.position, frame.time)]


def _platform_readings(frame: PlatformFrame, force: float) -> list[SensorReading]:
    """Return the contact force on a platform, without the zeros of the cells, and its position."""
    side = frame.side.name.lower()
    return [
        _reading(f"{side}_platform_force", SensorQuantity.FORCE, force, frame.time),
        _reading(f"{side}_platform_position", SensorQuantity.POSITION, frame.position, frame.time),
    ]


def _reading(sensor: str, quantity: SensorQuantity, value: float, moment: float) -> SensorReading:
    unit = "N" if quantity is SensorQuantity.FORCE else "mm"
    return SensorReading(sensor=sensor, quantity=quantity, value=value, unit=unit, timestamp=moment)


async def _acknowledged(delivery: Delivery) -> None:
    await delivery
