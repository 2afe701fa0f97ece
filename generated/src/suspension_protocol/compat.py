# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The surface of the hand-written module that was here before, on the same runtime as all else.

For services that migrate; `topicwire.compat` describes the classes.
"""

from typing import Final

from topicwire import compat

from . import channels, models

BINDING: Final = compat.Binding(
    protocol=channels.PROTOCOL,
    channels=channels.CHANNELS,
    apps={
        "gui": compat.AppChannels(
            sends=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_HEARTBEAT,
                channels.SYSTEM_COMMAND,
                channels.TEST_START,
                channels.TEST_STOP,
                channels.SIMULATOR_COMMAND,
                channels.PROCESSING_COMMAND,
                channels.HARDWARE_COMMAND,
                channels.GUI_COMMAND,
            ),
            receives=(
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
            ),
        ),
        "simulator": compat.AppChannels(
            sends=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_HEARTBEAT,
                channels.TEST_STATUS,
                channels.RAW_DATA_COMPLETE,
                channels.MEASUREMENTS_LIVE,
                channels.SIMULATOR_STATUS,
                channels.SIMULATOR_DATA,
            ),
            receives=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_COMMAND,
                channels.TEST_START,
                channels.TEST_STOP,
                channels.TEST_COMPLETED,
                channels.SIMULATOR_COMMAND,
            ),
        ),
        "tester": compat.AppChannels(
            sends=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_HEARTBEAT,
                channels.TEST_STATUS,
                channels.RAW_DATA_COMPLETE,
                channels.MEASUREMENTS_LIVE,
                channels.SENSOR,
                channels.HARDWARE_STATUS,
                channels.HARDWARE_SENSOR,
            ),
            receives=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_COMMAND,
                channels.TEST_START,
                channels.TEST_STOP,
                channels.TEST_COMPLETED,
                channels.SIMULATOR_DATA,
                channels.HARDWARE_COMMAND,
            ),
        ),
        "backend": compat.AppChannels(
            sends=(
                channels.SYSTEM_STATUS,
                channels.SYSTEM_HEARTBEAT,
                channels.SYSTEM_COMMAND,
                channels.TEST_START,
                channels.TEST_STOP,
                channels.TEST_STATUS,
                channels.TEST_COMPLETED,
                channels.RESULTS_PROCESSED,
                channels.MEASUREMENTS_LIVE,
                channels.SIMULATOR_COMMAND,
                channels.PROCESSING_COMMAND,
                channels.PROCESSING_STATUS,
                channels.PROCESSING_RESULT,
                channels.HARDWARE_COMMAND,
                channels.GUI_UPDATE,
            ),
            receives=(
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
            ),
        ),
    },
    renamed={
        models.ServiceStatus: {"service_name": "service", "source": "service", "state": "status"},
    },
    stamped="timestamp",
)
"""What the handlers know of the protocol: its channels, its apps, and former names."""


class MqttHandler(compat.MqttHandler):
    """Sends and receives dictionaries by category, as one of the apps."""

    binding = BINDING


class AsyncMqttHandler(compat.AsyncMqttHandler):
    """`MqttHandler` for asyncio programs."""

    binding = BINDING


class SecureMqttHandler(compat.SecureMqttHandler):
    """`MqttHandler` that signs, and believes only what is signed."""

    binding = BINDING


class HighThroughputMqttHandler(compat.HighThroughputMqttHandler):
    """`MqttHandler` for many messages."""

    binding = BINDING


class MonitoredMqttHandler(compat.MonitoredMqttHandler):
    """`MqttHandler` that tells figures of its own doing."""

    binding = BINDING


class MqttClient(compat.MqttClient):
    """Sends and receives dictionaries by topic."""

    binding = BINDING


class MqttConnectionPool(compat.MqttConnectionPool[MqttClient]):
    """Connections that the parts of a program share."""

    client_class = MqttClient
