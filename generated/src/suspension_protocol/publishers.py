# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from typing import Literal

from topicwire import Delivery, Publisher

from . import channels, models


class SystemStatusPublisher(Publisher[models.ServiceStatus]):
    """Publish: Status of any service.
    Address `suspension/system/status`, QoS 1.
    Sent by gui, simulator, tester, backend; received by gui, simulator, tester, backend.

    State of a service, published whenever it changes. The last will of every service without a
    status channel of its own goes here as well: its own status `offline`.
    """

    channel = channels.SYSTEM_STATUS

    def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate and send a message to `suspension/system/status`."""
        return self._publish(message)


class SystemHeartbeatPublisher(Publisher[models.Heartbeat]):
    """Publish: Heartbeat.
    Address `suspension/system/heartbeat`, QoS 0.
    Sent by gui, simulator, tester, backend; received by gui, backend.

    Sign of life of every service, every 30 s.
    """

    channel = channels.SYSTEM_HEARTBEAT

    def publish(self, message: models.Heartbeat, /) -> Delivery:
        """Validate and send a message to `suspension/system/heartbeat`."""
        return self._publish(message)


class SystemCommandPublisher(Publisher[models.SystemCommand]):
    """Publish: Command to the services.
    Address `suspension/system/command`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by gui, simulator, tester, backend.

    Shuts down or restarts one service or all of them. Expires after 30 s, so that a service
    which comes up later is not shut down by an old command.
    """

    channel = channels.SYSTEM_COMMAND

    def publish(self, message: models.SystemCommand, /) -> Delivery:
        """Validate and send a message to `suspension/system/command`."""
        return self._publish(message)


class TestStartPublisher(Publisher[models.TestCommand]):
    """Publish: Start of a test.
    Address `suspension/test/start`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by backend, simulator, tester.
    Messages have to be signed.

    Starts the test of one wheel. Expires after 30 s: a platform must not start to move because
    of an old message.
    """

    channel = channels.TEST_START

    def publish(self, message: models.TestCommand, /) -> Delivery:
        """Validate and send a message to `suspension/test/start`."""
        return self._publish(message)


class TestStopPublisher(Publisher[models.TestStop]):
    """Publish: Stop of a test.
    Address `suspension/test/stop`, QoS 1, expires after 30 s.
    Sent by gui, backend; received by backend, simulator, tester.
    Messages have to be signed.

    Stops a running test before its end. Expires after 30 s, like the command that starts one.
    """

    channel = channels.TEST_STOP

    def publish(self, message: models.TestStop, /) -> Delivery:
        """Validate and send a message to `suspension/test/stop`."""
        return self._publish(message)


class TestStatusPublisher(Publisher[models.TestStatus]):
    """Publish: Status of a test.
    Address `suspension/test/status`, QoS 1.
    Sent by backend, simulator, tester; received by gui, backend.

    State and progress of a running test.
    """

    channel = channels.TEST_STATUS

    def publish(self, message: models.TestStatus, /) -> Delivery:
        """Validate and send a message to `suspension/test/status`."""
        return self._publish(message)


class TestCompletedPublisher(Publisher[models.TestCompleted]):
    """Publish: End of a test.
    Address `suspension/test/completed`, QoS 1.
    Sent by backend; received by gui, simulator, tester.

    Closes a test, whether it was completed, aborted or failed.
    """

    channel = channels.TEST_COMPLETED

    def publish(self, message: models.TestCompleted, /) -> Delivery:
        """Validate and send a message to `suspension/test/completed`."""
        return self._publish(message)


class RawDataCompletePublisher(Publisher[models.RawData]):
    """Publish: Recording of a test.
    Address `suspension/raw_data/complete`, QoS 1.
    Sent by tester, simulator; received by backend.

    The whole recording of one wheel, sent once after the platform has come to rest. A minute at
    1 kHz is about 2 MB of JSON, hence the compression.
    """

    channel = channels.RAW_DATA_COMPLETE

    def publish(self, message: models.RawData, /) -> Delivery:
        """Validate and send a message to `suspension/raw_data/complete`."""
        return self._publish(message)


class ResultsProcessedPublisher(Publisher[models.TestResult]):
    """Publish: Result of a test.
    Address `suspension/results/processed`, QoS 1.
    Sent by backend; received by gui, backend.

    What the test of one wheel has come to, for display and for storage.
    """

    channel = channels.RESULTS_PROCESSED

    def publish(self, message: models.TestResult, /) -> Delivery:
        """Validate and send a message to `suspension/results/processed`."""
        return self._publish(message)


class MeasurementsLivePublisher(Publisher[models.LiveMeasurement]):
    """Publish: Live measurement.
    Address `suspension/measurements/live`, QoS 0.
    Sent by tester, simulator, backend; received by gui, backend.

    What is being measured during a test, for curves and gauges.
    """

    channel = channels.MEASUREMENTS_LIVE

    def publish(self, message: models.LiveMeasurement, /) -> Delivery:
        """Validate and send a message to `suspension/measurements/live`."""
        return self._publish(message)


class SensorPublisher(Publisher[models.SensorReading]):
    """Publish: Reading of a sensor.
    Address `suspension/sensor/{quantity}`, QoS 0.
    Sent by tester; received by backend, gui.

    One reading of one sensor of the bench, for every measured quantity on a topic of its own.
    """

    channel = channels.SENSOR

    def publish(
        self, message: models.SensorReading, /, *, quantity: Literal["force", "position"]
    ) -> Delivery:
        """Validate and send a message to `suspension/sensor/{quantity}`.

        `quantity`: The measured quantity, the same as in the payload.
        """
        return self._publish(message, {"quantity": quantity})


class SimulatorCommandPublisher(Publisher[models.SimulatorCommand]):
    """Publish: Command to the simulator.
    Address `suspension/simulator/command`, QoS 1.
    Sent by gui, backend; received by simulator.
    Messages have to be signed.

    Prepares, configures, restarts or shuts down the simulator.
    """

    channel = channels.SIMULATOR_COMMAND

    def publish(self, message: models.SimulatorCommand, /) -> Delivery:
        """Validate and send a message to `suspension/simulator/command`."""
        return self._publish(message)


class SimulatorStatusPublisher(Publisher[models.ServiceStatus]):
    """Publish: Status of the simulator.
    Address `suspension/simulator/status`, QoS 1, retained.
    Sent by simulator; received by gui, backend.

    Last known state of the simulator, kept by the broker.
    """

    channel = channels.SIMULATOR_STATUS

    def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate and send a message to `suspension/simulator/status`."""
        return self._publish(message)


class SimulatorDataPublisher(Publisher[models.SimulatorData]):
    """Publish: Data of the simulator.
    Address `suspension/simulator/data`, QoS 0.
    Sent by simulator; received by tester, backend.

    What the simulated wheel does, with the parameters it is computed with.
    """

    channel = channels.SIMULATOR_DATA

    def publish(self, message: models.SimulatorData, /) -> Delivery:
        """Validate and send a message to `suspension/simulator/data`."""
        return self._publish(message)


class ProcessingCommandPublisher(Publisher[models.ProcessingCommand]):
    """Publish: Command to the processing.
    Address `suspension/processing/command`, QoS 1.
    Sent by gui, backend; received by backend.
    Messages have to be signed.

    Starts and stops the processing of a test, configures, restarts or shuts down the service.
    """

    channel = channels.PROCESSING_COMMAND

    def publish(self, message: models.ProcessingCommand, /) -> Delivery:
        """Validate and send a message to `suspension/processing/command`."""
        return self._publish(message)


class ProcessingStatusPublisher(Publisher[models.ServiceStatus]):
    """Publish: Status of the processing.
    Address `suspension/processing/status`, QoS 1, retained.
    Sent by backend; received by gui, backend.

    Last known state of the processing service, kept by the broker.
    """

    channel = channels.PROCESSING_STATUS

    def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate and send a message to `suspension/processing/status`."""
        return self._publish(message)


class ProcessingResultPublisher(Publisher[models.ProcessingResult]):
    """Publish: Result of the processing.
    Address `suspension/processing/result`, QoS 1.
    Sent by backend; received by gui, backend.

    What the processing service has computed from one recording, before the orchestrator makes
    it the result of the test.
    """

    channel = channels.PROCESSING_RESULT

    def publish(self, message: models.ProcessingResult, /) -> Delivery:
        """Validate and send a message to `suspension/processing/result`."""
        return self._publish(message)


class HardwareCommandPublisher(Publisher[models.HardwareCommand]):
    """Publish: Command to the bench.
    Address `suspension/hardware/command`, QoS 1.
    Sent by gui, backend; received by tester.
    Messages have to be signed.

    Prepares the bench for a test, restarts or shuts down its bridge.
    """

    channel = channels.HARDWARE_COMMAND

    def publish(self, message: models.HardwareCommand, /) -> Delivery:
        """Validate and send a message to `suspension/hardware/command`."""
        return self._publish(message)


class HardwareStatusPublisher(Publisher[models.ServiceStatus]):
    """Publish: Status of the bench.
    Address `suspension/hardware/status`, QoS 1, retained.
    Sent by tester; received by gui, backend.

    Last known state of the bench's bridge, kept by the broker.
    """

    channel = channels.HARDWARE_STATUS

    def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate and send a message to `suspension/hardware/status`."""
        return self._publish(message)


class HardwareSensorPublisher(Publisher[models.SensorReading]):
    """Publish: Reading of the bench.
    Address `suspension/hardware/sensor`, QoS 0.
    Sent by tester; received by backend.

    Readings of all sensors of the bench in the order of the bus, on one topic.
    """

    channel = channels.HARDWARE_SENSOR

    def publish(self, message: models.SensorReading, /) -> Delivery:
        """Validate and send a message to `suspension/hardware/sensor`."""
        return self._publish(message)


class GuiCommandPublisher(Publisher[models.GuiCommand]):
    """Publish: Command of a user interface.
    Address `suspension/gui/command`, QoS 1.
    Sent by gui; received by backend.

    What the user asks for; the orchestrator decides and commands the bench.
    """

    channel = channels.GUI_COMMAND

    def publish(self, message: models.GuiCommand, /) -> Delivery:
        """Validate and send a message to `suspension/gui/command`."""
        return self._publish(message)


class GuiUpdatePublisher(Publisher[models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult]):
    """Publish: Update of the user interface.
    Address `suspension/gui/update`, QoS 1.
    Sent by backend; received by gui.

    What the orchestrator wants shown; the member `event` says which of the three messages it
    is.
    """

    channel = channels.GUI_UPDATE

    def publish(
        self, message: models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult, /
    ) -> Delivery:
        """Validate and send a message to `suspension/gui/update`."""
        return self._publish(message)
