"""Paho and pydantic by hand, with paho's network thread."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from suspension_protocol.models import LiveMeasurement

from bench.job import Job
from bench.messages import TOPIC, Block, Sent, encode
from bench.peers import Begin, Handle, Wait


def connect(port: int) -> Client:
    """Return a client that is about to connect; MQTT 5."""
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.connect("127.0.0.1", port)
    return client


def connected(port: int) -> Client:
    """Return a client whose network thread runs, once it is connected."""
    client = connect(port)
    is_connected = Event()
    client.on_connect = lambda *_: is_connected.set()
    client.loop_start()
    is_connected.wait()
    return client


def publish(job: Job, messages: Iterable[Sent], begin: Begin, wait: Wait) -> None:
    client = connected(job.port)
    begin()
    for message in messages:
        client.publish(TOPIC, encode(message), job.qos)
    wait()
    client.disconnect()
    client.loop_stop()


def receive(job: Job, ready: Begin, handle: Handle, wait: Wait) -> None:
    client = connect(job.port)
    model = Block if job.size else LiveMeasurement

    def take(_client: Client, _data: object, message: MQTTMessage) -> None:
        handle(model.model_validate_json(message.payload))

    client.on_message = take
    client.on_connect = lambda *_: client.subscribe(TOPIC, job.qos)
    client.on_subscribe = lambda *_: ready()
    client.loop_start()
    wait()
    client.disconnect()
    client.loop_stop()
