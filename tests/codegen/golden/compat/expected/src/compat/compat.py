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
        "unit": compat.AppChannels(
            sends=(channels.STATUS,),
            receives=(),
        ),
        "desk": compat.AppChannels(
            sends=(),
            receives=(channels.STATUS,),
        ),
    },
    renamed={
        models.Status: {"state": "is", "service-name": "name"},
    },
    stamped="at",
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
