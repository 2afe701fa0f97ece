# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One subscriber for each channel."""

from typing import Literal

from topicwire import Client, Subscriber

from . import channels, models


class SystemStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Receive: Status of any service.
    Address `suspension/system/status`, QoS 1.
    Sent by gui, simulator, tester, backend; received by gui, simulator, tester, backend.

    State of a service, published whenever it changes. The last will of every service without a
    status channel of its own goes here as well: its own status `offline`.
    """

    channel = channels.SYSTEM_STATUS


class SystemHeartbeatSubscriber(Subscriber[models.Heartbeat]):
    """Receive: Heartbeat.
    Address `suspension/system/heartbeat`, QoS 0.
    Sent by gui, simulator, tester, backend; received by gui, backend.

    Sign of life of every service, every 30 s.
    """

    channel = channels.SYSTEM_HEARTBEAT


class SystemCommandSubscriber(Subscriber[models.SystemCommand]):
    """Receive: Command to the services.
    Address `suspension/system/command`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by gui, simulator, tester, backend.

    Shuts down or restarts one service or all of them. Expires after 30 s, so that a service
    which comes up later is not shut down by an old command.
    """

    channel = channels.SYSTEM_COMMAND


class TestStartSubscriber(Subscriber[models.TestCommand]):
    """Receive: Start of a test.
    Address `suspension/test/start`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by backend, simulator, tester.
    Messages have to be signed.

    Starts the test of one wheel. Expires after 30 s: a platform must not start to move because
    of an old message.
    """

    channel = channels.TEST_START


class TestStopSubscriber(Subscriber[models.TestStop]):
    """Receive: Stop of a test.
    Address `suspension/test/stop`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by backend, simulator, tester.
    Messages have to be signed.

    Stops a running test before its end. Expires after 30 s, like the command that starts one.
    """

    channel = channels.TEST_STOP


class TestStatusSubscriber(Subscriber[models.TestStatus]):
    """Receive: Status of a test.
    Address `suspension/test/status`, QoS 1.
    Sent by backend, simulator, tester; received by gui, backend.

    State and progress of a running test.
    """

    channel = channels.TEST_STATUS


class TestCompletedSubscriber(Subscriber[models.TestCompleted]):
    """Receive: End of a test.
    Address `suspension/test/completed`, QoS 1.
    Sent by backend; received by gui, simulator, tester.

    Closes a test, whether it was completed, aborted or failed.
    """

    channel = channels.TEST_COMPLETED


class RawDataCompleteSubscriber(Subscriber[models.RawData]):
    """Receive: Recording of a test.
    Address `suspension/raw_data/complete`, QoS 1.
    Sent by tester, simulator; received by backend.

    The whole recording of one wheel, sent once after the platform has come to rest. A minute at
    1 kHz is about 2 MB of JSON, hence the compression.
    """

    channel = channels.RAW_DATA_COMPLETE


class ResultsProcessedSubscriber(Subscriber[models.TestResult]):
    """Receive: Result of a test.
    Address `suspension/results/processed`, QoS 1.
    Sent by backend; received by gui, backend.

    What the test of one wheel has come to, for display and for storage.
    """

    channel = channels.RESULTS_PROCESSED


class MeasurementsLiveSubscriber(Subscriber[models.LiveMeasurement]):
    """Receive: Live measurement.
    Address `suspension/measurements/live`, QoS 0.
    Sent by tester, simulator, backend; received by gui, backend.

    What is being measured during a test, for curves and gauges.
    """

    channel = channels.MEASUREMENTS_LIVE


class SensorSubscriber(Subscriber[models.SensorReading]):
    """Receive: Reading of a sensor.
    Address `suspension/sensor/{quantity}`, QoS 0.
    Sent by tester; received by backend, gui.

    One reading of one sensor of the bench, for every measured quantity on a topic of its own.
    """

    channel = channels.SENSOR

    def __init__(
        self, client: Client, /, *, quantity: Literal["force", "position"] | None = None
    ) -> None:
        """Receive from `suspension/sensor/{quantity}`; a parameter that is None stands for every
        value.

        `quantity`: The measured quantity, the same as in the payload.
        """
        super().__init__(client, {"quantity": quantity})


class SimulatorCommandSubscriber(Subscriber[models.SimulatorCommand]):
    """Receive: Command to the simulator.
    Address `suspension/simulator/command`, QoS 1.
    Sent by gui, backend; received by simulator.
    Messages have to be signed.

    Prepares, configures, restarts or shuts down the simulator.
    """

    channel = channels.SIMULATOR_COMMAND


class SimulatorStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Receive: Status of the simulator.
    Address `suspension/simulator/status`, QoS 1, retained.
    Sent by simulator; received by gui, backend.

    Last known state of the simulator, kept by the broker.
    """

    channel = channels.SIMULATOR_STATUS


class SimulatorDataSubscriber(Subscriber[models.SimulatorData]):
    """Receive: Data of the simulator.
    Address `suspension/simulator/data`, QoS 0.
    Sent by simulator; received by tester, backend.

    What the simulated wheel does, with the parameters it is computed with.
    """

    channel = channels.SIMULATOR_DATA


class ProcessingCommandSubscriber(Subscriber[models.ProcessingCommand]):
    """Receive: Command to the processing.
    Address `suspension/processing/command`, QoS 1.
    Sent by gui, backend; received by backend.
    Messages have to be signed.

    Starts and stops the processing of a test, configures, restarts or shuts down the service.
    """

    channel = channels.PROCESSING_COMMAND


class ProcessingStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Receive: Status of the processing.
    Address `suspension/processing/status`, QoS 1, retained.
    Sent by backend; received by gui, backend.

    Last known state of the processing service, kept by the broker.
    """

    channel = channels.PROCESSING_STATUS


class ProcessingResultSubscriber(Subscriber[models.ProcessingResult]):
    """Receive: Result of the processing.
    Address `suspension/processing/result`, QoS 1.
    Sent by backend; received by gui, backend.

    What the processing service has computed from one recording, before the orchestrator makes
    it the result of the test.
    """

    channel = channels.PROCESSING_RESULT


class HardwareCommandSubscriber(Subscriber[models.HardwareCommand]):
    """Receive: Command to the bench.
    Address `suspension/hardware/command`, QoS 1.
    Sent by gui, backend; received by tester.
    Messages have to be signed.

    Prepares the bench for a test, restarts or shuts down its bridge.
    """

    channel = channels.HARDWARE_COMMAND


class HardwareStatusSubscriber(Subscriber[models.ServiceStatus]):
    """Receive: Status of the bench.
    Address `suspension/hardware/status`, QoS 1, retained.
    Sent by tester; received by gui, backend.

    Last known state of the bench's bridge, kept by the broker.
    """

    channel = channels.HARDWARE_STATUS


class HardwareSensorSubscriber(Subscriber[models.SensorReading]):
    """Receive: Reading of the bench.
    Address `suspension/hardware/sensor`, QoS 0.
    Sent by tester; received by backend.

    Readings of all sensors of the bench in the order of the bus, on one topic.
    """

    channel = channels.HARDWARE_SENSOR


class GuiCommandSubscriber(Subscriber[models.GuiCommand]):
    """Receive: Command of a user interface.
    Address `suspension/gui/command`, QoS 1.
    Sent by gui; received by backend.

    What the user asks for; the orchestrator decides and commands the bench.
    """

    channel = channels.GUI_COMMAND


class GuiUpdateSubscriber(
    Subscriber[models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult]
):
    """Receive: Update of the user interface.
    Address `suspension/gui/update`, QoS 1.
    Sent by backend; received by gui.

    What the orchestrator wants shown; the member `event` says which of the three messages it
    is.
    """

    channel = channels.GUI_UPDATE
