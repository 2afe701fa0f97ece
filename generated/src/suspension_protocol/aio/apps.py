# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The apps: each offers exactly the channels that it sends to and receives."""

from typing import Any, Literal, Unpack, overload

from topicwire import AsyncClient, ClientOptions, Delivery
from topicwire.aio import App, CategorySubscriber, Receiver, Sender

from .. import channels, models
from . import publishers, subscribers


class GuiSender(Sender):
    """What `gui` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/system/status`: Status of any service."""
        return await publishers.SystemStatusPublisher(self._client).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Send to `suspension/system/heartbeat`: Heartbeat."""
        return await publishers.SystemHeartbeatPublisher(self._client).publish(message)

    async def system_command(self, message: models.SystemCommand, /) -> Delivery:
        """Send to `suspension/system/command`: Command to the services."""
        return await publishers.SystemCommandPublisher(self._client).publish(message)

    async def test_start(self, message: models.TestCommand, /) -> Delivery:
        """Send to `suspension/test/start`: Start of a test."""
        return await publishers.TestStartPublisher(self._client).publish(message)

    async def test_stop(self, message: models.TestStop, /) -> Delivery:
        """Send to `suspension/test/stop`: Stop of a test."""
        return await publishers.TestStopPublisher(self._client).publish(message)

    async def simulator_command(self, message: models.SimulatorCommand, /) -> Delivery:
        """Send to `suspension/simulator/command`: Command to the simulator."""
        return await publishers.SimulatorCommandPublisher(self._client).publish(message)

    async def processing_command(self, message: models.ProcessingCommand, /) -> Delivery:
        """Send to `suspension/processing/command`: Command to the processing."""
        return await publishers.ProcessingCommandPublisher(self._client).publish(message)

    async def hardware_command(self, message: models.HardwareCommand, /) -> Delivery:
        """Send to `suspension/hardware/command`: Command to the bench."""
        return await publishers.HardwareCommandPublisher(self._client).publish(message)

    async def gui_command(self, message: models.GuiCommand, /) -> Delivery:
        """Send to `suspension/gui/command`: Command of a user interface."""
        return await publishers.GuiCommandPublisher(self._client).publish(message)


class GuiReceiver(Receiver):
    """What `gui` receives; use what it offers as decorators."""

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
        """Receive from `suspension/system/status`: Status of any service."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_heartbeat(self) -> subscribers.SystemHeartbeatSubscriber:
        """Receive from `suspension/system/heartbeat`: Heartbeat."""
        return subscribers.SystemHeartbeatSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Receive from `suspension/system/command`: Command to the services."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_status(self) -> subscribers.TestStatusSubscriber:
        """Receive from `suspension/test/status`: Status of a test."""
        return subscribers.TestStatusSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """Receive from `suspension/test/completed`: End of a test."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def results_processed(self) -> subscribers.ResultsProcessedSubscriber:
        """Receive from `suspension/results/processed`: Result of a test."""
        return subscribers.ResultsProcessedSubscriber(self._client)

    @property
    def measurements_live(self) -> subscribers.MeasurementsLiveSubscriber:
        """Receive from `suspension/measurements/live`: Live measurement."""
        return subscribers.MeasurementsLiveSubscriber(self._client)

    def sensor(
        self, *, quantity: Literal["force", "position"] | None = None
    ) -> subscribers.SensorSubscriber:
        """Receive from `suspension/sensor/{quantity}`: Reading of a sensor. A parameter that is
        None stands for every value.
        """
        return subscribers.SensorSubscriber(self._client, quantity=quantity)

    @property
    def simulator_status(self) -> subscribers.SimulatorStatusSubscriber:
        """Receive from `suspension/simulator/status`: Status of the simulator."""
        return subscribers.SimulatorStatusSubscriber(self._client)

    @property
    def processing_status(self) -> subscribers.ProcessingStatusSubscriber:
        """Receive from `suspension/processing/status`: Status of the processing."""
        return subscribers.ProcessingStatusSubscriber(self._client)

    @property
    def processing_result(self) -> subscribers.ProcessingResultSubscriber:
        """Receive from `suspension/processing/result`: Result of the processing."""
        return subscribers.ProcessingResultSubscriber(self._client)

    @property
    def hardware_status(self) -> subscribers.HardwareStatusSubscriber:
        """Receive from `suspension/hardware/status`: Status of the bench."""
        return subscribers.HardwareStatusSubscriber(self._client)

    @property
    def gui_update(self) -> subscribers.GuiUpdateSubscriber:
        """Receive from `suspension/gui/update`: Update of the user interface."""
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

    def __init__(self, client: AsyncClient | str, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = GuiSender(self.client)
        self.on = GuiReceiver(self.client)


class SimulatorSender(Sender):
    """What `simulator` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/system/status`: Status of any service."""
        return await publishers.SystemStatusPublisher(self._client).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Send to `suspension/system/heartbeat`: Heartbeat."""
        return await publishers.SystemHeartbeatPublisher(self._client).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Send to `suspension/test/status`: Status of a test."""
        return await publishers.TestStatusPublisher(self._client).publish(message)

    async def raw_data_complete(self, message: models.RawData, /) -> Delivery:
        """Send to `suspension/raw_data/complete`: Recording of a test."""
        return await publishers.RawDataCompletePublisher(self._client).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Send to `suspension/measurements/live`: Live measurement."""
        return await publishers.MeasurementsLivePublisher(self._client).publish(message)

    async def simulator_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/simulator/status`: Status of the simulator."""
        return await publishers.SimulatorStatusPublisher(self._client).publish(message)

    async def simulator_data(self, message: models.SimulatorData, /) -> Delivery:
        """Send to `suspension/simulator/data`: Data of the simulator."""
        return await publishers.SimulatorDataPublisher(self._client).publish(message)


class SimulatorReceiver(Receiver):
    """What `simulator` receives; use what it offers as decorators."""

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
        """Receive from `suspension/system/status`: Status of any service."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Receive from `suspension/system/command`: Command to the services."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Receive from `suspension/test/start`: Start of a test."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Receive from `suspension/test/stop`: Stop of a test."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """Receive from `suspension/test/completed`: End of a test."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def simulator_command(self) -> subscribers.SimulatorCommandSubscriber:
        """Receive from `suspension/simulator/command`: Command to the simulator."""
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

    def __init__(self, client: AsyncClient | str, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = SimulatorSender(self.client)
        self.on = SimulatorReceiver(self.client)


class TesterSender(Sender):
    """What `tester` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/system/status`: Status of any service."""
        return await publishers.SystemStatusPublisher(self._client).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Send to `suspension/system/heartbeat`: Heartbeat."""
        return await publishers.SystemHeartbeatPublisher(self._client).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Send to `suspension/test/status`: Status of a test."""
        return await publishers.TestStatusPublisher(self._client).publish(message)

    async def raw_data_complete(self, message: models.RawData, /) -> Delivery:
        """Send to `suspension/raw_data/complete`: Recording of a test."""
        return await publishers.RawDataCompletePublisher(self._client).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Send to `suspension/measurements/live`: Live measurement."""
        return await publishers.MeasurementsLivePublisher(self._client).publish(message)

    async def sensor(
        self, message: models.SensorReading, /, *, quantity: Literal["force", "position"]
    ) -> Delivery:
        """Send to `suspension/sensor/{quantity}`: Reading of a sensor."""
        return await publishers.SensorPublisher(self._client).publish(message, quantity=quantity)

    async def hardware_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/hardware/status`: Status of the bench."""
        return await publishers.HardwareStatusPublisher(self._client).publish(message)

    async def hardware_sensor(self, message: models.SensorReading, /) -> Delivery:
        """Send to `suspension/hardware/sensor`: Reading of the bench."""
        return await publishers.HardwareSensorPublisher(self._client).publish(message)


class TesterReceiver(Receiver):
    """What `tester` receives; use what it offers as decorators."""

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
        """Receive from `suspension/system/status`: Status of any service."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Receive from `suspension/system/command`: Command to the services."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Receive from `suspension/test/start`: Start of a test."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Receive from `suspension/test/stop`: Stop of a test."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_completed(self) -> subscribers.TestCompletedSubscriber:
        """Receive from `suspension/test/completed`: End of a test."""
        return subscribers.TestCompletedSubscriber(self._client)

    @property
    def simulator_data(self) -> subscribers.SimulatorDataSubscriber:
        """Receive from `suspension/simulator/data`: Data of the simulator."""
        return subscribers.SimulatorDataSubscriber(self._client)

    @property
    def hardware_command(self) -> subscribers.HardwareCommandSubscriber:
        """Receive from `suspension/hardware/command`: Command to the bench."""
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

    def __init__(self, client: AsyncClient | str, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = TesterSender(self.client)
        self.on = TesterReceiver(self.client)


class BackendSender(Sender):
    """What `backend` sends."""

    async def system_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/system/status`: Status of any service."""
        return await publishers.SystemStatusPublisher(self._client).publish(message)

    async def system_heartbeat(self, message: models.Heartbeat, /) -> Delivery:
        """Send to `suspension/system/heartbeat`: Heartbeat."""
        return await publishers.SystemHeartbeatPublisher(self._client).publish(message)

    async def system_command(self, message: models.SystemCommand, /) -> Delivery:
        """Send to `suspension/system/command`: Command to the services."""
        return await publishers.SystemCommandPublisher(self._client).publish(message)

    async def test_start(self, message: models.TestCommand, /) -> Delivery:
        """Send to `suspension/test/start`: Start of a test."""
        return await publishers.TestStartPublisher(self._client).publish(message)

    async def test_stop(self, message: models.TestStop, /) -> Delivery:
        """Send to `suspension/test/stop`: Stop of a test."""
        return await publishers.TestStopPublisher(self._client).publish(message)

    async def test_status(self, message: models.TestStatus, /) -> Delivery:
        """Send to `suspension/test/status`: Status of a test."""
        return await publishers.TestStatusPublisher(self._client).publish(message)

    async def test_completed(self, message: models.TestCompleted, /) -> Delivery:
        """Send to `suspension/test/completed`: End of a test."""
        return await publishers.TestCompletedPublisher(self._client).publish(message)

    async def results_processed(self, message: models.TestResult, /) -> Delivery:
        """Send to `suspension/results/processed`: Result of a test."""
        return await publishers.ResultsProcessedPublisher(self._client).publish(message)

    async def measurements_live(self, message: models.LiveMeasurement, /) -> Delivery:
        """Send to `suspension/measurements/live`: Live measurement."""
        return await publishers.MeasurementsLivePublisher(self._client).publish(message)

    async def simulator_command(self, message: models.SimulatorCommand, /) -> Delivery:
        """Send to `suspension/simulator/command`: Command to the simulator."""
        return await publishers.SimulatorCommandPublisher(self._client).publish(message)

    async def processing_command(self, message: models.ProcessingCommand, /) -> Delivery:
        """Send to `suspension/processing/command`: Command to the processing."""
        return await publishers.ProcessingCommandPublisher(self._client).publish(message)

    async def processing_status(self, message: models.ServiceStatus, /) -> Delivery:
        """Send to `suspension/processing/status`: Status of the processing."""
        return await publishers.ProcessingStatusPublisher(self._client).publish(message)

    async def processing_result(self, message: models.ProcessingResult, /) -> Delivery:
        """Send to `suspension/processing/result`: Result of the processing."""
        return await publishers.ProcessingResultPublisher(self._client).publish(message)

    async def hardware_command(self, message: models.HardwareCommand, /) -> Delivery:
        """Send to `suspension/hardware/command`: Command to the bench."""
        return await publishers.HardwareCommandPublisher(self._client).publish(message)

    async def gui_update(
        self, message: models.GuiLiveData | models.GuiStatusUpdate | models.GuiResult, /
    ) -> Delivery:
        """Send to `suspension/gui/update`: Update of the user interface."""
        return await publishers.GuiUpdatePublisher(self._client).publish(message)


class BackendReceiver(Receiver):
    """What `backend` receives; use what it offers as decorators."""

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
        """Receive from `suspension/system/status`: Status of any service."""
        return subscribers.SystemStatusSubscriber(self._client)

    @property
    def system_heartbeat(self) -> subscribers.SystemHeartbeatSubscriber:
        """Receive from `suspension/system/heartbeat`: Heartbeat."""
        return subscribers.SystemHeartbeatSubscriber(self._client)

    @property
    def system_command(self) -> subscribers.SystemCommandSubscriber:
        """Receive from `suspension/system/command`: Command to the services."""
        return subscribers.SystemCommandSubscriber(self._client)

    @property
    def test_start(self) -> subscribers.TestStartSubscriber:
        """Receive from `suspension/test/start`: Start of a test."""
        return subscribers.TestStartSubscriber(self._client)

    @property
    def test_stop(self) -> subscribers.TestStopSubscriber:
        """Receive from `suspension/test/stop`: Stop of a test."""
        return subscribers.TestStopSubscriber(self._client)

    @property
    def test_status(self) -> subscribers.TestStatusSubscriber:
        """Receive from `suspension/test/status`: Status of a test."""
        return subscribers.TestStatusSubscriber(self._client)

    @property
    def raw_data_complete(self) -> subscribers.RawDataCompleteSubscriber:
        """Receive from `suspension/raw_data/complete`: Recording of a test."""
        return subscribers.RawDataCompleteSubscriber(self._client)

    @property
    def results_processed(self) -> subscribers.ResultsProcessedSubscriber:
        """Receive from `suspension/results/processed`: Result of a test."""
        return subscribers.ResultsProcessedSubscriber(self._client)

    @property
    def measurements_live(self) -> subscribers.MeasurementsLiveSubscriber:
        """Receive from `suspension/measurements/live`: Live measurement."""
        return subscribers.MeasurementsLiveSubscriber(self._client)

    def sensor(
        self, *, quantity: Literal["force", "position"] | None = None
    ) -> subscribers.SensorSubscriber:
        """Receive from `suspension/sensor/{quantity}`: Reading of a sensor. A parameter that is
        None stands for every value.
        """
        return subscribers.SensorSubscriber(self._client, quantity=quantity)

    @property
    def simulator_status(self) -> subscribers.SimulatorStatusSubscriber:
        """Receive from `suspension/simulator/status`: Status of the simulator."""
        return subscribers.SimulatorStatusSubscriber(self._client)

    @property
    def simulator_data(self) -> subscribers.SimulatorDataSubscriber:
        """Receive from `suspension/simulator/data`: Data of the simulator."""
        return subscribers.SimulatorDataSubscriber(self._client)

    @property
    def processing_command(self) -> subscribers.ProcessingCommandSubscriber:
        """Receive from `suspension/processing/command`: Command to the processing."""
        return subscribers.ProcessingCommandSubscriber(self._client)

    @property
    def processing_status(self) -> subscribers.ProcessingStatusSubscriber:
        """Receive from `suspension/processing/status`: Status of the processing."""
        return subscribers.ProcessingStatusSubscriber(self._client)

    @property
    def processing_result(self) -> subscribers.ProcessingResultSubscriber:
        """Receive from `suspension/processing/result`: Result of the processing."""
        return subscribers.ProcessingResultSubscriber(self._client)

    @property
    def hardware_status(self) -> subscribers.HardwareStatusSubscriber:
        """Receive from `suspension/hardware/status`: Status of the bench."""
        return subscribers.HardwareStatusSubscriber(self._client)

    @property
    def hardware_sensor(self) -> subscribers.HardwareSensorSubscriber:
        """Receive from `suspension/hardware/sensor`: Reading of the bench."""
        return subscribers.HardwareSensorSubscriber(self._client)

    @property
    def gui_command(self) -> subscribers.GuiCommandSubscriber:
        """Receive from `suspension/gui/command`: Command of a user interface."""
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

    def __init__(self, client: AsyncClient | str, /, **options: Unpack[ClientOptions]) -> None:
        """Take a broker address with the options of `AsyncClient`, or a client to share."""
        super().__init__(client, **options)
        self.send = BackendSender(self.client)
        self.on = BackendReceiver(self.client)
