"""The older module's batching: dicts, `json.dumps`, gzip and base64, on paho.

A batch goes at 100 messages; its second of linger never comes in a benchmark of throughput.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from threading import Event

from paho.mqtt.client import Client, MQTTMessage
from suspension_protocol.models import LiveMeasurement

from bench.messages import TOPIC
from bench.peers.paho import connect


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
    batch: list[dict[str, object]] = []
    for number, message in enumerate(messages, 1):
        batch.append(message.model_dump(mode="json"))
        if len(batch) == 100 or number == len(messages):
            body = json.dumps(batch).encode()
            if len(body) > 1024:
                body = base64.b64encode(gzip.compress(body))
            client.publish(TOPIC, body, qos)
            batch = []
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
        body = message.payload
        if not body.startswith(b"["):
            body = gzip.decompress(base64.b64decode(body))
        handle(
            [LiveMeasurement.model_validate(element, strict=False) for element in json.loads(body)]
        )

    client.on_message = take
    client.on_connect = lambda *_: client.subscribe(TOPIC, qos)
    client.on_subscribe = lambda *_: ready()
    client.loop_start()
    wait()
    client.disconnect()
    client.loop_stop()
