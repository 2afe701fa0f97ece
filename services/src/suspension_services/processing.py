"""The processing: from what the bench measures to live phase shifts and to results."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from prometheus_client import Counter
from pydantic import MISSING
from suspension_protocol.aio.apps import Backend
from suspension_protocol.aio.publishers import ProcessingStatusPublisher
from suspension_protocol.models import (
    ProcessingAction,
    ProcessingCommand,
    ProcessingResult,
    RawData,
    ResultLimits,
    SensorReading,
    ServiceState,
    TestCommand,
    TestState,
    TestStatus,
    WheelImbalance,
    WheelPosition,
)
from topicwire import Context

from suspension_services.access import Access
from suspension_services.commands import CommandRefused, CommandTable, check_names, number
from suspension_services.imbalance import (
    IMBALANCE_LIMIT,
    RIGIDITY_IMBALANCE_LIMIT,
    WheelValues,
    compare,
)
from suspension_services.live_view import LiveView
from suspension_services.logs import get_logger
from suspension_services.phase_shift import (
    PHASE_SHIFT_LIMIT,
    Evaluation,
    NotJudgeable,
    evaluate,
)
from suspension_services.service import BackendService, ServiceSettings

log = get_logger(__name__)

K = TypeVar("K")
V = TypeVar("V")

_REMEMBERED = 1_000  # tests

_OTHER_WHEEL = {
    WheelPosition.FRONT_LEFT: WheelPosition.FRONT_RIGHT,
    WheelPosition.FRONT_RIGHT: WheelPosition.FRONT_LEFT,
    WheelPosition.REAR_LEFT: WheelPosition.REAR_RIGHT,
    WheelPosition.REAR_RIGHT: WheelPosition.REAR_LEFT,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What results are judged by: degrees, and percent between left and right."""

    min_phase_shift: float = PHASE_SHIFT_LIMIT
    max_imbalance: float = IMBALANCE_LIMIT
    max_rigidity_imbalance: float = RIGIDITY_IMBALANCE_LIMIT


class Processing(BackendService):
    """Judges recordings, and turns the readings of a running test into live measurements.

    The broker keeps recordings for it while it is away, so that a test comes to its result even
    if the processing was restarted meanwhile.
    """

    name: ClassVar[str] = "processing"
    status_publisher = ProcessingStatusPublisher
    keeps_session = True

    def __init__(
        self,
        access: Access,
        settings: ServiceSettings = ServiceSettings(),  # noqa: B008 - it is frozen
        limits: Limits = Limits(),
    ) -> None:
        super().__init__(access, settings)
        self._app = Backend(self.client)
        self._limits = limits
        self._view: LiveView | None = None
        self._stopped: OrderedDict[str, None] = OrderedDict()  # tests that are not judged
        self._vehicles: OrderedDict[str, str] = OrderedDict()  # of each test
        self._wheels: OrderedDict[tuple[str, WheelPosition], WheelValues] = OrderedDict()
        self._judged = Counter(
            "suspension_recordings", "Recordings, by what has become of them.", ["outcome"],
            registry=self.registry,
        )  # fmt: skip

    def set_up(self) -> None:
        """Listen for recordings, live readings and commands."""
        self._app.on.raw_data_complete(self._on_recording)
        self._app.on.test_start(self._on_start)
        self._app.on.test_status(self._on_status)
        self._app.on.hardware_sensor.batches(self._on_readings)
        self._app.on.processing_command(
            CommandTable[ProcessingCommand](
                {
                    ProcessingAction.START_PROCESSING: self._start,
                    ProcessingAction.STOP_PROCESSING: self._stop_processing,
                    ProcessingAction.CONFIGURE: self._configure,
                    ProcessingAction.RESTART: self.restart,
                    ProcessingAction.SHUTDOWN: self.shut_down,
                },
                self.refuse,
            )
        )

    # ---- commands ----------------------------------------------------------------------------

    async def _start(self, command: ProcessingCommand) -> None:
        if not isinstance(command.test_id, str):
            raise CommandRefused("start_processing needs a test_id")
        self._stopped.pop(command.test_id, None)
        await self.set_state(ServiceState.RUNNING, details={"test_id": command.test_id})

    async def _stop_processing(self, command: ProcessingCommand) -> None:
        if not isinstance(command.test_id, str):
            raise CommandRefused("stop_processing needs a test_id")
        _remember(self._stopped, command.test_id, None)
        await self._finish(command.test_id)

    async def _configure(self, command: ProcessingCommand) -> None:
        names = ("min_phase_shift", "max_imbalance", "max_rigidity_imbalance")
        check_names(command.parameters, *names)
        given = {
            name: number(command.parameters, name, 0, 180 if name == names[0] else 100)
            for name in names
        }
        changed = {name: value for name, value in given.items() if value is not None}
        self._limits = replace(self._limits, **changed)
        log.info("configured", **changed)
        await self.tell(**changed)

    # ---- a running test ----------------------------------------------------------------------

    async def _on_start(self, command: TestCommand, context: Context) -> None:
        vehicle = command.parameters.vehicle
        if isinstance(vehicle, str):
            _remember(self._vehicles, command.test_id, vehicle)

    async def _on_status(self, status: TestStatus, context: Context) -> None:
        if status.state is TestState.RUNNING:
            if self._view is None or self._view.test_id != status.test_id:
                self._view = LiveView.of(status) or self._view
        elif self._view is not None and self._view.test_id == status.test_id:
            self._view = None

    async def _on_readings(self, readings: Sequence[SensorReading], context: Context) -> None:
        if self._view is None:
            return
        for measurement in self._view.add(readings):
            await self._app.send.measurements_live(measurement)
        self.client.flush()

    # ---- its end -----------------------------------------------------------------------------

    async def _on_recording(self, raw: RawData, context: Context) -> None:
        if raw.test_id in self._stopped:
            log.info("recording ignored, processing was stopped", test_id=raw.test_id)
            return
        self.note_activity()
        try:
            found = await asyncio.to_thread(
                evaluate, raw.time, raw.platform_position, raw.tire_force, raw.static_weight,
                self._limits.min_phase_shift,
            )  # fmt: skip
        except NotJudgeable as error:
            await self._reject(raw, str(error))
        else:
            await self._judge(raw, found)
        await self._finish(raw.test_id)

    async def _reject(self, raw: RawData, reason: str) -> None:
        log.warning("recording rejected", test_id=raw.test_id, reason=reason)
        self._judged.labels("rejected").inc()
        await self._app.send.test_status(
            TestStatus(
                test_id=raw.test_id,
                position=raw.position,
                state=TestState.ERROR,
                progress=1.0,
                details={"cause": f"the recording cannot be judged: {reason}"},
                timestamp=time.time(),
            )
        )

    async def _judge(self, raw: RawData, found: Evaluation) -> None:
        log.info(
            "judged", test_id=raw.test_id, min_phase_shift=round(found.min_phase_shift, 2),
            frequency=round(found.frequency, 2), passed=found.passed,
        )  # fmt: skip
        self._judged.labels("passed" if found.passed else "failed").inc()
        await self._app.send.processing_result(
            ProcessingResult(
                event="egea_result_processed",
                test_id=raw.test_id,
                wheel_id=raw.position,
                min_phase_shift=found.min_phase_shift,
                rfa_max=found.rfa_max,
                rigidity=MISSING if found.rigidity is None else found.rigidity,
                overall_pass=found.passed,
                limits=ResultLimits(
                    min_phase_shift=self._limits.min_phase_shift,
                    max_imbalance=self._limits.max_imbalance,
                    max_rigidity_imbalance=self._limits.max_rigidity_imbalance,
                ),
                imbalance=self._imbalance(raw, found) or MISSING,
                timestamp=time.time(),
            )
        )

    def _imbalance(self, raw: RawData, found: Evaluation) -> WheelImbalance | None:
        """Compare the wheel with the other one of its axle, if it knows that of the vehicle."""
        vehicle = self._vehicles.get(raw.test_id)
        if vehicle is None:
            return None
        values = WheelValues(found.min_phase_shift, found.rfa_max, found.rigidity)
        _remember(self._wheels, (vehicle, raw.position), values)
        other = self._wheels.get((vehicle, _OTHER_WHEEL[raw.position]))
        if other is None:
            return None
        difference = compare(
            values, other, self._limits.max_imbalance, self._limits.max_rigidity_imbalance
        )
        return WheelImbalance(
            min_phase_shift=difference.min_phase_shift,
            rfa_max=difference.rfa_max,
            rigidity=MISSING if difference.rigidity is None else difference.rigidity,
            exceeded=difference.exceeded,
        )

    async def _finish(self, test_id: str) -> None:
        if self.status().details == {"test_id": test_id}:
            await self.set_state(ServiceState.ONLINE)


def _remember(table: OrderedDict[K, V], key: K, value: V) -> None:
    table[key] = value
    table.move_to_end(key)
    if len(table) > _REMEMBERED:
        table.popitem(last=False)
