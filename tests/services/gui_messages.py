"""Messages of a test as the services send them, for the tests of the GUI."""

from __future__ import annotations

from pydantic import MISSING
from suspension_protocol.models import (
    LiveMeasurement,
    ResultLimits,
    SensorQuantity,
    SensorReading,
    ServiceState,
    ServiceStatus,
    TestCompleted,
    TestResult,
    TestState,
    TestStatus,
    WheelImbalance,
    WheelPosition,
)

BEGUN = 5_000.0  # bus time of the sweep


def service(name: str, state: ServiceState = ServiceState.ONLINE, **details: object):
    return ServiceStatus(
        service=name, status=state, details=details or MISSING, uptime=1.0, timestamp=1.0
    )


def status(test_id: str, state: TestState, progress: float = 0.0, **details: object):
    return TestStatus(
        test_id=test_id, position=WheelPosition.FRONT_LEFT, state=state, progress=progress,
        details=details or MISSING, timestamp=1.0,
    )  # fmt: skip


def running(test_id: str, progress: float = 0.5):
    return status(
        test_id, TestState.RUNNING, progress, static_weight=3500.0, begun=BEGUN, length=25.0
    )


def live(test_id: str, elapsed: float, frequency: float, phase_shift: float | None):
    return LiveMeasurement(
        event="live_data", test_id=test_id, position=WheelPosition.FRONT_LEFT, timestamp=1.0,
        elapsed=elapsed, frequency=frequency, phase_shift=phase_shift, tire_force=3400.0,
        platform_position=1.0, progress=elapsed / 25,
    )  # fmt: skip


def force(value: float, elapsed: float, side: str = "left"):
    return SensorReading(
        sensor=f"{side}_platform_force", quantity=SensorQuantity.FORCE, value=value, unit="N",
        timestamp=BEGUN + elapsed,
    )  # fmt: skip


def result(
    test_id: str, position: WheelPosition = WheelPosition.FRONT_LEFT, phase_shift: float = 52.5,
    imbalance: float | None = None,
):  # fmt: skip
    found = MISSING
    if imbalance is not None:
        found = WheelImbalance(
            min_phase_shift=imbalance, rfa_max=4.0, rigidity=2.5, exceeded=imbalance > 30
        )
    return TestResult(
        event="test_result", test_id=test_id, wheel_id=position, min_phase_shift=phase_shift,
        rfa_max=44.9, rigidity=210.3, overall_pass=phase_shift >= 35,
        limits=ResultLimits(
            min_phase_shift=35.0, max_imbalance=30.0, max_rigidity_imbalance=35.0
        ),
        imbalance=found, timestamp=1.0,
    )  # fmt: skip


def completed(test_id: str, state: TestState = TestState.COMPLETED, passed: bool | None = True):
    return TestCompleted(
        test_id=test_id, state=state, result=passed if state is TestState.COMPLETED else None,
        timestamp=1.0,
    )  # fmt: skip
