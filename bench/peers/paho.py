"""Paho and pydantic by hand, with paho's network thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from suspension_protocol.models import LiveMeasurement

from bench.messages import TOPIC, encode


def connect(port: int) -> Client:
    """Return a client that is about to connect; MQTT 5."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.connect("127.0.0.1", port)
    return client


def publish(
    port: int,
    messages: list[LiveMeasurement],
    qos: int,
    begin: Callable[[], None],
    wait: Callable[[], object],
) -> None:
    client = connect(port)
    connected = Event()
    client.on_connect = lambda *_: connected.set()
    client.loop_start()
    connected.wait()
    begin()
    for message in messages:
        client.publish(TOPIC, encode(message), qos)
    wait()
    client.disconnect()
    client.loop_stop()


def receive(
    port: int,
    qos: int,
    ready: Callable[[], None],
    handle: Callable[[list[LiveMeasurement]], None],
    wait: Callable[[], object],
) -> None:
    client = connect(port)

    def take(_client: Client, _data: object, message: MQTTMessage) -> None:
        handle([LiveMeasurement.model_validate_json(message.payload)])

    client.on_message = take
    client.on_connect = lambda *_: client.subscribe(TOPIC, qos)
    client.on_subscribe = lambda *_: ready()
    client.loop_start()
    wait()
    client.disconnect()
    client.loop_stop()
