"""The processing: from what a bench measures to live phase shifts and to results."""

from __future__ import annotations

import logging
import time
from collections import deque
from pathlib import Path

from pydantic import MISSING
from suspension_protocol import channels
from suspension_protocol.apps import Backend
from suspension_protocol.models import (
    Heartbeat,
    LiveMeasurement,
    RawData,
    ResultLimits,
    ServiceStatus,
    SimulatorData,
    TestCompleted,
    TestResult,
    TestState,
)
from topicwire import Context, Delivery

from suspension_services.access import Access
from suspension_services.phase_shift import (
    IMBALANCE_LIMIT,
    PHASE_SHIFT_LIMIT,
    Evaluation,
    NotJudgeable,
    evaluate,
    periods,
)
from suspension_services.service import Service

log = logging.getLogger(__name__)

_WINDOW = 1.0  # s of bench time that the live phase shift looks back on
_LIVE_INTERVAL = 0.05  # s of real time between two live measurements


class Processing(Service):
    """Judges recordings, and turns the stream of a running test into live measurements."""

    name = "processing"
    status_channel = channels.PROCESSING_STATUS

    def __init__(self, access: Access, *, outbox: Path | None = None) -> None:
        super().__init__(access, outbox=outbox)
        self._app = Backend(self.client)
        self._recent: deque[SimulatorData] = deque()
        self._last_live = 0.0

    def set_up(self) -> None:
        """Listen for recordings and live data."""
        self._app.on.raw_data_complete(self._on_recording)
        self._app.on.simulator_data(self._on_data)
        self._app.on.system_command(self.on_system_command)

    def publish_status(self, status: ServiceStatus) -> Delivery:
        """Publish the status, retained."""
        return self._app.send.processing_status(status)

    def publish_heartbeat(self, heartbeat: Heartbeat) -> Delivery:
        """Publish the heartbeat."""
        return self._app.send.system_heartbeat(heartbeat)

    def _on_data(self, data: SimulatorData, context: Context) -> None:
        if self._recent and self._recent[-1].test_id != data.test_id:
            self._recent.clear()
        self._recent.append(data)
        while data.elapsed - self._recent[0].elapsed > _WINDOW:
            self._recent.popleft()
        now = time.monotonic()
        if now - self._last_live < _LIVE_INTERVAL:
            return
        self._last_live = now
        self._app.send.measurements_live(
            LiveMeasurement(
                event="live_data",
                test_id=data.test_id,
                position=data.position,
                timestamp=data.timestamp,
                elapsed=data.elapsed,
                frequency=data.frequency,
                phase_shift=self._live_phase_shift(data.static_weight),
                tire_force=data.tire_force,
                platform_position=data.platform_position,
                progress=data.progress,
            )
        )

    def _live_phase_shift(self, static_weight: float) -> float | None:
        found = periods(
            [data.elapsed for data in self._recent],
            [data.platform_position for data in self._recent],
            [data.tire_force for data in self._recent],
            static_weight,
        )
        return min(180.0, max(0.0, found[-1].phase_shift)) if found else None

    def _on_recording(self, raw: RawData, context: Context) -> None:
        try:
            found = evaluate(raw.time, raw.platform_position, raw.tire_force, raw.static_weight)
        except NotJudgeable as error:
            log.warning("test %s cannot be judged: %s", raw.test_id, error)
            self._complete(raw, TestState.ERROR, None)
            return
        log.info(
            "test %s: %.1f degrees at %.1f Hz, %s", raw.test_id, found.min_phase_shift,
            found.frequency, "passed" if found.passed else "failed",
        )  # fmt: skip
        self._app.send.results_processed(_result(raw, found))
        self._complete(raw, TestState.COMPLETED, found.passed)

    def _complete(self, raw: RawData, state: TestState, passed: bool | None) -> None:
        self._app.send.test_completed(
            TestCompleted(test_id=raw.test_id, state=state, result=passed, timestamp=time.time())
        )


def _result(raw: RawData, found: Evaluation) -> TestResult:
    return TestResult(
        event="test_result",
        test_id=raw.test_id,
        wheel_id=raw.position,
        min_phase_shift=max(0.0, found.min_phase_shift),
        rfa_max=found.rfa_max,
        rigidity=MISSING if found.rigidity is None else found.rigidity,
        overall_pass=found.passed,
        limits=ResultLimits(min_phase_shift=PHASE_SHIFT_LIMIT, max_imbalance=IMBALANCE_LIMIT),
        timestamp=time.time(),
    )
