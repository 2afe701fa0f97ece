"""The surface of an older hand-written module, on this runtime, for services that migrate.

A generated package has a module `compat` with these classes bound to its protocol, if its document
asks for it (`x-topicwire: {compat: ...}`).
"""

from topicwire.compat._async_handler import AsyncMqttHandler
from topicwire.compat._binding import AppChannels, Binding
from topicwire.compat._callback import AsyncCallback, BatchCallback, Callback, TopicCallback
from topicwire.compat._client import MqttClient, TopicMessage
from topicwire.compat._handler import MqttHandler
from topicwire.compat._pool import MqttConnectionPool, PoolOptions
from topicwire.compat._settings import ConnectOptions, Extras
from topicwire.compat._surface import HandlerStats
from topicwire.compat._variants import (
    HighThroughputMqttHandler,
    MonitoredMqttHandler,
    PerformanceStats,
    SecureMqttHandler,
    shared_key,
)

__all__ = [
    "AppChannels",
    "AsyncCallback",
    "AsyncMqttHandler",
    "BatchCallback",
    "Binding",
    "Callback",
    "ConnectOptions",
    "Extras",
    "HandlerStats",
    "HighThroughputMqttHandler",
    "MonitoredMqttHandler",
    "MqttClient",
    "MqttConnectionPool",
    "MqttHandler",
    "PerformanceStats",
    "PoolOptions",
    "SecureMqttHandler",
    "TopicCallback",
    "TopicMessage",
    "shared_key",
]
