"""The simulator: a bench without hardware."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import MISSING
from suspension_protocol import channels
from suspension_protocol.apps import Simulator as SimulatorApp
from suspension_protocol.models import (
    Heartbeat,
    RawData,
    ServiceState,
    ServiceStatus,
    SimulatorData,
    TestCommand,
    TestState,
    TestStatus,
    TestStop,
    WheelPosition,
)
from topicwire import Context, Delivery

from suspension_services.access import Access
from suspension_services.quarter_car import HOLD, QuarterCar, Sample, sweep
from suspension_services.service import Service

log = logging.getLogger(__name__)

SAMPLING_RATE = 200.0  # Hz
NOISE = 4.0  # N, standard deviation of the force sensor
_STATUS_INTERVAL = 0.1  # s of real time between two messages about progress

# A car with one worn damper, at the rear on the right.
WHEELS = {
    WheelPosition.FRONT_LEFT: QuarterCar(
        sprung_mass=320, unsprung_mass=38, spring=20, tyre=220, damping=1300
    ),
    WheelPosition.FRONT_RIGHT: QuarterCar(
        sprung_mass=320, unsprung_mass=38, spring=20, tyre=220, damping=1200
    ),
    WheelPosition.REAR_LEFT: QuarterCar(
        sprung_mass=180, unsprung_mass=32, spring=18, tyre=220, damping=900
    ),
    WheelPosition.REAR_RIGHT: QuarterCar(
        sprung_mass=180, unsprung_mass=32, spring=18, tyre=220, damping=420
    ),
}


class Simulator(Service):
    """Runs the tests that it is asked for, one at a time, `speed` times as fast as a bench."""

    name = "simulator"
    status_channel = channels.SIMULATOR_STATUS

    def __init__(
        self,
        access: Access,
        *,
        speed: float = 1.0,
        outbox: Path | None = None,
    ) -> None:
        super().__init__(access, outbox=outbox)
        self._speed = speed
        self._app = SimulatorApp(self.client)
        self._running: _Run | None = None

    def set_up(self) -> None:
        """Listen for tests."""
        self._app.on.test_start(self._on_start)
        self._app.on.test_stop(self._on_stop)
        self._app.on.system_command(self.on_system_command)

    def tear_down(self) -> None:
        """Abort the running test."""
        if self._running is not None:
            self._running.abort()

    def publish_status(self, status: ServiceStatus) -> Delivery:
        """Publish the status, retained."""
        return self._app.send.simulator_status(status)

    def publish_heartbeat(self, heartbeat: Heartbeat) -> Delivery:
        """Publish the heartbeat."""
        return self._app.send.system_heartbeat(heartbeat)

    def _on_start(self, command: TestCommand, context: Context) -> None:
        if self._running is not None and self._running.is_alive():
            log.warning("busy with %s, ignoring %s", self._running.test_id, command.test_id)
            return
        self._running = _Run(self, self._app, command, self._speed)
        self._running.start()

    def _on_stop(self, command: TestStop, context: Context) -> None:
        if self._running is not None and self._running.test_id == command.test_id:
            self._running.abort()


class _Run(threading.Thread):
    """One test, on a thread of its own, so that a stop can come in between."""

    def __init__(
        self, service: Simulator, app: SimulatorApp, command: TestCommand, speed: float
    ) -> None:
        super().__init__(name=f"test-{command.test_id}")
        self.test_id = command.test_id
        self._service = service
        self._app = app
        self._position = command.position
        self._duration = command.parameters.duration
        self._speed = speed
        self._aborted = threading.Event()

    def abort(self) -> None:
        """End the test early and wait for its end."""
        self._aborted.set()
        self.join()

    def run(self) -> None:
        """Play the computed wheel at its own pace, then hand over the whole recording."""
        log.info("test %s: %s, %g s", self.test_id, self._position.value, self._duration)
        self._service.set_state(ServiceState.RUNNING)
        self._report(TestState.STARTING, 0.0, None)
        car = WHEELS[self._position]
        samples = list(sweep(car, self._duration, SAMPLING_RATE, noise=NOISE, seed=1))
        if self._play(car, samples):
            self._report(TestState.STOPPING, 1.0, None)
            self._app.send.raw_data_complete(
                RawData(
                    test_id=self.test_id,
                    position=self._position,
                    time=[round(sample.time, 6) for sample in samples],
                    platform_position=[round(sample.platform, 4) for sample in samples],
                    tire_force=[round(sample.force, 1) for sample in samples],
                    static_weight=car.static_weight,
                    sampling_rate=SAMPLING_RATE,
                    timestamp=time.time(),
                )
            )
        else:
            self._report(TestState.ABORTED, 1.0, None)
        self._service.set_state(ServiceState.ONLINE)

    def _play(self, car: QuarterCar, samples: Sequence[Sample]) -> bool:
        """Publish the samples when their time has come; return False when aborted."""
        begun = time.monotonic()
        next_report = 0.0
        for sample in samples:
            ahead = sample.time / self._speed - (time.monotonic() - begun)
            if ahead > 0 and self._aborted.wait(ahead):
                return False
            progress = min(1.0, sample.time / (HOLD + self._duration))
            self._app.send.simulator_data(self._data(car, sample, progress))
            if time.monotonic() - begun >= next_report:
                next_report += _STATUS_INTERVAL
                self._report(TestState.RUNNING, progress, sample.frequency)
        return not self._aborted.is_set()

    def _data(self, car: QuarterCar, sample: Sample, progress: float) -> SimulatorData:
        return SimulatorData(
            event="live_data",
            test_id=self.test_id,
            position=self._position,
            timestamp=time.time(),
            elapsed=sample.time,
            frequency=sample.frequency,
            phase_shift=None,  # the simulator measures; the processing judges
            tire_force=sample.force,
            platform_position=sample.platform,
            progress=progress,
            static_weight=car.static_weight,
            damping=car.damping,
        )

    def _report(self, state: TestState, progress: float, frequency: float | None) -> None:
        self._app.send.test_status(
            TestStatus(
                test_id=self.test_id,
                position=self._position,
                state=state,
                progress=progress,
                frequency=MISSING if frequency is None else frequency,
                timestamp=time.time(),
            )
        )
