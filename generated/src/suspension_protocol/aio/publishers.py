# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""One publisher for each channel."""

from typing import Literal

from topicwire import Delivery
from topicwire.aio import Publisher

from .. import channels, models


class SystemStatusPublisher(Publisher[models.ServiceStatus]):
    """Status of any service: publish to `suspension/system/status`.

    State of a service, published whenever it changes. The last will of every service without a
    status channel of its own goes here as well: its own status `offline`.

    Sent by gui, simulator, tester, backend; received by gui, simulator, tester, backend. QoS 1,
    live.
    """

    channel = channels.SYSTEM_STATUS

    async def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate `message` and send it to `suspension/system/status`."""
        return await self._publish(message)


class SystemHeartbeatPublisher(Publisher[models.Heartbeat]):
    """Heartbeat: publish to `suspension/system/heartbeat`.

    Sign of life of every service, every 30 s.

    Sent by gui, simulator, tester, backend; received by gui, backend. QoS 0, live.
    """

    channel = channels.SYSTEM_HEARTBEAT

    async def publish(self, message: models.Heartbeat, /) -> Delivery:
        """Validate `message` and send it to `suspension/system/heartbeat`."""
        return await self._publish(message)


class SystemCommandPublisher(Publisher[models.SystemCommand]):
    """Command to the services: publish to `suspension/system/command`.

    Shuts down or restarts one service or all of them. Expires after 30 s, so that a service which
    comes up later is not shut down by an old command.

    Sent by gui, backend; received by gui, simulator, tester, backend. QoS 1, live, expires after 30
    s.
    """

    channel = channels.SYSTEM_COMMAND

    async def publish(self, message: models.SystemCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/system/command`."""
        return await self._publish(message)


class TestStartPublisher(Publisher[models.TestCommand]):
    """Start of a test: publish to `suspension/test/start`.

    Starts the test of one wheel. Expires after 30 s: a platform must not start to move because of
    an old message.

    Sent by gui, backend; received by backend, simulator, tester. QoS 1, live, expires after 30 s,
    signature required.
    """

    channel = channels.TEST_START

    async def publish(self, message: models.TestCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/test/start`."""
        return await self._publish(message)


class TestStopPublisher(Publisher[models.TestStop]):
    """Stop of a test: publish to `suspension/test/stop`.

    Stops a running test before its end. Expires after 30 s, like the command that starts one.

    Sent by gui, backend; received by backend, simulator, tester. QoS 1, live, expires after 30 s,
    signature required.
    """

    channel = channels.TEST_STOP

    async def publish(self, message: models.TestStop, /) -> Delivery:
        """Validate `message` and send it to `suspension/test/stop`."""
        return await self._publish(message)


class TestStatusPublisher(Publisher[models.TestStatus]):
    """Status of a test: publish to `suspension/test/status`.

    State and progress of a running test.

    Sent by backend, simulator, tester; received by gui, backend. QoS 1, live.
    """

    channel = channels.TEST_STATUS

    async def publish(self, message: models.TestStatus, /) -> Delivery:
        """Validate `message` and send it to `suspension/test/status`."""
        return await self._publish(message)


class TestCompletedPublisher(Publisher[models.TestCompleted]):
    """End of a test: publish to `suspension/test/completed`.

    Closes a test, whether it was completed, aborted or failed.

    Sent by backend; received by gui, simulator, tester. QoS 1, durable.
    """

    channel = channels.TEST_COMPLETED

    async def publish(self, message: models.TestCompleted, /) -> Delivery:
        """Validate `message` and send it to `suspension/test/completed`."""
        return await self._publish(message)


class RawDataCompletePublisher(Publisher[models.RawData]):
    """Recording of a test: publish to `suspension/raw_data/complete`.

    The whole recording of one wheel, sent once after the platform has come to rest. A minute at 1
    kHz is about 2 MB of JSON, hence the compression.

    Sent by tester, simulator; received by backend. QoS 1, durable, gzip from 1024 bytes.
    """

    channel = channels.RAW_DATA_COMPLETE

    async def publish(self, message: models.RawData, /) -> Delivery:
        """Validate `message` and send it to `suspension/raw_data/complete`."""
        return await self._publish(message)


class ResultsProcessedPublisher(Publisher[models.TestResult]):
    """Result of a test: publish to `suspension/results/processed`.

    What the test of one wheel has come to, for display and for storage.

    Sent by backend; received by gui, backend. QoS 1, durable.
    """

    channel = channels.RESULTS_PROCESSED

    async def publish(self, message: models.TestResult, /) -> Delivery:
        """Validate `message` and send it to `suspension/results/processed`."""
        return await self._publish(message)


class MeasurementsLivePublisher(Publisher[models.LiveMeasurement]):
    """Live measurement: publish to `suspension/measurements/live`.

    What is being measured during a test, for curves and gauges.

    Sent by tester, simulator, backend; received by gui, backend. QoS 0, live, batches of up to 100
    on `suspension/measurements/live/batch`, zstd from 1024 bytes.
    """

    channel = channels.MEASUREMENTS_LIVE

    async def publish(self, message: models.LiveMeasurement, /) -> Delivery:
        """Validate `message` and send it to `suspension/measurements/live`."""
        return await self._publish(message)


class SensorPublisher(Publisher[models.SensorReading]):
    """Reading of a sensor: publish to `suspension/sensor/{quantity}`.

    One reading of one sensor of the bench, for every measured quantity on a topic of its own.

    Sent by tester; received by backend, gui. QoS 0, live, batches of up to 100 on
    `suspension/sensor/{quantity}/batch`, zstd from 1024 bytes.
    """

    channel = channels.SENSOR

    async def publish(
        self, message: models.SensorReading, /, *, quantity: Literal["force", "position"]
    ) -> Delivery:
        """Validate `message` and send it to `suspension/sensor/{quantity}`.

        - `quantity`: The measured quantity, the same as in the payload.
        """
        return await self._publish(message, {"quantity": quantity})


class SimulatorCommandPublisher(Publisher[models.SimulatorCommand]):
    """Command to the simulator: publish to `suspension/simulator/command`.

    Prepares, configures, restarts or shuts down the simulator.

    Sent by gui, backend; received by simulator. QoS 1, live, signature required.
    """

    channel = channels.SIMULATOR_COMMAND

    async def publish(self, message: models.SimulatorCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/simulator/command`."""
        return await self._publish(message)


class SimulatorStatusPublisher(Publisher[models.ServiceStatus]):
    """Status of the simulator: publish to `suspension/simulator/status`.

    Last known state of the simulator, kept by the broker.

    Sent by simulator; received by gui, backend. QoS 1, retained.
    """

    channel = channels.SIMULATOR_STATUS

    async def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate `message` and send it to `suspension/simulator/status`."""
        return await self._publish(message)


class SimulatorDataPublisher(Publisher[models.SimulatorData]):
    """Data of the simulator: publish to `suspension/simulator/data`.

    What the simulated wheel does, with the parameters it is computed with.

    Sent by simulator; received by tester, backend. QoS 0, live, batches of up to 100 on
    `suspension/simulator/data/batch`, zstd from 1024 bytes.
    """

    channel = channels.SIMULATOR_DATA

    async def publish(self, message: models.SimulatorData, /) -> Delivery:
        """Validate `message` and send it to `suspension/simulator/data`."""
        return await self._publish(message)


class ProcessingCommandPublisher(Publisher[models.ProcessingCommand]):
    """Command to the processing: publish to `suspension/processing/command`.

    Starts and stops the processing of a test, configures, restarts or shuts down the service.

    Sent by gui, backend; received by backend. QoS 1, live, signature required.
    """

    channel = channels.PROCESSING_COMMAND

    async def publish(self, message: models.ProcessingCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/processing/command`."""
        return await self._publish(message)


class ProcessingStatusPublisher(Publisher[models.ServiceStatus]):
    """Status of the processing: publish to `suspension/processing/status`.

    Last known state of the processing service, kept by the broker.

    Sent by backend; received by gui, backend. QoS 1, retained.
    """

    channel = channels.PROCESSING_STATUS

    async def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate `message` and send it to `suspension/processing/status`."""
        return await self._publish(message)


class ProcessingResultPublisher(Publisher[models.ProcessingResult]):
    """Result of the processing: publish to `suspension/processing/result`.

    What the processing service has computed from one recording, before the orchestrator makes it
    the result of the test.

    Sent by backend; received by gui, backend. QoS 1, durable.
    """

    channel = channels.PROCESSING_RESULT

    async def publish(self, message: models.ProcessingResult, /) -> Delivery:
        """Validate `message` and send it to `suspension/processing/result`."""
        return await self._publish(message)


class HardwareCommandPublisher(Publisher[models.HardwareCommand]):
    """Command to the bench: publish to `suspension/hardware/command`.

    Prepares the bench for a test, restarts or shuts down its bridge.

    Sent by gui, backend; received by tester. QoS 1, live, signature required.
    """

    channel = channels.HARDWARE_COMMAND

    async def publish(self, message: models.HardwareCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/hardware/command`."""
        return await self._publish(message)


class HardwareStatusPublisher(Publisher[models.ServiceStatus]):
    """Status of the bench: publish to `suspension/hardware/status`.

    Last known state of the bench's bridge, kept by the broker.

    Sent by tester; received by gui, backend. QoS 1, retained.
    """

    channel = channels.HARDWARE_STATUS

    async def publish(self, message: models.ServiceStatus, /) -> Delivery:
        """Validate `message` and send it to `suspension/hardware/status`."""
        return await self._publish(message)


class HardwareSensorPublisher(Publisher[models.SensorReading]):
    """Reading of the bench: publish to `suspension/hardware/sensor`.

    Readings of all sensors of the bench in the order of the bus, on one topic.

    Sent by tester; received by backend. QoS 0, live, batches of up to 100 on
    `suspension/hardware/sensor/batch`, zstd from 1024 bytes.
    """

    channel = channels.HARDWARE_SENSOR

    async def publish(self, message: models.SensorReading, /) -> Delivery:
        """Validate `message` and send it to `suspension/hardware/sensor`."""
        return await self._publish(message)


class GuiCommandPublisher(Publisher[models.GuiCommand]):
    """Command of a user interface: publish to `suspension/gui/command`.

    What the user asks for; the orchestrator decides and commands the bench.

    Sent by gui; received by backend. QoS 1, live, signature optional.
    """

    channel = channels.GUI_COMMAND

    async def publish(self, message: models.GuiCommand, /) -> Delivery:
        """Validate `message` and send it to `suspension/gui/command`."""
        return await self._publish(message)


class GuiUpdatePublisher(Publisher[models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult]):
    """Update of the user interface: publish to `suspension/gui/update`.

    What the orchestrator wants shown; the member `event` says which of the three messages it is.

    Sent by backend; received by gui. QoS 1, live.
    """

    channel = channels.GUI_UPDATE

    async def publish(
        self, message: models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult, /
    ) -> Delivery:
        """Validate `message` and send it to `suspension/gui/update`."""
        return await self._publish(message)
