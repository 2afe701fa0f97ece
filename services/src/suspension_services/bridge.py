"""The bridge to the bench's hardware: CAN frames become sensor readings and recordings."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from prometheus_client import Counter
from suspension_protocol.aio.apps import Tester
from suspension_protocol.aio.publishers import HardwareStatusPublisher
from suspension_protocol.models import (
    HardwareAction,
    HardwareCommand,
    SensorQuantity,
    SensorReading,
    ServiceState,
    TestCommand,
    TestCompleted,
    TestState,
    TestStop,
    WheelPosition,
)
from topicwire import Context

from suspension_services.access import Access
from suspension_services.bench_drive import BenchDrive, BenchFailure
from suspension_services.bench_link import SILENCE, BenchLink
from suspension_services.bench_reports import BenchReports
from suspension_services.bench_run import BenchRun
from suspension_services.can_access import BusAddress
from suspension_services.commands import CommandRefused, CommandTable
from suspension_services.frames import Frame, PlatformFrame
from suspension_services.logs import get_logger
from suspension_services.readings import cell_readings, platform_readings
from suspension_services.service import BackendService, ServiceSettings
from suspension_services.sweep_parameters import problem

log = get_logger(__name__)

_FIRST_FRAME = 5.0  # s for the first frame from the bench
_REPORT_INTERVAL = 0.2  # s between two reports of a sweep
_REMEMBERED = 1_000  # tests


@dataclass
class _Job:
    """What is being done for a test; `reason` says why somebody ends it."""

    test_id: str
    sweeps: bool
    task: asyncio.Task[None]
    is_ending: bool = False
    reason: str = ""


class Bridge(BackendService):
    """Drives the bench for one test at a time, and publishes what it measures.

    Commands may be repeated: it prepares and carries out each test once. Times of readings are
    those of the bus, of whatever kind it is; they are never those at which the bridge got them.
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
        self._drive = BenchDrive(self._link)
        self._reports = BenchReports(self._app)
        self._job: _Job | None = None
        self._prepared: tuple[str, float] | None = None  # a test, and its static weight
        self._begun: OrderedDict[str, asyncio.Event] = OrderedDict()  # tests, and whether over
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
        await self._end_job("the bridge has been stopped")

    # ---- commands over MQTT ------------------------------------------------------------------

    async def _prepare(self, command: HardwareCommand) -> None:
        if not isinstance(command.position, WheelPosition) or not isinstance(command.test_id, str):
            raise CommandRefused("prepare_test needs test_id and position")
        test_id = command.test_id
        if test_id in self._begun:
            return  # a repetition that is late
        if self._prepared is not None and self._prepared[0] == test_id:
            await self._tell_prepared(*self._prepared)  # the answer may have been missed
            return
        job = await self._current_job()
        if job is not None and job.test_id == test_id:
            return  # it is being prepared
        if job is not None and job.sweeps:
            raise CommandRefused(f"busy with {job.test_id}")
        await self._end_job(f"{test_id} is prepared")  # what was to be tested before is not
        self._start_job(test_id, self._get_ready(test_id, command.position), sweeps=False)

    async def _on_start(self, command: TestCommand, context: Context) -> None:
        if command.test_id in self._begun:
            return  # told again
        cause = problem(command.parameters)
        job = await self._current_job()
        if job is not None and job.test_id != command.test_id:
            cause = f"the bench is busy with {job.test_id}"
        if cause is not None:
            await self._reports.tell_end(command, TestState.ERROR, cause)
            return
        self._begun[command.test_id] = asyncio.Event()
        if len(self._begun) > _REMEMBERED:
            self._begun.popitem(last=False)
        await self._end_job("it is started")  # still getting ready, which carrying out does too
        self._start_job(command.test_id, self._carry_out(command), sweeps=True)

    async def _on_stop(self, command: TestStop, context: Context) -> None:
        if self._job is not None and command.test_id == self._job.test_id:
            await self._end_job(command.reason if isinstance(command.reason, str) else "stopped")

    async def _on_completed(self, message: TestCompleted, context: Context) -> None:
        if message.test_id in self._begun:
            self._begun[message.test_id].set()
        self._drive.show(message.result if isinstance(message.result, bool) else None)

    # ---- one thing at a time -----------------------------------------------------------------

    def _start_job(
        self, test_id: str, work: Coroutine[object, object, None], *, sweeps: bool
    ) -> None:
        self._job = _Job(test_id, sweeps, self.spawn(work, f"test {test_id}"))

    async def _current_job(self) -> _Job | None:
        """Return what is being done, once what is at its end has ended."""
        job = self._job
        if job is not None and (job.is_ending or job.reason):
            await asyncio.wait([job.task])
        return self._job if self._job is not None and not self._job.task.done() else None

    async def _end_job(self, reason: str) -> None:
        """End what is being done, and wait until it has ended."""
        job = self._job
        if job is None or job.task.done():
            return
        if not job.is_ending and not job.reason:
            job.reason = reason
            job.task.cancel()
        await asyncio.wait([job.task])

    # ---- one test ----------------------------------------------------------------------------

    async def _get_ready(self, test_id: str, position: WheelPosition) -> None:
        """Zero the sensors, wait for the wheel, and tell that it stands there."""
        try:
            weight = await self._drive.weigh(position)
        except BenchFailure as error:
            log.warning("not ready", test_id=test_id, reason=str(error))
            await self.refuse(HardwareAction.PREPARE_TEST, str(error), test_id)
            return
        self._prepared = test_id, weight
        log.info("ready", test_id=test_id, static_weight=round(weight, 1))
        await self._tell_prepared(test_id, weight)

    async def _tell_prepared(self, test_id: str, weight: float) -> None:
        await self.tell(prepared=test_id, static_weight=weight)

    async def _carry_out(self, command: TestCommand) -> None:
        state, cause = TestState.COMPLETED, ""
        try:
            await self._sweep(command)
        except BenchFailure as error:
            state, cause = TestState.ERROR, str(error)
        except asyncio.CancelledError:
            state, cause = TestState.ABORTED, self._job.reason if self._job is not None else ""
        if self._job is not None:
            self._job.is_ending = True  # from here on nothing is to be interrupted
        self._tests.labels(state.value).inc()
        if state is not TestState.COMPLETED:
            log.warning("test ended", test_id=command.test_id, state=state.value, cause=cause)
            await self._reports.tell_end(command, state, cause)
        if self.state is ServiceState.RUNNING:
            await self.set_state(ServiceState.ONLINE)

    async def _sweep(self, command: TestCommand) -> None:
        self.note_activity()
        await self._reports.tell(command, TestState.STARTING)
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared[0] == command.test_id:
            weight = prepared[1]
        else:
            weight = await self._drive.weigh(command.position)
        await self.set_state(ServiceState.RUNNING, details={"test_id": command.test_id})
        reported = 0.0

        async def tell(run: BenchRun) -> None:
            nonlocal reported
            now = time.monotonic()
            if run.is_recording and now - reported >= _REPORT_INTERVAL:
                reported = now
                await self._reports.tell_progress(command, run)
            self.client.flush()

        raw = await self._drive.sweep(command, weight, tell)
        self.client.flush()
        self.note_activity()
        await self._reports.tell(command, TestState.STOPPING, 1.0)
        await self._reports.hand_over(raw)
        self.spawn(self._reports.insist(raw, self._begun[raw.test_id]), f"recording {raw.test_id}")

    # ---- what the bench tells ----------------------------------------------------------------

    async def _take(self, frames: Sequence[Frame]) -> None:
        readings: list[SensorReading] = []
        totals: list[SensorReading] = []
        for frame in frames:
            self._frames.labels(type(frame).__name__).inc()
            force = self._drive.take(frame)
            if force is not None and isinstance(frame, PlatformFrame):
                readings += cell_readings(frame)
                totals += platform_readings(frame, force)
        if not self.client.is_connected:
            return  # they are of use for seconds only; what is recorded waits
        for reading in readings:
            await self._app.send.hardware_sensor(reading)
        for reading in totals:
            is_force = reading.quantity is SensorQuantity.FORCE
            await self._app.send.sensor(reading, quantity="force" if is_force else "position")

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
