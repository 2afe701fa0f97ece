# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Any, Literal, Unpack, overload

from topicwire import AsyncClient, BrokerAddress, ClientOptions, Delivery
from topicwire.aio import App, CategorySubscriber, Receiver, Sender

from .. import channels, models
from . import publishers, subscribers


class GuiSender(Sender):
    """What `gui` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of any service: send to `suspension/system/status`."""
        return await self._publisher(publishers.SystemStatusPublisher).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Heartbeat: send to `suspension/system/heartbeat`."""
        return await self._publisher(publishers.SystemHeartbeatPublisher).publish(message)

    async def system_command(self, message: models.SystemCommand, /) -> Delivery:
        """Command to the services: send to `suspension/system/command`."""
        return await self._publisher(publishers.SystemCommandPublisher).publish(message)

    async def test_start(self, message: models.TestCommand, /) -> Delivery:
        """Start of a test: send to `suspension/test/start`."""
        return await self._publisher(publishers.TestStartPublisher).publish(message)

    async def test_stop(self, message: models.TestStop, /) -> Delivery:
        """Stop of a test: send to `suspension/test/stop`."""
        return await self._publisher(publishers.TestStopPublisher).publish(message)

    async def simulator_command(self, message: models.SimulatorCommand, /) -> Delivery:
        """Command to the simulator: send to `suspension/simulator/command`."""
        return await self._publisher(publishers.SimulatorCommandPublisher).publish(message)

    async def processing_command(self, message: models.ProcessingCommand, /) -> Delivery:
        """Command to the processing: send to `suspension/processing/command`."""
        return await self._publisher(publishers.ProcessingCommandPublisher).publish(message)

    async def hardware_command(self, message: models.HardwareCommand, /) -> Delivery:
        """Command to the bench: send to `suspension/hardware/command`."""
        return await self._publisher(publishers.HardwareCommandPublisher).publish(message)

    async def gui_command(self, message: models.GuiCommand, /) -> Delivery:
        """Command of a user interface: send to `suspension/gui/command`."""
        return await self._publisher(publishers.GuiCommandPublisher).publish(message)


class GuiReceiver(Receiver):
    """What `gui` receives; use it as decorators of handlers."""

    channels = (
        channels.SYSTEM_STATUS,
        channels.SYSTEM_HEARTBEAT,
        channels.SYSTEM_COMMAND,
        channels.TEST_STATUS,
        channels.TEST_COMPLETED,
        channels.RESULTS_PROCESSED,
        channels.MEASUREMENTS_LIVE,
        channels.SENSOR,
        channels.SIMULATOR_STATUS,
        channels.PROCESSING_STATUS,
        channels.PROCESSING_RESULT,
        channels.HARDWARE_STATUS,
        channels.GUI_UPDATE,
    )

    @property
    def system_status(self) -> subscribers.SystemStatusSubscriber:
        """Status of any service: receive from `suspension/system/status`."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_heartbeat(self) -> subscribers.SystemHeartbeatSubscriber:
        """Heartbeat: receive from `suspension/system/heartbeat`."""
        return subscribers.SystemHeartbeatSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Command to the services: receive from `suspension/system/command`."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_status(self) -> subscribers.TestStatusSubscriber:
        """Status of a test: receive from `suspension/test/status`."""
        return subscribers.TestStatusSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """End of a test: receive from `suspension/test/completed`."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def results_processed(self) -> subscribers.ResultsProcessedSubscriber:
        """Result of a test: receive from `suspension/results/processed`."""
        return subscribers.ResultsProcessedSubscriber(self._client)

    @property
    def measurements_live(self) -> subscribers.MeasurementsLiveSubscriber:
        """Live measurement: receive from `suspension/measurements/live`."""
        return subscribers.MeasurementsLiveSubscriber(self._client)

    def sensor(
        self, *, quantity: Literal["force", "position"] | None = None
    ) -> subscribers.SensorSubscriber:
        """Reading of a sensor: receive from `suspension/sensor/{quantity}`.

        A parameter that is None stands for every value.
        """
        return subscribers.SensorSubscriber(self._client, quantity=quantity)

    @property
    def simulator_status(self) -> subscribers.SimulatorStatusSubscriber:
        """Status of the simulator: receive from `suspension/simulator/status`."""
        return subscribers.SimulatorStatusSubscriber(self._client)

    @property
    def processing_status(self) -> subscribers.ProcessingStatusSubscriber:
        """Status of the processing: receive from `suspension/processing/status`."""
        return subscribers.ProcessingStatusSubscriber(self._client)

    @property
    def processing_result(self) -> subscribers.ProcessingResultSubscriber:
        """Result of the processing: receive from `suspension/processing/result`."""
        return subscribers.ProcessingResultSubscriber(self._client)

    @property
    def hardware_status(self) -> subscribers.HardwareStatusSubscriber:
        """Status of the bench: receive from `suspension/hardware/status`."""
        return subscribers.HardwareStatusSubscriber(self._client)

    @property
    def gui_update(self) -> subscribers.GuiUpdateSubscriber:
        """Update of the user interface: receive from `suspension/gui/update`."""
        return subscribers.GuiUpdateSubscriber(self._client)

    @overload
    def category(
        self, name: Literal["status"], /
    ) -> CategorySubscriber[
        models.ServiceStatus
        | models.TestStatus
        | models.GuiLiveData
        | models.GuiStatusUpdate
        | models.GuiResult
    ]: ...
    @overload
    def category(
        self, name: Literal["system"], /
    ) -> CategorySubscriber[models.ServiceStatus | models.Heartbeat | models.SystemCommand]: ...
    @overload
    def category(
        self, name: Literal["test_results"], /
    ) -> CategorySubscriber[models.TestCompleted | models.TestResult | models.ProcessingResult]: ...
    @overload
    def category(
        self, name: Literal["measurements"], /
    ) -> CategorySubscriber[models.LiveMeasurement | models.SensorReading]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Gui(App):
    """A user interface, of the workshop or of a technician."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = GuiSender(self.client)
        self.on = GuiReceiver(self.client)


class SimulatorSender(Sender):
    """What `simulator` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of any service: send to `suspension/system/status`."""
        return await self._publisher(publishers.SystemStatusPublisher).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Heartbeat: send to `suspension/system/heartbeat`."""
        return await self._publisher(publishers.SystemHeartbeatPublisher).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Status of a test: send to `suspension/test/status`."""
        return await self._publisher(publishers.TestStatusPublisher).publish(message)

    async def raw_data_complete(self, message: models.RawData, /) -> Delivery:
        """Recording of a test: send to `suspension/raw_data/complete`."""
        return await self._publisher(publishers.RawDataCompletePublisher).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Live measurement: send to `suspension/measurements/live`."""
        return await self._publisher(publishers.MeasurementsLivePublisher).publish(message)

    async def simulator_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of the simulator: send to `suspension/simulator/status`."""
        return await self._publisher(publishers.SimulatorStatusPublisher).publish(message)

    async def simulator_data(self, message: models.SimulatorData, /) -> Delivery:
        """Data of the simulator: send to `suspension/simulator/data`."""
        return await self._publisher(publishers.SimulatorDataPublisher).publish(message)


class SimulatorReceiver(Receiver):
    """What `simulator` receives; use it as decorators of handlers."""

    channels = (
        channels.SYSTEM_STATUS,
        channels.SYSTEM_COMMAND,
        channels.TEST_START,
        channels.TEST_STOP,
        channels.TEST_COMPLETED,
        channels.SIMULATOR_COMMAND,
    )

    @property
    def system_status(self) -> subscribers.SystemStatusSubscriber:
        """Status of any service: receive from `suspension/system/status`."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Command to the services: receive from `suspension/system/command`."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Start of a test: receive from `suspension/test/start`."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Stop of a test: receive from `suspension/test/stop`."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """End of a test: receive from `suspension/test/completed`."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def simulator_command(self) -> subscribers.SimulatorCommandSubscriber:
        """Command to the simulator: receive from `suspension/simulator/command`."""
        return subscribers.SimulatorCommandSubscriber(self._client)

    @overload
    def category(self, name: Literal["status"], /) -> CategorySubscriber[models.ServiceStatus]: ...
    @overload
    def category(
        self, name: Literal["system"], /
    ) -> CategorySubscriber[models.ServiceStatus | models.SystemCommand]: ...
    @overload
    def category(
        self, name: Literal["commands"], /
    ) -> CategorySubscriber[models.TestCommand | models.TestStop | models.SimulatorCommand]: ...
    @overload
    def category(
        self, name: Literal["test_results"], /
    ) -> CategorySubscriber[models.TestCompleted]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Simulator(App):
    """Computes a wheel on a platform, in place of a bench."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = SimulatorSender(self.client)
        self.on = SimulatorReceiver(self.client)


class TesterSender(Sender):
    """What `tester` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of any service: send to `suspension/system/status`."""
        return await self._publisher(publishers.SystemStatusPublisher).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Heartbeat: send to `suspension/system/heartbeat`."""
        return await self._publisher(publishers.SystemHeartbeatPublisher).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Status of a test: send to `suspension/test/status`."""
        return await self._publisher(publishers.TestStatusPublisher).publish(message)

    async def raw_data_complete(self, message: models.RawData, /) -> Delivery:
        """Recording of a test: send to `suspension/raw_data/complete`."""
        return await self._publisher(publishers.RawDataCompletePublisher).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Live measurement: send to `suspension/measurements/live`."""
        return await self._publisher(publishers.MeasurementsLivePublisher).publish(message)

    async def sensor(
        self, message: models.SensorReading, /, *, quantity: Literal["force", "position"]
    ) -> Delivery:
        """Reading of a sensor: send to `suspension/sensor/{quantity}`."""
        return await self._publisher(publishers.SensorPublisher).publish(message, quantity=quantity)

    async def hardware_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of the bench: send to `suspension/hardware/status`."""
        return await self._publisher(publishers.HardwareStatusPublisher).publish(message)

    async def hardware_sensor(self, message: models.SensorReading, /) -> Delivery:
        """Reading of the bench: send to `suspension/hardware/sensor`."""
        return await self._publisher(publishers.HardwareSensorPublisher).publish(message)


class TesterReceiver(Receiver):
    """What `tester` receives; use it as decorators of handlers."""

    channels = (
        channels.SYSTEM_STATUS,
        channels.SYSTEM_COMMAND,
        channels.TEST_START,
        channels.TEST_STOP,
        channels.TEST_COMPLETED,
        channels.SIMULATOR_DATA,
        channels.HARDWARE_COMMAND,
    )

    @property
    def system_status(self) -> subscribers.SystemStatusSubscriber:
        """Status of any service: receive from `suspension/system/status`."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Command to the services: receive from `suspension/system/command`."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Start of a test: receive from `suspension/test/start`."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Stop of a test: receive from `suspension/test/stop`."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """End of a test: receive from `suspension/test/completed`."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def simulator_data(self) -> subscribers.SimulatorDataSubscriber:
        """Data of the simulator: receive from `suspension/simulator/data`."""
        return subscribers.SimulatorDataSubscriber(self._client)

    @property
    def hardware_command(self) -> subscribers.HardwareCommandSubscriber:
        """Command to the bench: receive from `suspension/hardware/command`."""
        return subscribers.HardwareCommandSubscriber(self._client)

    @overload
    def category(self, name: Literal["status"], /) -> CategorySubscriber[models.ServiceStatus]: ...
    @overload
    def category(
        self, name: Literal["system"], /
    ) -> CategorySubscriber[models.ServiceStatus | models.SystemCommand]: ...
    @overload
    def category(
        self, name: Literal["commands"], /
    ) -> CategorySubscriber[models.TestCommand | models.TestStop | models.HardwareCommand]: ...
    @overload
    def category(
        self, name: Literal["test_results"], /
    ) -> CategorySubscriber[models.TestCompleted]: ...
    @overload
    def category(
        self, name: Literal["measurements"], /
    ) -> CategorySubscriber[models.SimulatorData]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Tester(App):
    """The bridge to the hardware of the bench."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = TesterSender(self.client)
        self.on = TesterReceiver(self.client)


class BackendSender(Sender):
    """What `backend` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of any service: send to `suspension/system/status`."""
        return await self._publisher(publishers.SystemStatusPublisher).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Heartbeat: send to `suspension/system/heartbeat`."""
        return await self._publisher(publishers.SystemHeartbeatPublisher).publish(message)

    async def system_command(self, message: models.SystemCommand, /) -> Delivery:
        """Command to the services: send to `suspension/system/command`."""
        return await self._publisher(publishers.SystemCommandPublisher).publish(message)

    async def test_start(self, message: models.TestCommand, /) -> Delivery:
        """Start of a test: send to `suspension/test/start`."""
        return await self._publisher(publishers.TestStartPublisher).publish(message)

    async def test_stop(self, message: models.TestStop, /) -> Delivery:
        """Stop of a test: send to `suspension/test/stop`."""
        return await self._publisher(publishers.TestStopPublisher).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Status of a test: send to `suspension/test/status`."""
        return await self._publisher(publishers.TestStatusPublisher).publish(message)

    async def test_completed(self, message: models.TestCompleted, /) -> Delivery:
        """End of a test: send to `suspension/test/completed`."""
        return await self._publisher(publishers.TestCompletedPublisher).publish(message)

    async def results_processed(self, message: models.TestResult, /) -> Delivery:
        """Result of a test: send to `suspension/results/processed`."""
        return await self._publisher(publishers.ResultsProcessedPublisher).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Live measurement: send to `suspension/measurements/live`."""
        return await self._publisher(publishers.MeasurementsLivePublisher).publish(message)

    async def simulator_command(self, message: models.SimulatorCommand, /) -> Delivery:
        """Command to the simulator: send to `suspension/simulator/command`."""
        return await self._publisher(publishers.SimulatorCommandPublisher).publish(message)

    async def processing_command(self, message: models.ProcessingCommand, /) -> Delivery:
        """Command to the processing: send to `suspension/processing/command`."""
        return await self._publisher(publishers.ProcessingCommandPublisher).publish(message)

    async def processing_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Status of the processing: send to `suspension/processing/status`."""
        return await self._publisher(publishers.ProcessingStatusPublisher).publish(message)

    async def processing_result(self, message: models.ProcessingResult, /) -> Delivery:
        """Result of the processing: send to `suspension/processing/result`."""
        return await self._publisher(publishers.ProcessingResultPublisher).publish(message)

    async def hardware_command(self, message: models.HardwareCommand, /) -> Delivery:
        """Command to the bench: send to `suspension/hardware/command`."""
        return await self._publisher(publishers.HardwareCommandPublisher).publish(message)

    async def gui_update(
        self, message: models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult, /
    ) -> Delivery:
        """Update of the user interface: send to `suspension/gui/update`."""
        return await self._publisher(publishers.GuiUpdatePublisher).publish(message)


class BackendReceiver(Receiver):
    """What `backend` receives; use it as decorators of handlers."""

    channels = (
        channels.SYSTEM_STATUS,
        channels.SYSTEM_HEARTBEAT,
        channels.SYSTEM_COMMAND,
        channels.TEST_START,
        channels.TEST_STOP,
        channels.TEST_STATUS,
        channels.RAW_DATA_COMPLETE,
        channels.RESULTS_PROCESSED,
        channels.MEASUREMENTS_LIVE,
        channels.SENSOR,
        channels.SIMULATOR_STATUS,
        channels.SIMULATOR_DATA,
        channels.PROCESSING_COMMAND,
        channels.PROCESSING_STATUS,
        channels.PROCESSING_RESULT,
        channels.HARDWARE_STATUS,
        channels.HARDWARE_SENSOR,
        channels.GUI_COMMAND,
    )

    @property
    def system_status(self) -> subscribers.SystemStatusSubscriber:
        """Status of any service: receive from `suspension/system/status`."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_heartbeat(self) -> subscribers.SystemHeartbeatSubscriber:
        """Heartbeat: receive from `suspension/system/heartbeat`."""
        return subscribers.SystemHeartbeatSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Command to the services: receive from `suspension/system/command`."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Start of a test: receive from `suspension/test/start`."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Stop of a test: receive from `suspension/test/stop`."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_status(self) -> subscribers.TestStatusSubscriber:
        """Status of a test: receive from `suspension/test/status`."""
        return subscribers.TestStatusSubscriber(self._client)

    @property
    def raw_data_complete(self) -> subscribers.RawDataCompleteSubscriber:
        """Recording of a test: receive from `suspension/raw_data/complete`."""
        return subscribers.RawDataCompleteSubscriber(self._client)

    @property
    def results_processed(self) -> subscribers.ResultsProcessedSubscriber:
        """Result of a test: receive from `suspension/results/processed`."""
        return subscribers.ResultsProcessedSubscriber(self._client)

    @property
    def measurements_live(self) -> subscribers.MeasurementsLiveSubscriber:
        """Live measurement: receive from `suspension/measurements/live`."""
        return subscribers.MeasurementsLiveSubscriber(self._client)

    def sensor(
        self, *, quantity: Literal["force", "position"] | None = None
    ) -> subscribers.SensorSubscriber:
        """Reading of a sensor: receive from `suspension/sensor/{quantity}`.

        A parameter that is None stands for every value.
        """
        return subscribers.SensorSubscriber(self._client, quantity=quantity)

    @property
    def simulator_status(self) -> subscribers.SimulatorStatusSubscriber:
        """Status of the simulator: receive from `suspension/simulator/status`."""
        return subscribers.SimulatorStatusSubscriber(self._client)

    @property
    def simulator_data(self) -> subscribers.SimulatorDataSubscriber:
        """Data of the simulator: receive from `suspension/simulator/data`."""
        return subscribers.SimulatorDataSubscriber(self._client)

    @property
    def processing_command(self) -> subscribers.ProcessingCommandSubscriber:
        """Command to the processing: receive from `suspension/processing/command`."""
        return subscribers.ProcessingCommandSubscriber(self._client)

    @property
    def processing_status(self) -> subscribers.ProcessingStatusSubscriber:
        """Status of the processing: receive from `suspension/processing/status`."""
        return subscribers.ProcessingStatusSubscriber(self._client)

    @property
    def processing_result(self) -> subscribers.ProcessingResultSubscriber:
        """Result of the processing: receive from `suspension/processing/result`."""
        return subscribers.ProcessingResultSubscriber(self._client)

    @property
    def hardware_status(self) -> subscribers.HardwareStatusSubscriber:
        """Status of the bench: receive from `suspension/hardware/status`."""
        return subscribers.HardwareStatusSubscriber(self._client)

    @property
    def hardware_sensor(self) -> subscribers.HardwareSensorSubscriber:
        """Reading of the bench: receive from `suspension/hardware/sensor`."""
        return subscribers.HardwareSensorSubscriber(self._client)

    @property
    def gui_command(self) -> subscribers.GuiCommandSubscriber:
        """Command of a user interface: receive from `suspension/gui/command`."""
        return subscribers.GuiCommandSubscriber(self._client)

    @overload
    def category(
        self, name: Literal["status"], /
    ) -> CategorySubscriber[models.ServiceStatus | models.TestStatus]: ...
    @overload
    def category(
        self, name: Literal["system"], /
    ) -> CategorySubscriber[models.ServiceStatus | models.Heartbeat | models.SystemCommand]: ...
    @overload
    def category(
        self, name: Literal["commands"], /
    ) -> CategorySubscriber[
        models.TestCommand | models.TestStop | models.ProcessingCommand | models.GuiCommand
    ]: ...
    @overload
    def category(self, name: Literal["raw_data"], /) -> CategorySubscriber[models.RawData]: ...
    @overload
    def category(
        self, name: Literal["test_results"], /
    ) -> CategorySubscriber[models.TestResult | models.ProcessingResult]: ...
    @overload
    def category(
        self, name: Literal["measurements"], /
    ) -> CategorySubscriber[
        models.LiveMeasurement | models.SensorReading | models.SimulatorData
    ]: ...
    def category(self, name: str, /) -> CategorySubscriber[Any]:
        """Receive from every channel of a category."""
        return self._category(name)


class Backend(App):
    """Processing and orchestration of the tests."""

    protocol = channels.PROTOCOL

    def __init__(
        self, client: AsyncClient | BrokerAddress, /, **options: Unpack[ClientOptions]
    ) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = BackendSender(self.client)
        self.on = BackendReceiver(self.client)
