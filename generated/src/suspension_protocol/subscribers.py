# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel; use them as decorators of handlers."""

from typing import Literal

from topicwire import Client, Subscriber

from . import channels, models


class SystemStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Status of any service: receive from `suspension/system/status`.

    State of a service, published whenever it changes. The last will of every service without a
    status channel of its own goes here as well: its own status `offline`.

    Sent by gui, simulator, tester, backend; received by gui, simulator, tester, backend. QoS 1,
    live.
    """

    channel = channels.SYSTEM_STATUS


class SystemHeartbeatSubscriber(Subscriber[models.Heartbeat]):
    """Heartbeat: receive from `suspension/system/heartbeat`.

    Sign of life of every service, every 30 s.

    Sent by gui, simulator, tester, backend; received by gui, backend. QoS 0, live.
    """

    channel = channels.SYSTEM_HEARTBEAT


class SystemCommandSubscriber(Subscriber[models.SystemCommand]):
    """Command to the services: receive from `suspension/system/command`.

    Shuts down or restarts one service or all of them. Expires after 30 s, so that a service which
    comes up later is not shut down by an old command.

    Sent by gui, backend; received by gui, simulator, tester, backend. QoS 1, live, expires after 30
    s.
    """

    channel = channels.SYSTEM_COMMAND


class TestStartSubscriber(Subscriber[models.TestCommand]):
    """Start of a test: receive from `suspension/test/start`.

    Starts the test of one wheel. Expires after 30 s: a platform must not start to move because of
    an old message.

    Sent by gui, backend; received by backend, simulator, tester. QoS 1, live, expires after 30 s,
    signature required.
    """

    channel = channels.TEST_START


class TestStopSubscriber(Subscriber[models.TestStop]):
    """Stop of a test: receive from `suspension/test/stop`.

    Stops a running test before its end. Expires after 30 s, like the command that starts one.

    Sent by gui, backend; received by backend, simulator, tester. QoS 1, live, expires after 30 s,
    signature required.
    """

    channel = channels.TEST_STOP


class TestStatusSubscriber(Subscriber[models.TestStatus]):
    """Status of a test: receive from `suspension/test/status`.

    State and progress of a running test.

    Sent by backend, simulator, tester; received by gui, backend. QoS 1, live.
    """

    channel = channels.TEST_STATUS


class TestCompletedSubscriber(Subscriber[models.TestCompleted]):
    """End of a test: receive from `suspension/test/completed`.

    Closes a test, whether it was completed, aborted or failed.

    Sent by backend; received by gui, simulator, tester. QoS 1, durable.
    """

    channel = channels.TEST_COMPLETED


class RawDataCompleteSubscriber(Subscriber[models.RawData]):
    """Recording of a test: receive from `suspension/raw_data/complete`.

    The whole recording of one wheel, sent once after the platform has come to rest. A minute at 1
    kHz is about 2 MB of JSON, hence the compression.

    Sent by tester, simulator; received by backend. QoS 1, durable, gzip from 1024 bytes.
    """

    channel = channels.RAW_DATA_COMPLETE


class ResultsProcessedSubscriber(Subscriber[models.TestResult]):
    """Result of a test: receive from `suspension/results/processed`.

    What the test of one wheel has come to, for display and for storage.

    Sent by backend; received by gui, backend. QoS 1, durable.
    """

    channel = channels.RESULTS_PROCESSED


class MeasurementsLiveSubscriber(Subscriber[models.LiveMeasurement]):
    """Live measurement: receive from `suspension/measurements/live`.

    What is being measured during a test, for curves and gauges.

    Sent by tester, simulator, backend; received by gui, backend. QoS 0, live, batches of up to 100
    on `suspension/measurements/live/batch`, zstd from 1024 bytes.
    """

    channel = channels.MEASUREMENTS_LIVE


class SensorSubscriber(Subscriber[models.SensorReading]):
    """Reading of a sensor: receive from `suspension/sensor/{quantity}`.

    One reading of one sensor of the bench, for every measured quantity on a topic of its own.

    Sent by tester; received by backend, gui. QoS 0, live, batches of up to 100 on
    `suspension/sensor/{quantity}/batch`, zstd from 1024 bytes.
    """

    channel = channels.SENSOR

    def __init__(
        self, client: Client, /, *, quantity: Literal["force", "position"] | None = None
    ) -> None:
        """Receive for these parameters; None stands for every value.

        - `quantity`: The measured quantity, the same as in the payload.
        """
        super().__init__(client, {"quantity": quantity})


class SimulatorCommandSubscriber(Subscriber[models.SimulatorCommand]):
    """Command to the simulator: receive from `suspension/simulator/command`.

    Prepares, configures, restarts or shuts down the simulator.

    Sent by gui, backend; received by simulator. QoS 1, live, signature required.
    """

    channel = channels.SIMULATOR_COMMAND


class SimulatorStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Status of the simulator: receive from `suspension/simulator/status`.

    Last known state of the simulator, kept by the broker.

    Sent by simulator; received by gui, backend. QoS 1, retained.
    """

    channel = channels.SIMULATOR_STATUS


class SimulatorDataSubscriber(Subscriber[models.SimulatorData]):
    """Data of the simulator: receive from `suspension/simulator/data`.

    What the simulated wheel does, with the parameters it is computed with.

    Sent by simulator; received by tester, backend. QoS 0, live, batches of up to 100 on
    `suspension/simulator/data/batch`, zstd from 1024 bytes.
    """

    channel = channels.SIMULATOR_DATA


class ProcessingCommandSubscriber(Subscriber[models.ProcessingCommand]):
    """Command to the processing: receive from `suspension/processing/command`.

    Starts and stops the processing of a test, configures, restarts or shuts down the service.

    Sent by gui, backend; received by backend. QoS 1, live, signature required.
    """

    channel = channels.PROCESSING_COMMAND


class ProcessingStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Status of the processing: receive from `suspension/processing/status`.

    Last known state of the processing service, kept by the broker.

    Sent by backend; received by gui, backend. QoS 1, retained.
    """

    channel = channels.PROCESSING_STATUS


class ProcessingResultSubscriber(Subscriber[models.ProcessingResult]):
    """Result of the processing: receive from `suspension/processing/result`.

    What the processing service has computed from one recording, before the orchestrator makes it
    the result of the test.

    Sent by backend; received by gui, backend. QoS 1, durable.
    """

    channel = channels.PROCESSING_RESULT


class HardwareCommandSubscriber(Subscriber[models.HardwareCommand]):
    """Command to the bench: receive from `suspension/hardware/command`.

    Prepares the bench for a test, restarts or shuts down its bridge.

    Sent by gui, backend; received by tester. QoS 1, live, signature required.
    """

    channel = channels.HARDWARE_COMMAND


class HardwareStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Status of the bench: receive from `suspension/hardware/status`.

    Last known state of the bench's bridge, kept by the broker.

    Sent by tester; received by gui, backend. QoS 1, retained.
    """

    channel = channels.HARDWARE_STATUS


class HardwareSensorSubscriber(Subscriber[models.SensorReading]):
    """Reading of the bench: receive from `suspension/hardware/sensor`.

    Readings of all sensors of the bench in the order of the bus, on one topic.

    Sent by tester; received by backend. QoS 0, live, batches of up to 100 on
    `suspension/hardware/sensor/batch`, zstd from 1024 bytes.
    """

    channel = channels.HARDWARE_SENSOR


class GuiCommandSubscriber(Subscriber[models.GuiCommand]):
    """Command of a user interface: receive from `suspension/gui/command`.

    What the user asks for; the orchestrator decides and commands the bench.

    Sent by gui; received by backend. QoS 1, live, signature optional.
    """

    channel = channels.GUI_COMMAND


class GuiUpdateSubscriber(
    Subscriber[models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult]
):
    """Update of the user interface: receive from `suspension/gui/update`.

    What the orchestrator wants shown; the member `event` says which of the three messages it is.

    Sent by backend; received by gui. QoS 1, live.
    """

    channel = channels.GUI_UPDATE
