# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The payloads of the protocol."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import MISSING, ConfigDict, Field, JsonValue
from topicwire import Payload


class ServiceState(StrEnum):
    """Where a service is in its life: `online` waits for work, `running` does it, `stopping` ends
    what it has begun, `stopped` was ended by a command, `offline` is gone (this is what the last
    will says), `error` is there and cannot do its work.
    """

    STARTING = "starting"
    ONLINE = "online"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    OFFLINE = "offline"
    ERROR = "error"


class ServiceStatus(Payload):
    """State of one service."""

    model_config = ConfigDict(extra="forbid")

    service: Annotated[str, Field(min_length=1)]
    """Names a service, such as `simulator`, `processing`, `orchestrator` or `gui`."""
    status: ServiceState
    details: dict[str, JsonValue] | MISSING = MISSING
    """Whatever else there is to say, for people and logs."""
    error: str | MISSING = MISSING
    """What went wrong, when the state is `error`; for people."""
    uptime: Annotated[float, Field(ge=0.0)]
    """Time since the service was started in s."""
    memory_usage: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """Resident memory of the service's process in MiB."""
    cpu_usage: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """Use of processor time in percent of one core; several cores give over 100."""
    last_activity: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """When the service last did some work, in seconds since the epoch, with decimals."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class Heartbeat(Payload):
    """Sign of life of one service, every 30 s."""

    model_config = ConfigDict(extra="forbid")

    service: Annotated[str, Field(min_length=1)]
    """Names a service, such as `simulator`, `processing`, `orchestrator` or `gui`."""
    status: Literal["alive"]
    """Always `alive`."""
    uptime: Annotated[float, Field(ge=0.0)]
    """Time since the service was started in s."""
    memory_usage: Annotated[float, Field(ge=0.0)]
    """Resident memory of the service's process in MiB."""
    cpu_usage: Annotated[float, Field(ge=0.0)]
    """Use of processor time in percent of one core; several cores give over 100."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class SystemAction(StrEnum):
    """What all services or one of them are to do."""

    SHUTDOWN = "shutdown"
    RESTART = "restart"


class SystemCommand(Payload):
    """Shuts down or restarts one service, or all of them when `service` is absent."""

    model_config = ConfigDict(extra="forbid")

    command: SystemAction
    service: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names a service, such as `simulator`, `processing`, `orchestrator` or `gui`."""
    reason: str | MISSING = MISSING
    """Why, for people and logs."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class WheelPosition(StrEnum):
    """The wheel under test, seen in the direction of travel."""

    FRONT_LEFT = "front_left"
    FRONT_RIGHT = "front_right"
    REAR_LEFT = "rear_left"
    REAR_RIGHT = "rear_right"


class TestMethod(StrEnum):
    """How the wheel is judged: by the phase shift between platform and contact force, or by the
    resonance of the contact force.
    """

    PHASE_SHIFT = "phase_shift"
    RESONANCE = "resonance"


class TestParameters(Payload):
    """How a test is run. A bench may understand further parameters of its own."""

    model_config = ConfigDict(extra="allow")

    duration: Annotated[float, Field(gt=0.0)]
    """Duration of the excitation in s."""
    frequency_range: Annotated[list[float], Field(max_length=2, min_length=2)]
    """Lowest and highest frequency of the excitation in Hz, in this order, both above 0. The
    platform sweeps from the highest to the lowest.
    """
    vehicle: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names the vehicle on the bench, the same for all of its wheels; the wheels of an axle are
    compared with each other when they have it in common.
    """


class TestCommand(Payload):
    """Starts the test of one wheel."""

    model_config = ConfigDict(extra="forbid")

    command: Literal["start"]
    """Always `start`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition
    method: TestMethod = TestMethod.PHASE_SHIFT
    """How the wheel is judged; `phase_shift` when absent."""
    parameters: TestParameters
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class TestStop(Payload):
    """Stops a running test."""

    model_config = ConfigDict(extra="forbid")

    command: Literal["stop"]
    """Always `stop`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    reason: str | MISSING = MISSING
    """Why the test is stopped, for people."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class TestState(StrEnum):
    """Where a test is in its life: `starting`, `running` and `stopping` pass; `completed`,
    `aborted` and `error` are final.
    """

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    COMPLETED = "completed"
    ABORTED = "aborted"
    ERROR = "error"


class TestStatus(Payload):
    """State and progress of a test."""

    model_config = ConfigDict(extra="forbid")

    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition
    state: TestState
    progress: Annotated[float, Field(ge=0.0, le=1.0)]
    """Part of the test that is done, 0 to 1."""
    frequency: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """Frequency of the platform in Hz."""
    details: dict[str, JsonValue] | MISSING = MISSING
    """Whatever else there is to say, for people and logs."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class TestCompleted(Payload):
    """Closes a test."""

    model_config = ConfigDict(extra="forbid")

    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    state: TestState
    result: bool | None
    """Whether the wheel has passed; null when the test came to no result."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class RawData(Payload):
    """The recording of one wheel. The three arrays are of equal length, one entry per sample."""

    model_config = ConfigDict(extra="forbid")

    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition
    time: Annotated[list[float], Field(max_length=1000000, min_length=2)]
    """Time of every sample in s since the start of the recording, ascending."""
    platform_position: Annotated[list[float], Field(max_length=1000000, min_length=2)]
    """Displacement of the platform from its middle in mm, up is positive."""
    tire_force: Annotated[list[float], Field(max_length=1000000, min_length=2)]
    """Contact force between tyre and platform in N."""
    static_weight: Annotated[float, Field(gt=0.0)]
    """Contact force of the wheel at rest in N."""
    sampling_rate: Annotated[float, Field(gt=0.0)]
    """Samples per second, in Hz."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class ResultLimits(Payload):
    """The limits a result was judged by.

    They are configured, and taken from secondary sources: no conformity with a test standard is
    claimed.
    """

    model_config = ConfigDict(extra="forbid")

    min_phase_shift: Annotated[float, Field(ge=0.0, le=180.0)]
    """Lowest phase shift that passes, in degrees."""
    max_imbalance: Annotated[float | MISSING, Field(ge=0.0, le=100.0)] = MISSING
    """Largest difference between left and right that is not reported, in percent of the larger
    value.
    """
    max_rigidity_imbalance: Annotated[float | MISSING, Field(ge=0.0, le=100.0)] = MISSING
    """Largest difference in rigidity between left and right that is not reported, in percent of the
    larger value.
    """


class WheelImbalance(Payload):
    """Differences between the wheels of an axle, in percent of the larger value, and whether one of
    them is beyond its limit. It is reported, and does not change the verdict on a wheel.
    """

    model_config = ConfigDict(extra="forbid")

    min_phase_shift: Annotated[float, Field(ge=0.0, le=100.0)]
    """Difference between the lowest phase shifts, in percent."""
    rfa_max: Annotated[float, Field(ge=0.0, le=100.0)]
    """Difference between the largest relative force amplitudes, in percent."""
    rigidity: Annotated[float | MISSING, Field(ge=0.0, le=100.0)] = MISSING
    """Difference between the rigidities, in percent."""
    exceeded: bool
    """Whether a difference is beyond the limit that goes with it."""


class TestResult(Payload):
    """Result of the test of one wheel."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["test_result"]
    """Always `test_result`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    wheel_id: WheelPosition
    min_phase_shift: Annotated[float | MISSING, Field(ge=0.0, le=180.0)] = MISSING
    """Lowest phase shift between the two resonances of the wheel, in degrees."""
    rfa_max: Annotated[float | MISSING, Field(ge=0.0, le=100.0)] = MISSING
    """Largest relative force amplitude, the part of the static weight that is lost at worst, in
    percent.
    """
    rigidity: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """Rigidity of the tyre in N/mm."""
    overall_pass: bool
    """Whether the wheel has passed."""
    limits: ResultLimits | MISSING = MISSING
    imbalance: WheelImbalance | MISSING = MISSING
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class LiveMeasurement(Payload):
    """What is measured at one moment of a test."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["live_data"]
    """Always `live_data`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""
    elapsed: Annotated[float, Field(ge=0.0)]
    """Time since the start of the test in s."""
    frequency: Annotated[float, Field(ge=0.0)]
    """Frequency of the platform in Hz."""
    phase_shift: Annotated[float | None, Field(ge=0.0, le=180.0)]
    """Phase shift of the last period in degrees; null while there is none, as before the first
    complete period.
    """
    tire_force: float
    """Contact force between tyre and platform in N."""
    platform_position: float
    """Displacement of the platform from its middle in mm, up is positive."""
    progress: Annotated[float, Field(ge=0.0, le=1.0)]
    """Part of the test that is done, 0 to 1."""


class SensorQuantity(StrEnum):
    """What a sensor measures; forces come in N, positions in mm."""

    FORCE = "force"
    POSITION = "position"


class SensorReading(Payload):
    """One value of one sensor."""

    model_config = ConfigDict(extra="forbid")

    sensor: Annotated[str, Field(min_length=1)]
    """Names the sensor of the bench."""
    quantity: SensorQuantity
    value: float
    """The reading, in the unit that stands in `unit`."""
    unit: Annotated[str, Field(min_length=1)]
    """Unit of the value, N for forces and mm for positions."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Time on the bus of the bench, in seconds since the epoch, with decimals. Never the time of
    arrival, which is late and jitters.
    """


class SimulatorAction(StrEnum):
    """What the simulator is to do: `prepare_test` loads a wheel, `configure` sets what stands in
    `parameters`, `restart` and `shutdown` end the process.
    """

    PREPARE_TEST = "prepare_test"
    CONFIGURE = "configure"
    RESTART = "restart"
    SHUTDOWN = "shutdown"


class SimulatorCommand(Payload):
    """Command to the simulator."""

    model_config = ConfigDict(extra="forbid")

    command: SimulatorAction
    test_id: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition | MISSING = MISSING
    reason: str | MISSING = MISSING
    """Why, for people and logs."""
    parameters: dict[str, JsonValue] | MISSING = MISSING
    """Parameters of the command, such as `damping` in N s/m for `configure`."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class SimulatorData(Payload):
    """What the simulated wheel does at one moment: a live measurement, with what it was computed
    from.
    """

    model_config = ConfigDict(extra="forbid")

    event: Literal["live_data"]
    """Always `live_data`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""
    elapsed: Annotated[float, Field(ge=0.0)]
    """Time since the start of the test in s."""
    frequency: Annotated[float, Field(ge=0.0)]
    """Frequency of the platform in Hz."""
    phase_shift: Annotated[float | None, Field(ge=0.0, le=180.0)]
    """Phase shift of the last period in degrees; null while there is none, as before the first
    complete period.
    """
    tire_force: float
    """Contact force between tyre and platform in N."""
    platform_position: float
    """Displacement of the platform from its middle in mm, up is positive."""
    progress: Annotated[float, Field(ge=0.0, le=1.0)]
    """Part of the test that is done, 0 to 1."""
    static_weight: Annotated[float, Field(gt=0.0)]
    """Contact force of the wheel at rest in N."""
    damping: Annotated[float, Field(ge=0.0)]
    """Damping constant of the simulated damper in N s/m."""


class ProcessingAction(StrEnum):
    """What the processing service is to do: `start_processing` and `stop_processing` frame the work
    on one test, `configure` sets what stands in `parameters`, `restart` and `shutdown` end the
    process.
    """

    START_PROCESSING = "start_processing"
    STOP_PROCESSING = "stop_processing"
    CONFIGURE = "configure"
    RESTART = "restart"
    SHUTDOWN = "shutdown"


class ProcessingCommand(Payload):
    """Command to the processing service."""

    model_config = ConfigDict(extra="forbid")

    command: ProcessingAction
    test_id: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition | MISSING = MISSING
    reason: str | MISSING = MISSING
    """Why, for people and logs."""
    parameters: dict[str, JsonValue] | MISSING = MISSING
    """Parameters of the command, such as `min_phase_shift` in degrees for `configure`."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class ProcessingResult(Payload):
    """What the processing service has computed from one recording."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["egea_result_processed"]
    """Always `egea_result_processed`."""
    test_id: Annotated[str, Field(min_length=1)]
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    wheel_id: WheelPosition
    min_phase_shift: Annotated[float | MISSING, Field(ge=0.0, le=180.0)] = MISSING
    """Lowest phase shift between the two resonances of the wheel, in degrees."""
    rfa_max: Annotated[float | MISSING, Field(ge=0.0, le=100.0)] = MISSING
    """Largest relative force amplitude, the part of the static weight that is lost at worst, in
    percent.
    """
    rigidity: Annotated[float | MISSING, Field(ge=0.0)] = MISSING
    """Rigidity of the tyre in N/mm."""
    overall_pass: bool
    """Whether the wheel has passed."""
    limits: ResultLimits | MISSING = MISSING
    imbalance: WheelImbalance | MISSING = MISSING
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class HardwareAction(StrEnum):
    """What the bench is to do: `prepare_test` zeroes the sensors and waits for the wheel, `restart`
    and `shutdown` end the process of the bridge.
    """

    PREPARE_TEST = "prepare_test"
    RESTART = "restart"
    SHUTDOWN = "shutdown"


class HardwareCommand(Payload):
    """Command to the bench."""

    model_config = ConfigDict(extra="forbid")

    command: HardwareAction
    test_id: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition | MISSING = MISSING
    reason: str | MISSING = MISSING
    """Why, for people and logs."""
    parameters: dict[str, JsonValue] | MISSING = MISSING
    """Parameters of the command, as the bench understands them."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class GuiAction(StrEnum):
    """What the user asks for: a test, its end, or everything that is to be shown once more."""

    START_TEST = "start_test"
    STOP_TEST = "stop_test"
    REFRESH = "refresh"


class GuiCommand(Payload):
    """What the user asks for."""

    model_config = ConfigDict(extra="forbid")

    command: GuiAction
    test_id: Annotated[str | MISSING, Field(min_length=1)] = MISSING
    """Names the test of one wheel; chosen by whoever starts it, unique."""
    position: WheelPosition | MISSING = MISSING
    method: TestMethod | MISSING = MISSING
    parameters: TestParameters | MISSING = MISSING
    reason: str | MISSING = MISSING
    """Why, for people and logs."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class GuiLiveData(Payload):
    """A measurement to be shown."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["live_data"]
    """Always `live_data`."""
    measurement: LiveMeasurement
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class GuiStatusUpdate(Payload):
    """The running test and the services, to be shown."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["status"]
    """Always `status`."""
    test: TestStatus | MISSING = MISSING
    services: list[ServiceStatus] | MISSING = MISSING
    """The services whose state is known, each with its last status."""
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""


class GuiResult(Payload):
    """A result to be shown."""

    model_config = ConfigDict(extra="forbid")

    event: Literal["result"]
    """Always `result`."""
    result: TestResult
    timestamp: Annotated[float, Field(ge=0.0)]
    """Point in time, in seconds since the epoch (1970-01-01 00:00 UTC), with decimals."""
